"""Fit the models that only count: random, hold, ngram, kneser-ney and copy, in models/."""

from nottingham import params
from nottingham.encoding import enough, windows
from nottingham.models import baselines, copying, kneser_ney, ngram
from stages import run


def main() -> None:
    """Run the stage."""
    everything, streams = params.load(), windows.load("data/windows.npz")
    enough.require(streams, everything)
    settings = everything.ngram
    additive, tried = ngram.fit(streams, max_order=settings.max_order, smoothing=settings.smoothing)
    additive.save("models/ngram")
    smoothed, more = kneser_ney.fit(streams, max_order=settings.max_order)
    smoothed.save("models/kneser-ney")
    ngram.write_candidates("reports/curves/ngram.csv", [*tried, *more])
    copying.fit(streams, smoothed).save("models/copy")
    baselines.Hold.fit(streams).save("models/hold")
    baselines.Uniform().save("models/random")


if __name__ == "__main__":
    run(main)
