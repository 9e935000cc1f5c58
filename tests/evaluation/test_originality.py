"""What tunes have in common, against a slow search."""

import numpy as np
import pytest

from nottingham.evaluation import originality, overlap
from nottingham.evaluation.originality import Match
from nottingham.representation import Grid

SCALE = np.array([40, 42, 44, 45, 47, 49, 51, 52], np.uint8)


def known(tunes):
    return originality.Known(tunes, Grid(8))


def intervals(tokens):
    return overlap.intervals(tokens, Grid(8))


def slow(tokens, tunes):
    """The longest run of intervals in common, and the first tune that has one so long."""
    own, best, where = intervals(tokens).tolist(), 0, None
    for number, tune in enumerate(tunes):
        other = intervals(tune).tolist()
        for i in range(len(own)):
            for j in range(len(other)):
                length = 0
                while own[i : i + length + 1] == other[j : j + length + 1] and (
                    i + length < len(own) and j + length < len(other)
                ):
                    length += 1
                if length > best:
                    best, where = length, number
    return (best + 1 if best else 0), where


@pytest.mark.parametrize("seed", range(20))
def test_the_longest_run_is_found(seed):
    draw = np.random.default_rng(seed)
    tunes = [draw.choice(SCALE[:3], size).astype(np.uint8) for size in (40, 5, 1, 0, 60)]
    tokens = draw.choice(SCALE[:3], 30).astype(np.uint8)
    found = known(tunes).match(tokens)
    assert (found.run, found.tune) == slow(tokens, tunes)


def test_a_tune_may_be_longer_than_all_known_ones_together():
    tokens = np.tile(SCALE, 20)
    assert known([SCALE, SCALE[:3]]).match(tokens).run == len(SCALE)


def test_a_copy_in_another_key_and_rhythm_is_no_new_tune():
    tune = np.random.default_rng(0).choice(SCALE, 60).astype(np.uint8)
    copied = np.repeat(tune[10:40] + 7, 3)
    found = known([SCALE, tune]).match(copied)
    assert found == Match(len(intervals(tune[10:40])) + 1, 1, 1.0)


def test_runs_do_not_go_on_from_one_tune_into_the_next():
    up = SCALE[:4]
    assert known([up, up + 5]).match(SCALE).run == 4


@pytest.mark.parametrize("tunes", [[], [SCALE[:1]], [SCALE[:0]]])
def test_nothing_is_known(tunes):
    assert known(tunes).match(SCALE) == Match(0, None, 0.0)
    for size in (0, 1):
        assert known([SCALE]).match(SCALE[:size]) == Match(0, None, 0.0)
