"""Passages of a melody: runs of 12 intervals between its notes, in any key and any note values.

Folk tunes borrow from each other, and books print variants of one tune; a run of as many intervals
that two tunes share is seldom chance.
"""

import numpy as np
from jaxtyping import Int8, Integer, UInt64
from numpy.lib.stride_tricks import sliding_window_view

RUN = 12
"""Intervals in a passage: 13 notes, some three measures of a reel."""
_BASE = 0x9E3779B97F4A7C15  # odd
_POWERS = np.array([pow(_BASE, k, 2**64) for k in range(RUN)], np.uint64)


def intervals(pitches: Integer[np.ndarray, " notes"]) -> Int8[np.ndarray, " intervals"]:
    """Return the semitones from each note to the next one, given MIDI pitches."""
    return np.diff(pitches.astype(np.int8))


def of(found: Int8[np.ndarray, " intervals"]) -> UInt64[np.ndarray, " passages"]:
    """Return each passage among some intervals as one number: a polynomial of them, modulo 2⁶⁴."""
    if len(found) < RUN:
        return np.zeros(0, np.uint64)
    runs = sliding_window_view(found.astype(np.int64) + 128, RUN).astype(np.uint64)
    hashed: np.ndarray = (runs * _POWERS).sum(axis=1, dtype=np.uint64)
    return hashed
