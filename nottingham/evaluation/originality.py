"""Originality: what a tune has in common with known tunes, in any key.

Tunes are compared by the intervals between their notes, without their durations, so that a
borrowed melody is found in another rhythm or key, too.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from jaxtyping import Int, Int8, Integer, UInt64

from nottingham.evaluation.overlap import intervals, passages_of, share
from nottingham.representation import Representation

_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd; what is found by hash is compared once more


class Match(NamedTuple):
    """The longest run and the passages that a tune shares with known tunes."""

    run: int
    """Notes of the longest run that a known tune has too; 0 if not even two are."""
    tune: int | None
    """Which known tune has it, the first of several."""
    share: float
    """The share of its passages (12 intervals) that occur in known tunes."""


class Passage(NamedTuple):
    """The longest run of notes that a tune shares with known tunes."""

    notes: int
    """Its length."""
    start: int
    """Its first note in the tune, from 0 on: of several places the first."""
    tune: int
    """Which known tune has it, the first of several."""
    known_start: int
    """Its first note in that tune, from 0 on."""


def is_above_limit(match: Match, limit: Mapping[str, float]) -> bool:
    """Return whether a tune has more in common with training tunes than 95 of 100 real ones."""
    return match.run > limit["run"] or match.share > limit["share"]


class Known:
    """Known tunes, indexed by their runs of intervals."""

    def __init__(self, tunes: Sequence[np.ndarray], representation: Representation) -> None:
        """Take the known tunes as tokens of shape ``[time]``."""
        self._representation = representation
        found = [intervals(tokens, representation) for tokens in tunes]
        self._passages = passages_of(found)
        self._runs = Runs(found)

    def match(self, tokens: Integer[np.ndarray, " time"]) -> Match:
        """Compare a tune with the known ones."""
        own = intervals(tokens, self._representation)
        longest = self._runs.longest(own)
        if longest is None:
            return Match(0, None, 0.0)
        return Match(longest.notes, longest.tune, share(own, self._passages))


class Runs:
    """The intervals of known tunes, in which the longest run of another tune is found."""

    def __init__(self, tunes: Sequence[np.ndarray]) -> None:
        """Lay the intervals of all tunes, of shape ``[intervals]`` each, end to end."""
        self._intervals = np.concatenate([np.zeros(0, np.int8), *tunes])
        self._ends = np.cumsum([len(part) for part in tunes])
        self._left = np.repeat(self._ends, [len(part) for part in tunes]) - np.arange(
            len(self._intervals)
        )
        self._hashes = _Hashes(self._intervals)
        self._sorted = lru_cache(maxsize=64)(self._sort)

    def longest(self, own: Int8[np.ndarray, " own"]) -> Passage | None:
        """Return the longest run of notes, given by their intervals, that a known tune has too."""
        hashes, shortest, place = _Hashes(own), 0, None
        longest = min(len(own), int(self._left.max(initial=0)))
        while shortest < longest:  # a run that is known has shorter runs that are known
            length = (shortest + longest + 1) // 2
            found = self._find(own, hashes, length)
            if found is None:
                longest = length - 1
            else:
                shortest, place = length, found
        if place is None:
            return None
        index, start = place
        tune = int(np.searchsorted(self._ends, index, side="right"))
        first = int(self._ends[tune - 1]) if tune else 0
        return Passage(shortest + 1, start, tune, index - first)

    def _find(
        self, own: Int8[np.ndarray, " own"], hashes: "_Hashes", length: int
    ) -> tuple[int, int] | None:
        """Return where the first run of this length that both have is: in the known ones, here."""
        values, indices = self._sorted(length)
        wanted = hashes.of(length)
        at = np.minimum(np.searchsorted(values, wanted), max(0, len(values) - 1))
        if not len(values):
            return None
        matches = np.flatnonzero(values[at] == wanted)
        same = [
            (int(indices[at[start]]), int(start))
            for start in matches
            if np.array_equal(
                self._intervals[indices[at[start]] :][:length], own[start : start + length]
            )
        ]
        return min(same, default=None)

    def _sort(self, length: int) -> tuple[UInt64[np.ndarray, " n"], Int[np.ndarray, " n"]]:
        indices = np.flatnonzero(self._left >= length)
        values = self._hashes.of(length)[indices]
        order = np.argsort(values, kind="stable")
        return values[order], indices[order]


class _Hashes:
    """Hashes of all runs of any length: polynomials of the intervals, modulo 2⁶⁴."""

    def __init__(self, values: Int[np.ndarray, " n"]) -> None:
        powers, inverses = (
            np.cumprod(np.append(np.uint64(1), np.full(len(values), base)), dtype=np.uint64)
            for base in (_BASE, np.uint64(pow(int(_BASE), -1, 2**64)))
        )
        terms = (values.astype(np.int64) + 128).astype(np.uint64) * inverses[1:]
        self._prefixes = powers * np.append(np.uint64(0), np.cumsum(terms, dtype=np.uint64))

    def of(self, length: int) -> UInt64[np.ndarray, " runs"]:
        """Return the hash of each run of this length, by where it starts."""
        power = np.uint64(pow(int(_BASE), length, 2**64))
        return self._prefixes[length:] - self._prefixes[: len(self._prefixes) - length] * power
