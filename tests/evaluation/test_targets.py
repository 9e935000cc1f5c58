"""What is to be predicted, worked by hand and against a slow and obvious definition."""

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.evaluation import targets
from nottingham.representation import Grid, Notes

GRID = Grid(8)


def tune(*tokens):
    return np.array(tokens, np.uint8)


def long(*last):
    """A tune of 32 steps of 40, and what comes then."""
    return tune(*[40] * 32, *last)


def test_targets_by_hand():
    """After 32 steps of C: C goes on, D, a rest, the rest goes on, D again."""
    c, d, rest = 40, 42, 0
    found = targets.of_tunes([long(c, d, rest, rest, d)], GRID)
    assert found.token.tolist() == [c, d, rest, rest, d]
    assert found.before.tolist() == [c, c, d, rest, rest]
    assert found.changed.tolist() == [False, True, True, False, True]
    assert found.begins_note.tolist() == [False, True, False, False, True]
    assert found.position.tolist() == [0, 1, 2, 3, 4]
    assert found.tune.tolist() == [0] * 5


def test_positions_start_anew_with_each_tune():
    """Thirds of a measure begin in its first, third and sixth eighth."""
    found = targets.of_tunes([long(*range(5)), long(*range(4))], Grid(3))
    assert found.position.tolist() == [5, 0, 2, 5, 0, 5, 0, 2, 5]


def test_durations_are_told_where_they_are_tokens(make_tune):
    """After 64 tokens of quarters in 4/4, a header of seven among them, comes a duration."""
    notes = Notes()
    tokens = notes.encode(make_tune(*((k, 1, 60) for k in range(33))))
    found = targets.of_tunes([tokens], notes)
    assert [notes.vocabulary.names[token] for token in found.token] == [
        "1 quarters", *["C4", "1 quarters"] * 4, "end"
    ]  # fmt: skip
    assert found.duration.tolist() == [True, *[False, True] * 4, False]
    assert found.begins_note.tolist() == [False, *[True, False] * 4, False]
    # the 29th quarter is the first of its measure; the clock moves with a duration
    assert found.position.tolist() == [0, 2, 2, 4, 4, 6, 6, 0, 0, 2]
    assert not targets.of_tunes([long(40, 42)], GRID).duration.any()


def test_tunes_without_targets_are_left_out():
    """Tunes of 40, 32, 33, 0 and 34 steps: three of them have 8, 1 and 2 targets."""
    tunes = [tune(*np.full(length, 40)) for length in (40, 32, 33, 0, 34)]
    found = targets.of_tunes(tunes, GRID)
    assert found.tune.tolist() == [0] * 8 + [1] + [2] * 2
    assert len(found.token) == 8 + 1 + 2


@pytest.mark.parametrize("tunes", [[], [tune(*range(32))]])
def test_no_targets_at_all(tunes):
    found = targets.of_tunes(tunes, GRID)
    for values in (found.tune, found.token, found.before, found.position):
        assert values.shape == (0,)
    for flags in (found.familiar, found.changed, found.begins_note, found.duration):
        assert flags.shape == (0,)
        assert flags.dtype == bool


def test_familiar_passages_by_hand():
    """A A B A B C, with A of two measures, B and C of one step each.

    Each B follows an A that has come before. C follows the last 15 steps of A and B, which have
    come before too. The targets between follow passages with the first B in them.
    """
    a, b, c = list(range(1, 17)), 60, 61
    found = targets.of_tunes([tune(*a, *a, b, *a, b, c)], GRID)
    assert found.token.tolist() == [b, *a, b, c]
    assert found.familiar.tolist() == [True] + [False] * 16 + [True, True]


def test_a_step_less_in_common_is_not_familiar():
    """Two measures but for their first step: 15 steps have come before, 16 have not."""
    a = list(range(1, 17))
    (familiar,) = targets.of_tunes([tune(*a, *a, 50)], GRID).familiar
    (new,) = targets.of_tunes([tune(*a, 20, *a[1:], 50)], GRID).familiar
    assert familiar
    assert not new


def test_what_another_tune_has_had_is_not_familiar():
    a, b = range(1, 33), range(33, 65)
    found = targets.of_tunes([tune(*a, 70), tune(*b, *a, 70)], GRID)
    assert not found.familiar.any()


def slowly_familiar(tokens):
    """Compare the 16 steps before each target with all that lie earlier."""
    heard = tokens.tolist()
    return [
        any(heard[s : s + 16] == heard[t - 16 : t] for s in range(t - 16))
        for t in range(32, len(heard))
    ]


@pytest.mark.parametrize("seed", range(20))
def test_familiar_passages_are_as_defined(seed):
    """Tunes of few motifs, so that passages come back, also where they overlap themselves."""
    draw = np.random.default_rng(seed)
    motifs = [draw.integers(40, 42, size) for size in (1, 5, 8)]
    tunes = [
        np.concatenate([motifs[k] for k in draw.integers(0, 3, 25)]).astype(np.uint8)
        for _ in range(3)
    ]
    found = targets.of_tunes(tunes, GRID)
    expected = [flag for tokens in tunes for flag in slowly_familiar(tokens)]
    assert found.familiar.tolist() == expected
    assert 0 < sum(expected) < len(expected)


def test_the_ids_are_those_of_the_tunes_with_targets():
    tunes = [tune(*np.full(length, 40)) for length in (40, 32, 50, 33, 41)]
    places = np.array([split.TEST, split.TEST, split.TRAIN, split.TEST, split.UNUSED], np.uint8)
    dataset = streams.join(tunes, split=places, ids=list("abcde"), representation=GRID)
    assert targets.ids(dataset, split.TEST) == ["a", "d"]
    assert set(targets.of_tunes(dataset.tunes(split.TEST), GRID).tune) == {0, 1}
    assert targets.ids(dataset, split.VALID) == []


def test_files_that_differ_in_a_range_of_letters_are_of_one_family():
    families = {
        "jigs/12": "jigs",
        "reelsa-c/25": "reels",
        "reelsu-z/3": "reels",
        "slow-airs/2": "slow-airs",
        "my_tunes/4/5": "my_tunes",
        "waltz-a/1": "waltz-a",
    }
    assert targets.families(families) == list(families.values())
