"""The overlap of tunes: the passages that they share, in any key.

Splitting by tune keeps no tune's notes on both sides, but folk tunes borrow from each other, and
books print variants of one tune. A passage is a run of 12 intervals between notes.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int8, Integer, UInt64

from nottingham.music import passages
from nottingham.representation import Representation


def shares(tunes: Sequence[np.ndarray], known: Sequence[np.ndarray]) -> Float[np.ndarray, " tunes"]:
    """Return for each tune the share of its passages that occur in the known ones.

    Args:
        tunes: the MIDI pitches of the notes of each, ``[notes]``; one without a passage shares
            nothing.
        known: the same of the known ones.
    """
    familiar = passages_of([passages.intervals(pitches) for pitches in known])
    return np.array([share(passages.intervals(pitches), familiar) for pitches in tunes])


def intervals(
    tokens: Integer[np.ndarray, " time"], representation: Representation
) -> Int8[np.ndarray, " intervals"]:
    """Return the semitones from each note to the next one."""
    return passages.intervals(representation.notes(tokens)[:, 0])


def passages_of(tunes: Sequence[np.ndarray]) -> UInt64[np.ndarray, " passages"]:
    """Collect the passages of some tunes, given as intervals of shape ``[intervals]``, sorted."""
    return np.unique(np.concatenate([np.zeros(0, np.uint64), *map(passages.of, tunes)]))


def share(
    found: Int8[np.ndarray, " intervals"], familiar: UInt64[np.ndarray, " passages"]
) -> float:
    """Return the share of a tune's passages that are among those of `passages_of`."""
    own = passages.of(found)
    if not len(familiar):
        return 0.0
    at = np.minimum(np.searchsorted(familiar, own), len(familiar) - 1)
    return int(np.sum(familiar[at] == own)) / max(1, len(own))
