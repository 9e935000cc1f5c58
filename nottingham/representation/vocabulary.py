"""The classes of a step: rest and the 88 piano keys.

Token 0 is a rest; tokens 1 to 88 are the keys from the lowest A (MIDI 21) to the highest C
(MIDI 108), the poster's encoding.
"""

import numpy as np

from nottingham.music import limits

REST = 0
LOWEST_PITCH, HIGHEST_PITCH = limits.LOWEST_PITCH, limits.HIGHEST_PITCH
SIZE = 1 + HIGHEST_PITCH - LOWEST_PITCH + 1


def token(pitch: int) -> int:
    """Give the token of a MIDI pitch.

    Raises:
        ValueError: if no piano key has this pitch.
    """
    if not LOWEST_PITCH <= pitch <= HIGHEST_PITCH:
        raise ValueError(f"pitch {pitch} is outside the piano's {LOWEST_PITCH} to {HIGHEST_PITCH}")
    return pitch - LOWEST_PITCH + 1


def pitch(token: int) -> int | None:
    """Give the MIDI pitch of a token, or None for a rest.

    Raises:
        ValueError: if there is no such token.
    """
    if not 0 <= token < SIZE:
        raise ValueError(f"token {token} is outside 0 to {SIZE - 1}")
    return None if token == REST else token + LOWEST_PITCH - 1


def check(tokens: np.ndarray) -> None:
    """Refuse arrays, such as ``[time]``, that are not of tokens.

    Raises:
        ValueError: if a value is outside the vocabulary or no integer.
    """
    if tokens.dtype.kind not in "iu":
        raise ValueError(f"tokens are integers from 0 to {SIZE - 1}, not {tokens.dtype}")
    if tokens.size and not 0 <= tokens.min() <= tokens.max() < SIZE:
        raise ValueError(
            f"tokens from {tokens.min()} to {tokens.max()}; there are those from 0 to {SIZE - 1}"
        )
