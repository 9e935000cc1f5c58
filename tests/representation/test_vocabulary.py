"""Rest and the 88 piano keys as integers."""

import numpy as np
import pytest

from nottingham.representation import vocabulary


def test_tokens_and_pitches():
    assert [vocabulary.token(pitch) for pitch in (21, 60, 108)] == [1, 40, 88]
    assert all(vocabulary.token(vocabulary.pitch(token)) == token for token in range(1, 89))
    assert vocabulary.pitch(vocabulary.REST) is None


@pytest.mark.parametrize("pitch", [20, 109])
def test_a_pitch_without_a_key_is_refused(pitch):
    with pytest.raises(ValueError, match=f"^pitch {pitch} is outside the piano's 21 to 108$"):
        vocabulary.token(pitch)


@pytest.mark.parametrize("token", [-1, 89])
def test_a_token_that_there_is_not_is_refused(token):
    with pytest.raises(ValueError, match=f"^token {token} is outside 0 to 88$"):
        vocabulary.pitch(token)


@pytest.mark.parametrize("tokens", [[], [0], [88], [0, 40, 88]])
@pytest.mark.parametrize("kind", [np.uint8, np.int64])
def test_tokens_are_integers_from_0_to_88(tokens, kind):
    vocabulary.check(np.array(tokens, kind))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([3, 89], "tokens from 3 to 89; there are those from 0 to 88"),
        ([-1, 7], "tokens from -1 to 7; there are those from 0 to 88"),
        ([0.0, 1.0], "tokens are integers from 0 to 88, not float64"),
        ([True], "tokens are integers from 0 to 88, not bool"),
    ],
)
def test_what_is_no_token_is_refused(wrong, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        vocabulary.check(np.array(wrong))
