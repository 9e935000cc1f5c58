"""How much of a tune is in others: the passages that they share, in whatever key.

Splitting by tune keeps no tune's notes on both sides, but folk tunes borrow from each other, and
books print variants of one tune. A passage is a run of 12 intervals between the notes of the grid.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float, Int8, Integer
from numpy.lib.stride_tricks import sliding_window_view

from nottingham.representation import vocabulary

RUN = 12
"""Intervals in a passage: 13 notes, some three measures of a reel."""


def shares(tunes: Sequence[np.ndarray], known: Sequence[np.ndarray]) -> Float[np.ndarray, " tunes"]:
    """Give for each tune the share of its passages that occur in the known ones.

    Args:
        tunes: tokens of shape ``[time]``; one without a passage shares nothing.
        known: tokens of shape ``[time]``.
    """
    passages = passages_of(known)
    return np.array([share(tokens, passages) for tokens in tunes])


def passages_of(tunes: Sequence[np.ndarray]) -> frozenset[bytes]:
    """Collect the passages of some tunes, each of shape ``[time]``."""
    return frozenset(passage for tokens in tunes for passage in _passages(tokens))


def share(tokens: Integer[np.ndarray, " time"], passages: frozenset[bytes]) -> float:
    """Give the share of a tune's passages that are among those of `passages_of`."""
    own = list(_passages(tokens))
    return sum(passage in passages for passage in own) / max(1, len(own))


def intervals(tokens: Integer[np.ndarray, " time"]) -> Int8[np.ndarray, " intervals"]:
    """Give the semitones from each note of the grid to the next one."""
    before = np.concatenate([[vocabulary.REST], tokens[:-1]])
    pitches = tokens[(tokens != before) & (tokens != vocabulary.REST)].astype(np.int8)
    return np.diff(pitches)


def _passages(tokens: Integer[np.ndarray, " time"]) -> Iterator[bytes]:
    found = intervals(tokens)
    if len(found) >= RUN:
        yield from (run.tobytes() for run in sliding_window_view(found, RUN))
