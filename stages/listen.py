"""The page on which the tunes of the models named on the command line are heard."""

from pathlib import Path

from nottingham import models, params
from nottingham.corpus.tune import read_named
from nottingham.encoding import windows
from nottingham.evaluation import documents, surprise
from nottingham.generation import listening, samples
from nottingham.generation.listening import programme
from nottingham.generation.listening.material import Material
from nottingham.models import devices
from nottingham.models.base import REAL
from stages import run


def main(*names: str) -> None:
    """Run the stage; the model named last says how surprising the real tunes are."""
    devices.use_all_cores()
    found = samples.load("data/samples.npz")
    heard = programme.draw(found, names, params.load().listen)
    streams = windows.load("data/windows.npz")
    samples.require_begun_as(streams, found)
    steps, bits = streams.steps_per_measure, {}
    novelty = documents.novelty("reports/novelty.json")
    for name in (*names, REAL):
        path = f"models/{names[-1] if name == REAL else name}"
        model = models.load(path, steps_per_measure=steps)
        tokens = found.tokens[name][list(heard.shown)]
        bits[name] = [surprise.bits(model, tune, steps).tolist() for tune in tokens]
    material = Material(
        samples=found,
        tunes=read_named("data/tunes.jsonl", found.ids),
        steps_per_measure=steps,
        bits=bits,
        judge=names[-1],
        kin={name: judged["tunes"] for name, judged in novelty["sets"].items()},
    )
    listening.write(Path("reports"), heard, material)


if __name__ == "__main__":
    run(main, models="+")
