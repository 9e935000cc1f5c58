"""What tunes share, by hand."""

import numpy as np
import pytest

from nottingham.evaluation import overlap
from nottingham.representation import Grid

STEPS = np.random.default_rng(3).choice([-2, -1, 1, 2], 30)
TUNE = (44 + np.concatenate([[0], np.cumsum(STEPS)])).astype(np.uint8)  # 31 notes, 19 passages


def shares(tunes, known):
    return overlap.shares(*([Grid(8).notes(t)[:, 0] for t in some] for some in (tunes, known)))


def held(tokens):
    """Each note for two steps, and a rest here and there: the same notes."""
    twice = np.repeat(tokens, 2)
    return np.insert(twice, [0, 10, 40], 0)


def test_a_tune_is_all_in_itself_in_any_key_and_rhythm():
    assert shares([TUNE, TUNE + 5, held(TUNE)], [TUNE]).tolist() == [1.0, 1.0, 1.0]


def test_half_a_tune():
    """Its first 22 notes have 10 of its 19 passages."""
    assert shares([TUNE], [TUNE[:22]]) == pytest.approx([10 / 19])
    assert shares([TUNE[:22]], [TUNE]).tolist() == [1.0]


def test_passages_are_not_put_together_from_two_tunes():
    assert shares([TUNE], [TUNE[:12], TUNE[12:24]]).tolist() == [0.0]


def test_what_has_no_passage_shares_nothing():
    assert shares([TUNE[:12], TUNE[:0]], [TUNE]).tolist() == [0.0, 0.0]
    assert shares([TUNE], []).tolist() == [0.0]
    assert shares([], [TUNE]).tolist() == []
