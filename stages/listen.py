"""The page on which the tunes of the models named on the command line are heard."""

from pathlib import Path

from nottingham import models, params
from nottingham.dataset import streams
from nottingham.evaluation import surprisal
from nottingham.generation import samples
from nottingham.listening import selection
from nottingham.listening.page import write_page
from nottingham.listening.page_data import Material
from nottingham.models import devices
from nottingham.models.base import REAL
from nottingham.music.tune import read_named
from nottingham.reporting import schemas
from stages import run


def main(*names: str) -> None:
    """Run the stage; the model named last says how surprising the real tunes are."""
    devices.use_all_cores()
    found = samples.load("data/samples.npz")
    heard = selection.draw(found, names, params.load().listen)
    dataset = streams.load("data/windows.npz")
    samples.require_begun_as(dataset, found)
    bits = {}
    novelty = schemas.novelty("reports/novelty.json")
    for name in (*names, REAL):
        path = f"models/{names[-1] if name == REAL else name}"
        model = models.load(path, representation=dataset.representation)
        tokens = found.tokens[name][list(heard.shown)]
        bits[name] = [surprisal.bits(model, tune).tolist() for tune in tokens]
    material = Material(
        samples=found,
        tunes=read_named("data/tunes.jsonl", found.ids),
        representation=dataset.representation,
        bits=bits,
        judge=names[-1],
        kin={name: judged["tunes"] for name, judged in novelty["sets"].items()},
    )
    write_page(Path("reports"), heard, material)


if __name__ == "__main__":
    run(main, models="+")
