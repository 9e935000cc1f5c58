"""Train one recurrent network: models/<name> and its training curve."""

import sys

from nottingham import params
from nottingham.encoding import windows
from nottingham.training import loop
from stages import run


def main() -> None:
    """Run the stage for the model named on the command line."""
    name = sys.argv[1]
    settings = params.load().train.of(name)
    streams = windows.load("data/windows.npz")
    model, epochs = loop.train(streams, settings, name=name)
    model.save(f"models/{name}")
    loop.write_curve(f"reports/curves/{name}.csv", epochs)


if __name__ == "__main__":
    run(main)
