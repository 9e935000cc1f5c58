"""Fit the models that only count: random, hold, ngram, kneser-ney and copy, in models/."""

from nottingham import params
from nottingham.dataset import streams
from nottingham.dataset.preflight import require_lengths
from nottingham.models.counting import baselines, copy, kneser_ney, ngram
from stages import run


def main() -> None:
    """Run the stage."""
    everything, dataset = params.load(), streams.load("data/windows.npz")
    require_lengths(dataset, everything)
    settings = everything.ngram
    additive, tried = ngram.fit(dataset, max_order=settings.max_order, smoothing=settings.smoothing)
    additive.save("models/ngram")
    smoothed, more = kneser_ney.fit(dataset, max_order=settings.max_order)
    smoothed.save("models/kneser-ney")
    ngram.write_candidates("reports/curves/ngram.csv", [*tried, *more])
    copy.fit(dataset, smoothed).save("models/copy")
    baselines.Hold.fit(dataset).save("models/hold")
    baselines.Uniform(dataset.representation).save("models/random")


if __name__ == "__main__":
    run(main)
