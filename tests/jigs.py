"""Four made-up jigs, and a folder in which the pipeline has run on them."""

from fractions import Fraction

import numpy as np

from nottingham.dataset import split, streams
from nottingham.models.counting.baselines import Uniform
from nottingham.music.tune import Note, Tune, write_tunes
from nottingham.representation import Grid

GRID = Grid(8)
MINE = "X:1\nT:Mine\nM:6/8\nL:1/8\nK:G\nD | G2 B A2 G | B2 d d2 c |\n"


def jig(number):
    eighth = Fraction(1, 2)
    notes = tuple(Note(k * eighth, eighth, 62 + (k + number) % 12) for k in range(96))
    return Tune(f"jigs/{number}", f"Jig {number}", "6/8", "D major", notes, (), "jigs.abc")


def fill(folder):
    """Write the tunes, their windows, and a model that knows nothing of music."""
    tunes = [jig(number) for number in range(4)]
    write_tunes(folder / "data" / "tunes.jsonl", tunes)
    dataset = streams.join(
        [GRID.encode(tune) for tune in tunes],
        split=np.array([split.TRAIN, split.TRAIN, split.VALID, split.TEST], np.uint8),
        ids=[tune.id for tune in tunes],
        representation=GRID,
    )
    streams.save(folder / "data" / "windows.npz", dataset)
    Uniform(GRID).save(folder / "models" / "tune-lstm")
    return folder
