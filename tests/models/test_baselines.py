import numpy as np
import pytest

from nottingham import models
from nottingham.dataset import split, streams
from nottingham.models.counting.baselines import Hold, Uniform
from tests.models.stepping import GRID, SIZE, scored


@pytest.fixture
def held():
    """One training tune in which two of four steps are held."""
    tunes = [np.array([1, 1, 2, 2, 3], np.uint8)]
    places = np.array([split.TRAIN], np.uint8)
    return streams.join(tunes, split=places, ids=["a/1"], representation=GRID)


def test_uniform_is_one_in_89():
    rows = scored(Uniform(GRID), np.zeros(3, np.uint8))
    assert np.exp(rows) == pytest.approx(np.full((3, 89), 1 / 89))


def test_hold_repeats_the_last_step(held):
    model = Hold.fit(held)
    assert model.probability == (2 + 1) / (4 + 2)
    rows = np.exp(scored(model, np.array([5, 6], np.uint8)))
    assert rows[0] == pytest.approx(1 / 89)
    assert rows[1, 5] == pytest.approx(0.5)
    assert rows[1, 6] == pytest.approx(0.5 / 88)
    assert rows.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("model", [Uniform(GRID), Hold(GRID, 0.4)])
def test_they_come_back_from_disk(tmp_path, model):
    model.save(tmp_path / "model")
    assert models.load(tmp_path / "model") == model
    assert scored(model, np.zeros(0, np.uint8)).shape == (0, SIZE)
