"""Fit the models that only count: models/random, models/hold and models/ngram."""

from nottingham import params
from nottingham.encoding import windows
from nottingham.models import baselines, ngram
from stages import run


def main() -> None:
    """Run the stage."""
    settings = params.load().ngram
    streams = windows.load("data/windows.npz")
    model, tried = ngram.fit(streams, max_order=settings.max_order, smoothing=settings.smoothing)
    model.save("models/ngram")
    ngram.write_candidates("reports/curves/ngram.csv", tried)
    baselines.Hold.fit(streams).save("models/hold")
    baselines.Uniform().save("models/random")


if __name__ == "__main__":
    run(main)
