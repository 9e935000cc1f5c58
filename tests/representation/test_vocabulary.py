"""A vocabulary of six tokens: a rest, three notes, two chords that have pitches too."""

import numpy as np
import pytest

from nottingham.representation.vocabulary import NO_PITCH, Vocabulary

SMALL = Vocabulary(
    names=["rest", "C4", "C#4", "D4", "C", "D"],
    pitch=np.array([NO_PITCH, 60, 61, 62, 60, 62]),
    ticks=np.array([1, 1, 1, 1, 0, 0]),
    kind=np.array([0, 0, 0, 0, 1, 1]),
    follows=np.array([[True, True], [True, False]]),
)


def sized(tokens):
    table = np.zeros(tokens, int)
    return Vocabulary([""] * tokens, table, table, table, np.ones((1, 1), bool))


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
