"""Fit the models that only count, in models/."""

from nottingham import params
from nottingham.dataset import streams
from nottingham.dataset.preflight import require_lengths
from nottingham.models import registry
from nottingham.models.counting.ngram import write_candidates
from stages import run


def main() -> None:
    """Run the stage."""
    everything, dataset = params.load(), streams.load("data/windows.npz")
    require_lengths(dataset, everything)
    tried = []
    for name, model, candidates in registry.fit_all(dataset, everything):
        model.save(f"models/{name}")
        tried += candidates
    write_candidates("reports/ngram.csv", tried)


if __name__ == "__main__":
    run(main)
