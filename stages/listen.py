"""The page on which the tunes of the models named on the command line are heard."""

import sys
from pathlib import Path

from nottingham import models, params
from nottingham.corpus.tune import read_tunes
from nottingham.encoding import windows
from nottingham.evaluation import surprise
from nottingham.files import read_json
from nottingham.generation import listening, samples
from nottingham.generation.listening import programme
from nottingham.generation.listening.material import Material
from nottingham.models import devices
from nottingham.models.base import REAL
from stages import run


def main() -> None:
    """Run the stage; the model named last says how surprising the real tunes are."""
    devices.use_all_cores()
    names, found = sys.argv[1:], samples.load("data/samples.npz")
    heard = programme.draw(found, names, params.load().listen)
    steps = windows.load("data/windows.npz").steps_per_measure
    novelty = read_json("reports/novelty.json", made_by="dvc repro judge")
    bits = {}
    for name in (*names, REAL):
        model = models.load(f"models/{names[-1] if name == REAL else name}")
        tokens = found.tokens[name][list(heard.shown)]
        bits[name] = [surprise.bits(model, tune, steps).tolist() for tune in tokens]
    material = Material(
        samples=found,
        tunes={tune.id: tune for tune in read_tunes("data/tunes.jsonl")},
        steps_per_measure=steps,
        bits=bits,
        judge=names[-1],
        kin={name: judged["tunes"] for name, judged in novelty["sets"].items()},
    )
    listening.write(Path("reports"), heard, material)


if __name__ == "__main__":
    run(main)
