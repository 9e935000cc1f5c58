"""Four made-up jigs, and a folder in which the pipeline has run on them."""

from fractions import Fraction

import numpy as np

from nottingham.dataset import split, streams
from nottingham.models.counting import ngram
from nottingham.models.counting.baselines import Uniform
from nottingham.music.tune import Note, Tune, write_tunes
from nottingham.representation import Grid, Notes

GRID = Grid(8)
MINE = "X:1\nT:Mine\nM:6/8\nL:1/8\nK:G\nD | G2 B A2 G | B2 d d2 c |\n"


def jig(number):
    eighth = Fraction(1, 2)
    notes = tuple(Note(k * eighth, eighth, 62 + (k + number) % 12) for k in range(96))
    return Tune(f"jigs/{number}", f"Jig {number}", "6/8", "D major", notes, (), "jigs.abc")


def fill(folder):
    """Write the tunes, their tokens, and two models.

    One, of the grid, knows nothing of music; the other counts notes.
    """
    tunes = [jig(number) for number in range(4)]
    parts = np.array([split.TRAIN, split.TRAIN, split.VALID, split.TEST], np.uint8)
    for part, name in enumerate(split.NAMES):
        some = [tunes[i] for i in np.flatnonzero(parts == part)]
        write_tunes(folder / "data" / "parts" / f"{name}.jsonl", some)
    for name, representation in (("windows", GRID), ("notes", Notes())):
        dataset = streams.of_tunes(tunes, representation, split=parts)
        streams.save(folder / "data" / f"{name}.npz", dataset)
    ngram.fit(dataset, max_order=3, smoothing=[0.1])[0].save(folder / "models" / "note-lstm")
    Uniform(GRID).save(folder / "models" / "tune-lstm")
    return folder
