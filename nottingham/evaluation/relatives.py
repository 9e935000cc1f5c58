"""The nearest relative of a tune: the known tune that shares the longest passage with it.

Passages are compared by the intervals between written notes, in any key and rhythm.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Int8

from nottingham.evaluation.originality import Runs
from nottingham.music import measures
from nottingham.music.tune import Tune


class Relatives:
    """Known tunes, in which the nearest relative of another is found."""

    def __init__(self, tunes: Sequence[Tune]) -> None:
        """Take the tunes, those that a model has learned from."""
        self._tunes = tunes
        self._runs = Runs([_intervals(tune) for tune in tunes])

    def nearest(self, tune: Tune) -> dict[str, Any] | None:
        """Return the known tune with the longest passage of a tune, the first of several.

        Returns:
            ``id`` and ``title`` of the known tune; ``notes``, the length of the passage;
            ``measures``, the first and the last in which its notes begin, and ``its_measures``, the
            same of the known tune (an upbeat's is 0); ``same``, whether both tunes are nothing but
            this passage: one tune, be it in another key. None without two notes in common.
        """
        found = self._runs.longest(_intervals(tune))
        if found is None:
            return None
        known = self._tunes[found.tune]
        return {
            "id": known.id,
            "title": known.title,
            "notes": found.notes,
            "measures": _measures(tune, found.start, found.notes),
            "its_measures": _measures(known, found.known_start, found.notes),
            "same": found.notes == len(tune.notes) == len(known.notes),
        }


def _intervals(tune: Tune) -> Int8[np.ndarray, " intervals"]:
    return np.diff(np.array([note.pitch for note in tune.notes], np.int8))


def _measures(tune: Tune, start: int, notes: int) -> list[int]:
    both = tune.notes[start], tune.notes[start + notes - 1]
    return [measures.number(tune, note.onset) for note in both]
