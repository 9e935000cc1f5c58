"""A vocabulary of six tokens: a rest, three notes, two chords that have pitches too."""

from dataclasses import replace

import numpy as np
import pytest

from nottingham.representation.vocabulary import NO_PITCH, Vocabulary

SMALL = Vocabulary(
    names=["rest", "C4", "C#4", "D4", "C", "D"],
    pitch=np.array([NO_PITCH, 60, 61, 62, 60, 62]),
    ticks=np.array([1, 1, 1, 1, 0, 0]),
    kinds=["step", "chord"],
    kind=np.array([0, 0, 0, 0, 1, 1]),
    follows=np.array([[True, True], [True, False]]),
    begins=np.array([True, False]),
    headers=0,
    measure=np.zeros(6, int),
    measures=np.zeros(6, int),
    repeats=np.zeros((6, 0), int),
    closes=np.zeros((6, 0), int),
    tonic=np.zeros(6, int),
    relative=False,
)


def sized(tokens):
    names = ("pitch", "ticks", "kind", "measure", "measures", "tonic")
    tables = dict.fromkeys(names, np.zeros(tokens, int))
    return replace(SMALL, names=[""] * tokens, **tables)


def test_sizes_by_hand():
    assert (SMALL.size, SMALL.none) == (6, 6)
    assert (SMALL.lowest_pitch, SMALL.highest_pitch) == (60, 62)


@pytest.mark.parametrize(("tokens", "dtype"), [(6, "u1"), (255, "u1"), (256, "u2")])
def test_the_dtype_holds_every_token_and_none(tokens, dtype):
    assert sized(tokens).dtype == np.dtype(dtype)


def test_transposition_by_hand():
    """Notes become notes and chords chords: a whole tone up, C is D; what is not there stays."""
    table = SMALL.transposition(2)
    assert table.tolist() == [
        [0, 1, 2, 1, 4, 4, 6],
        [0, 1, 1, 2, 4, 5, 6],
        [0, 1, 2, 3, 4, 5, 6],
        [0, 2, 3, 3, 4, 5, 6],
        [0, 3, 2, 3, 5, 5, 6],
    ]
    assert table.dtype == np.int32


def test_tonics_are_transposed_round_the_octave_and_relative_pitches_are_not():
    """The chords name the tonics C and B."""
    tonic = np.array([0, 0, 0, 0, 1, 12])
    table = replace(SMALL, tonic=tonic, relative=True).transposition(1)
    assert table.tolist() == [[0, 1, 2, 3, 5, 5, 6], [0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 4, 6]]


def test_what_may_follow_by_hand():
    """No chord follows a chord, and none begins a tune."""
    step, chord = [True] * 6, [True] * 4 + [False] * 2
    assert SMALL.may_follow.tolist() == [step] * 4 + [chord] * 2 + [chord]
    assert not SMALL.ends.any()


def test_what_nothing_may_follow_ends_a_tune_and_repeats_itself():
    chords_end = replace(SMALL, follows=np.array([[True, True], [False, False]]))
    assert chords_end.ends.tolist() == [False] * 4 + [True] * 2
    assert chords_end.may_follow[4:6].tolist() == np.eye(6, dtype=bool)[4:6].tolist()
    assert chords_end.may_follow[:4].all()


@pytest.mark.parametrize("tokens", [[], [0], [5], [[0, 3], [5, 1]]])
@pytest.mark.parametrize("kind", [np.uint8, np.int64])
def test_tokens_are_integers_below_the_size(tokens, kind):
    SMALL.check(np.array(tokens, kind))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([3, 6], "tokens from 3 to 6; there are those from 0 to 5"),
        ([-1, 4], "tokens from -1 to 4; there are those from 0 to 5"),
        ([0.0, 1.0], "tokens are integers from 0 to 5, not float64"),
        ([True], "tokens are integers from 0 to 5, not bool"),
    ],
)
def test_what_is_no_token_is_refused(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        SMALL.check(np.array(wrong))
