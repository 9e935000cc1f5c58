"""Train one recurrent network: models/<name> and its training curve."""

import sys
from pathlib import Path

from nottingham import params
from nottingham.encoding import windows
from nottingham.models import devices
from nottingham.training import loop
from stages import run


def main() -> None:
    """Run the stage for the model named on the command line."""
    name = sys.argv[1]
    settings = params.load().network(name)
    streams = windows.load("data/windows.npz")
    devices.use_all_cores()
    devices.join()
    model, epochs, checkpoint = loop.train(streams, settings, name=name, scratch=Path(".training"))
    if devices.first():
        model.save(f"models/{name}")
        loop.write_curve(f"reports/curves/{name}.csv", epochs)
        checkpoint.forget()


if __name__ == "__main__":
    run(main)
