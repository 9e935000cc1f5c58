import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.models.counting.baselines import Hold, Uniform
from nottingham.representation.grid import Grid


def test_uniform_is_one_in_89():
    (rows,) = Uniform(Grid(8)).score([np.zeros(3, np.uint8)])
    assert np.exp(rows) == pytest.approx(np.full((3, 89), 1 / 89))


def test_hold_repeats_the_last_token():
    """Of one training tune, in which two of four tokens are held."""
    places = np.array([split.TRAIN], np.uint8)
    tunes = [np.array([1, 1, 2, 2, 3], np.uint8)]
    model = Hold.fit(streams.join(tunes, split=places, ids=["a/1"], representation=Grid(8)))
    assert model.probability == (2 + 1) / (4 + 2)
    rows = np.exp(model.score([np.array([5, 6], np.uint8)])[0])
    assert rows[0] == pytest.approx(1 / 89)
    assert rows[1, 5] == pytest.approx(0.5)
    assert rows[1, 6] == pytest.approx(0.5 / 88)
