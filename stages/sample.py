"""Let the models named on the command line continue test tunes: reports/samples."""

import sys
from pathlib import Path

from nottingham import models, params
from nottingham.corpus.tune import read_tunes
from nottingham.encoding import windows
from nottingham.generation import samples
from nottingham.models import devices
from stages import run


def main() -> None:
    """Run the stage."""
    devices.use_all_cores()
    settings = params.load().sample
    streams = windows.load("data/windows.npz")
    primers = samples.choose_primers(
        streams, read_tunes("data/tunes.jsonl"), settings.tunes, seed=settings.seed
    )
    for name in sys.argv[1:]:
        written = samples.continuations(
            models.load(f"models/{name}"),
            primers,
            name=name,
            steps=settings.steps,
            steps_per_measure=streams.steps_per_measure,
            seed=settings.seed,
        )
        for tune in written:
            samples.write(
                tune, Path("reports/samples"), steps_per_measure=streams.steps_per_measure
            )


if __name__ == "__main__":
    run(main)
