"""How many bits each measure tells a model."""

import numpy as np
import pytest

from nottingham.evaluation import surprisal
from nottingham.models.counting.baselines import Uniform
from nottingham.representation import Grid, Notes
from tests.known_model import KnownModel, expecting


def half_or_quarter(before):
    """Expect token 40 with a half and a quarter by turns."""
    return expecting([40] * len(before), 0.25 if before.shape[1] % 2 else 0.5)


def test_every_step_tells_a_uniform_model_the_same():
    (bits,) = surprisal.bits(Uniform(Grid(8)), [np.full(20, 40, np.uint8)])
    assert bits.tolist() == pytest.approx([8 * np.log2(89), 8 * np.log2(89), 4 * np.log2(89)])


def test_bits_by_hand():
    """1 and 2 bits by turns; the one token that is not expected, log₂ 176: half of 1/88."""
    tokens = np.array([40, 40, 40, 40, 41, 40], np.uint8)
    model = KnownModel(half_or_quarter, representation=Grid(4))
    (bits,) = surprisal.bits(model, [tokens])
    assert bits.tolist() == pytest.approx([6, np.log2(176) + 2])


def test_a_header_is_no_part_of_a_measure(make_tune):
    """Two measures of 3/4: a rest and an upbeat; three notes, and the end, which begins none."""
    notes = Notes()
    tokens = notes.encode(make_tune((2, 1, 60), *((k, 1, 62) for k in (3, 4, 5)), meter="3/4"))
    (bits,) = surprisal.bits(Uniform(notes), [tokens])
    assert bits == pytest.approx(np.array([4, 6 + 1]) * np.log2(notes.vocabulary.size))


def test_a_measure_in_which_a_note_is_held_tells_nothing(make_tune):
    notes = Notes()
    tokens = notes.encode(make_tune((0, 8, 60), (8, 4, 62)))
    (bits,) = surprisal.bits(Uniform(notes), [tokens])
    assert bits == pytest.approx(np.array([2, 0, 3]) * np.log2(notes.vocabulary.size))


def test_each_tune_has_its_own_measures():
    """Of 8, 3, 6 and no steps: two measures, a part of one, one with a part, and none."""
    model = KnownModel(half_or_quarter, representation=Grid(4))
    found = surprisal.bits(model, [np.full(length, 40, np.uint8) for length in (8, 3, 6, 0)])
    assert [bits.tolist() for bits in found] == [
        pytest.approx(expected) for expected in ([6, 6], [4], [6, 3], [])
    ]
