"""Tunes that can be learnt, and a training that leaves nothing behind."""

from fractions import Fraction

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.music.tune import Note, Tune
from nottingham.representation import Grid, Notes
from nottingham.training import loop
from tests.training.small import architecture


@pytest.fixture(scope="session")
def scales():
    """Tunes that go up and down a scale, each from a place of its own: easy to learn."""
    period = [40, 40, 42, 44, 45, 47, 45, 44, 42, 42, 40, 39]
    tunes = [np.array((period * 12)[i % 12 :], np.uint8) for i in range(12)]
    places = np.array([split.TRAIN] * 8 + [split.VALID] * 2 + [split.TEST] * 2, np.uint8)
    ids = [f"scales/{i}" for i in range(12)]
    return streams.join(tunes, split=places, ids=ids, representation=Grid(8))


@pytest.fixture(scope="session")
def melodies():
    """The same as notes: tunes of one rhythm, 8 to 19 measures long, each in a key of its own."""
    keys = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    rhythm = [Fraction(n, 2) for n in (2, 1, 1, 4)]
    tunes = []
    for tonic, key in enumerate(keys):
        now, notes = Fraction(0), []
        for k in range(4 * (8 + tonic)):
            degree = (0, 2, 4, 5, 7, 5, 4, 2)[k % 8]
            notes.append(Note(now, rhythm[k % 4], 60 + tonic + degree))
            now += rhythm[k % 4]
        tunes.append(Tune(f"reels/{tonic}", "", "4/4", f"{key} major", tuple(notes), (), ""))
    places = np.array([split.TRAIN] * 8 + [split.VALID] * 2 + [split.TEST] * 2, np.uint8)
    return streams.of_tunes(tunes, Notes(), split=places)


@pytest.fixture
def train(tmp_path):
    """Train a recurrent network, unless told another, and return the model and its history."""

    def run(dataset, chosen, name="", follow=len, build=architecture):
        model, history, checkpoint = loop.train(
            build(dataset, chosen),
            dataset,
            chosen,
            name=name,
            scratch=tmp_path / "scratch",
            follow=follow,
        )
        checkpoint.forget()
        return model, history

    return run
