"""How much of a tune is in others: the passages that they share, in whatever key.

Splitting by tune keeps no tune's notes on both sides, but folk tunes borrow from each other, and
books print variants of one tune. A passage is a run of 12 intervals between the notes of the grid.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float, Integer
from numpy.lib.stride_tricks import sliding_window_view

from nottingham.encoding import vocabulary

RUN = 12
"""Intervals in a passage: 13 notes, some three measures of a reel."""


def shares(tunes: Sequence[np.ndarray], known: Sequence[np.ndarray]) -> Float[np.ndarray, " tunes"]:
    """Give for each tune the share of its passages that occur in the known ones.

    Args:
        tunes: tokens of shape ``[time]``; one without a passage shares nothing.
        known: tokens of shape ``[time]``.
    """
    passages = {passage for tokens in known for passage in _passages(tokens)}
    found = []
    for tokens in tunes:
        own = list(_passages(tokens))
        found.append(sum(passage in passages for passage in own) / max(1, len(own)))
    return np.array(found)


def _passages(tokens: Integer[np.ndarray, " time"]) -> Iterator[bytes]:
    before = np.concatenate([[vocabulary.REST], tokens[:-1]])
    pitches = tokens[(tokens != before) & (tokens != vocabulary.REST)].astype(np.int8)
    intervals = np.diff(pitches)
    if len(intervals) >= RUN:
        yield from (run.tobytes() for run in sliding_window_view(intervals, RUN))
