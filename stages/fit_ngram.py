"""Fit the models that only count, in models/."""

from nottingham import params
from nottingham.dataset import streams
from nottingham.dataset.preflight import require_lengths
from nottingham.models import registry
from nottingham.models.counting.ngram import Candidate, write_candidates
from stages import run


def main() -> None:
    """Run the stage."""
    everything = params.load()
    datasets = {tokens: streams.load(f"data/{tokens}.npz") for tokens in ("windows", "notes")}
    require_lengths(datasets["windows"], everything)
    tried: dict[str, list[Candidate]] = {tokens: [] for tokens in datasets}
    for name, model, candidates in registry.fit_all(datasets, everything):
        model.save(f"models/{name}")
        tried[registry.COUNTING[name].tokens] += candidates
    write_candidates("reports/ngram.csv", tried["windows"])
    write_candidates("reports/note-ngram.csv", tried["notes"])


if __name__ == "__main__":
    run(main)
