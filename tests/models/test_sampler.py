"""Sampling from a model whose probabilities are known."""

import numpy as np
import pytest

from nottingham.encoding import vocabulary
from nottingham.models.baselines import Hold
from nottingham.models.sampler import continue_tunes


class Known:
    """Always the same distribution: token 3 with 0.2, token 70 with 0.8."""

    context = "window"

    def log_probs(self, tokens):
        rows = np.full((len(tokens), vocabulary.SIZE), -np.inf, np.float32)
        rows[:, 3], rows[:, 70] = np.log(0.2), np.log(0.8)
        return rows

    def next_log_probs(self, histories):
        return self.log_probs(histories)


def test_the_primer_stays_and_the_rest_follows_the_distribution():
    primers = np.array([[1, 2], [5, 6]], np.uint8)
    tunes = continue_tunes(Known(), primers, steps=2000, seed=0)
    assert tunes.shape == (2, 2002)
    assert np.array_equal(tunes[:, :2], primers)
    new = tunes[:, 2:]
    assert set(np.unique(new)) == {3, 70}
    assert np.mean(new == 70) == pytest.approx(0.8, abs=0.03)
    assert not np.array_equal(new[0], new[1])


def test_the_same_seed_draws_the_same_tune():
    primers = np.zeros((3, 1), np.uint8)
    one, two, other = (continue_tunes(Known(), primers, steps=50, seed=s) for s in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_each_step_heeds_the_one_before():
    held = Hold(1 - 1e-9)
    tunes = continue_tunes(held, np.array([[4], [9]], np.uint8), steps=30, seed=0)
    assert np.array_equal(tunes, np.repeat([[4], [9]], 31, axis=1))
