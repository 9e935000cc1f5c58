"""How many bits each measure tells a model."""

import numpy as np
import pytest

from nottingham.evaluation import surprisal
from nottingham.models.counting.baselines import Uniform
from nottingham.representation import vocabulary


class Expecting:
    """A model that gives the same token a half or a quarter by turns, and others what is left."""

    context = "window"

    def log_probs(self, tokens):
        shares = np.where(np.arange(len(tokens)) % 2, 0.25, 0.5)[:, None]
        rows = np.repeat((1 - shares) / (vocabulary.SIZE - 1), vocabulary.SIZE, axis=1)
        rows[:, 40] = shares[:, 0]
        return np.log(rows)

    def next_log_probs(self, histories):
        raise AssertionError("nobody asks for the next step")


def test_every_step_tells_a_uniform_model_the_same():
    bits = surprisal.bits(Uniform(), np.full(20, 40, np.uint8), 8)
    assert bits.tolist() == pytest.approx([8 * np.log2(89), 8 * np.log2(89), 4 * np.log2(89)])


def test_bits_by_hand():
    """1 and 2 bits by turns; the one token that is not expected, log₂ 176: half of 1/88."""
    tokens = np.array([40, 40, 40, 40, 41, 40], np.uint8)
    assert surprisal.bits(Expecting(), tokens, 4).tolist() == pytest.approx([6, np.log2(176) + 2])


def test_a_tune_of_no_steps_has_no_measures():
    assert surprisal.bits(Uniform(), np.zeros(0, np.uint8), 8).shape == (0,)
