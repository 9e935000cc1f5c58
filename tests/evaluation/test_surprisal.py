"""How many bits each measure tells a model."""

import numpy as np
import pytest

from nottingham.evaluation import surprisal
from nottingham.models.counting.baselines import Uniform
from nottingham.representation import Grid
from tests.known_model import KnownModel, expecting


def half_or_quarter(before):
    """Expect token 40 with a half and a quarter by turns."""
    return expecting([40] * len(before), 0.25 if before.shape[1] % 2 else 0.5)


def test_every_step_tells_a_uniform_model_the_same():
    bits = surprisal.bits(Uniform(Grid(8)), np.full(20, 40, np.uint8))
    assert bits.tolist() == pytest.approx([8 * np.log2(89), 8 * np.log2(89), 4 * np.log2(89)])


def test_bits_by_hand():
    """1 and 2 bits by turns; the one token that is not expected, log₂ 176: half of 1/88."""
    tokens = np.array([40, 40, 40, 40, 41, 40], np.uint8)
    model = KnownModel(half_or_quarter, representation=Grid(4))
    assert surprisal.bits(model, tokens).tolist() == pytest.approx([6, np.log2(176) + 2])


def test_a_tune_of_no_steps_has_no_measures():
    assert surprisal.bits(Uniform(Grid(8)), np.zeros(0, np.uint8)).shape == (0,)
