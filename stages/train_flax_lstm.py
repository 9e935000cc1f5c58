"""Train one recurrent network: models/<name>, its training curve, and what it came to."""

from functools import partial
from pathlib import Path

from nottingham import params
from nottingham.encoding import enough, windows
from nottingham.models import devices
from nottingham.training import curve, loop, room
from stages import run


def main(name: str) -> None:
    """Run the stage."""
    everything = params.load()
    settings, streams = everything.network(name), windows.load("data/windows.npz")
    enough.require(streams, everything)
    devices.join()
    devices.use_all_cores()
    room.require(streams, everything.train)
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
    run(main, models=1)
