"""Train one recurrent network: models/<name>, its training curve, and what it came to."""

import sys
from functools import partial
from pathlib import Path

from nottingham import params
from nottingham.encoding import windows
from nottingham.models import devices
from nottingham.training import curve, loop
from stages import run


def main() -> None:
    """Run the stage for the model named on the command line."""
    name = sys.argv[1]
    settings = params.load().network(name)
    streams = windows.load("data/windows.npz")
    devices.use_all_cores()
    devices.join()
    model, epochs, checkpoint = loop.train(
        streams,
        settings,
        name=name,
        scratch=Path(".training"),
        follow=partial(curve.write, f"reports/curves/{name}.csv"),
    )
    if devices.first():
        kept = curve.kept(epochs, settings.keep)
        curve.write_metrics(f"reports/training/{name}.json", name, kept)
        model.save(f"models/{name}")
        checkpoint.forget()


if __name__ == "__main__":
    run(main)
