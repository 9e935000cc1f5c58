"""The notes of a tune as it is written, laid out in time, and the part of it that is judged.

Times are whole ticks, as many to a quarter as the tune's own fractions need. Measures are counted
from the first full one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm

import numpy as np
from jaxtyping import Bool, Int

from nottingham.music import keys, notation
from nottingham.music.tune import Tune, measure_length

SECTION = 8
"""Measures in a section of a dance."""
SILENCE = -1
"""In the place of a pitch."""

Measure = tuple[tuple[float, float, int], ...]
"""The notes that begin in a measure: onset in it and duration, in quarters, and MIDI pitch."""
Rhythm = tuple[str, tuple[tuple[float, float], ...]]
"""A meter, and the onset in the measure and the duration of each note, in quarters."""


@dataclass(frozen=True)
class Timeline:
    """The notes of a tune in ticks, and from where on they are judged."""

    onsets: Int[np.ndarray, " notes"]
    ends: Int[np.ndarray, " notes"]
    pitches: Int[np.ndarray, " notes"]
    """MIDI numbers."""
    triplets: Bool[np.ndarray, " notes"]
    """Whether three divides the duration's denominator."""
    meter: str
    quarter: int
    measure: int
    first: int
    """Where the first full measure begins."""
    from_measure: int
    """The first measure that is judged; 0 includes an upbeat."""
    tonic: int
    """A pitch class."""
    scale: frozenset[int]

    @property
    def start(self) -> int:
        """The first tick that is judged."""
        return self.first + self.from_measure * self.measure if self.from_measure else 0

    @property
    def end(self) -> int:
        """Where the last note ends."""
        return int(self.ends[-1])

    @property
    def judged(self) -> slice:
        """The notes that are judged."""
        return slice(int(np.searchsorted(self.onsets, self.start)), None)

    @property
    def moves(self) -> Int[np.ndarray, " moves"]:
        """Semitones from the note before to each judged note that has one."""
        return np.diff(self.pitches)[max(self.judged.start - 1, 0) :]

    def at(self, ticks: Int[np.ndarray, " times"]) -> Int[np.ndarray, " times"]:
        """Return the pitches that sound at some ticks, −1 for silence."""
        index = np.searchsorted(self.onsets, ticks, side="right") - 1
        sounds = (index >= 0) & (ticks < self.ends[index])
        return np.where(sounds, self.pitches[index], SILENCE)

    def alike(self, start: int, stop: int, lag: int) -> float | None:
        """Return the share of time at which what sounds is what sounded ``lag`` ticks before.

        Args:
            start: the first tick.
            stop: the tick after the last; None is returned if there is none.
            lag: ticks.
        """
        if stop <= start:
            return None
        own = np.concatenate([[start, stop], self.onsets, self.ends])
        edges = np.unique(np.clip(np.concatenate([own, own + lag]), start, stop))
        same = self.at(edges[:-1]) == self.at(edges[:-1] - lag)
        return float(np.diff(edges)[same].sum() / (stop - start))

    def repeats(self, measures: int) -> float | None:
        """Return the share of time that repeats what sounded a number of measures before."""
        lag = measures * self.measure
        return self.alike(max(self.start, int(self.onsets[0]) + lag), self.end, lag)

    def sections(self) -> Int[np.ndarray, " sections"]:
        """Return where each section of eight measures begins that the tune reaches the last of."""
        length = SECTION * self.measure
        reached = self.end - self.first + self.measure - 1  # a last measure that has only begun
        return self.first + length * np.arange(max(0, reached // length))

    def section_ends(self) -> Int[np.ndarray, " sections"]:
        """Return the pitch at the middle of the last measure of each judged section."""
        last = self.sections() + (SECTION - 1) * self.measure
        return self.at(last[last >= self.start] + self.measure // 2)

    def closing_pitches(self) -> Int[np.ndarray, " sections"]:
        """Return the last pitch that has begun by the middle of each section's last measure."""
        middles = self.sections() + (SECTION - 1) * self.measure + self.measure // 2
        return self.pitches[np.searchsorted(self.onsets, middles, side="right") - 1]

    def measures(self) -> list[Measure]:
        """Return the notes that begin in each judged measure."""
        number, place = np.divmod(self.onsets - self.first, self.measure)
        count = max(-((self.first - self.end) // self.measure), self.from_measure)
        bounds = np.searchsorted(number, np.arange(self.from_measure, count + 1)).tolist()
        columns = (place / self.quarter, (self.ends - self.onsets) / self.quarter, self.pitches)
        notes = list(zip(*(column.tolist() for column in columns), strict=True))
        return [tuple(notes[begin:end]) for begin, end in pairwise(bounds)]

    def rhythms(self) -> list[Rhythm]:
        """Return the rhythm of each judged measure."""
        return [(self.meter, tuple(note[:2] for note in found)) for found in self.measures()]


def timeline(tune: Tune, from_measure: int = 0) -> Timeline:
    """Return a tune in ticks; its key is found by its notes where none is named.

    Args:
        tune: which does not change its meter.
        from_measure: the first full measure that is judged; 0 includes an upbeat.
    """
    length, notes = measure_length(tune.meter), tune.notes
    times = [(n.onset, n.duration) for n in notes]
    beat = notation.beat(tune.meter)
    quarter = lcm(
        *{x.denominator for pair in times for x in pair},
        beat.denominator,
        2 * length.denominator,
    )

    def ticks(values: Sequence[Fraction]) -> Int[np.ndarray, " values"]:
        return np.array([v.numerator * (quarter // v.denominator) for v in values], np.int64)

    onsets = ticks([onset for onset, _ in times])
    key = tune.key or (keys.find(notes) if notes else "C major")
    return Timeline(
        onsets,
        onsets + ticks([duration for _, duration in times]),
        np.array([n.pitch for n in notes], np.int64),
        np.array([d.denominator % 3 == 0 for _, d in times], bool),
        meter=tune.meter,
        quarter=quarter,
        measure=int(length * quarter),
        first=int(length * quarter) if tune.upbeat else 0,
        from_measure=from_measure,
        tonic=keys.tonic(key),
        scale=keys.scale(key),
    )


def broken_beats(tune: Timeline) -> float:
    """Return the share of judged beats with a quarter or an eighth divided 3:1 or 1:3.

    A beat is three eighths in 6/8, a quarter in 4/4.
    """
    beat = int(notation.beat(tune.meter) * tune.quarter)
    durations = (tune.ends - tune.onsets)[tune.judged]
    onsets, ends = tune.onsets[tune.judged], tune.ends[tune.judged]
    one, other = durations[:-1], durations[1:]
    inside = (ends[:-1] == onsets[1:]) & (onsets[:-1] // beat == (ends[1:] - 1) // beat)
    divided = (one == 3 * other) | (other == 3 * one)
    of_two = np.isin(2 * (one + other), (tune.quarter, 2 * tune.quarter))
    broken = onsets[:-1][inside & divided & of_two]
    return len(np.unique(broken // beat)) / -((tune.start - tune.end) // beat)
