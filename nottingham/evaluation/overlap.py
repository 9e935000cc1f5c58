"""The overlap of tunes: the passages that they share, in any key.

Splitting by tune keeps no tune's notes on both sides, but folk tunes borrow from each other, and
books print variants of one tune. A passage is a run of 12 intervals between notes.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float, Int8, Integer
from numpy.lib.stride_tricks import sliding_window_view

from nottingham.representation import Representation

RUN = 12
"""Intervals in a passage: 13 notes, some three measures of a reel."""


def shares(tunes: Sequence[np.ndarray], known: Sequence[np.ndarray]) -> Float[np.ndarray, " tunes"]:
    """Return for each tune the share of its passages that occur in the known ones.

    Args:
        tunes: the MIDI pitches of the notes of each, ``[notes]``; one without a passage shares
            nothing.
        known: the same of the known ones.
    """
    passages = passages_of([_intervals(pitches) for pitches in known])
    return np.array([share(_intervals(pitches), passages) for pitches in tunes])


def _intervals(pitches: Integer[np.ndarray, " notes"]) -> Int8[np.ndarray, " intervals"]:
    return np.diff(pitches.astype(np.int8))


def intervals(
    tokens: Integer[np.ndarray, " time"], representation: Representation
) -> Int8[np.ndarray, " intervals"]:
    """Return the semitones from each note to the next one."""
    return _intervals(representation.notes(tokens)[:, 0])


def passages_of(tunes: Sequence[np.ndarray]) -> frozenset[bytes]:
    """Collect the passages of some tunes, given as intervals of shape ``[intervals]``."""
    return frozenset(passage for found in tunes for passage in _passages(found))


def share(found: Int8[np.ndarray, " intervals"], passages: frozenset[bytes]) -> float:
    """Return the share of a tune's passages that are among those of `passages_of`."""
    own = list(_passages(found))
    return sum(passage in passages for passage in own) / max(1, len(own))


def _passages(found: Int8[np.ndarray, " intervals"]) -> Iterator[bytes]:
    if len(found) >= RUN:
        yield from (run.tobytes() for run in sliding_window_view(found, RUN))
