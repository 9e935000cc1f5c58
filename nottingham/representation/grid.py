"""Tunes on a grid of equal steps in each measure: the poster's encoding.

A token is the step of a measure: 0 a rest, 1 to 88 the key of the piano, from the lowest A (MIDI
21) to the highest C (MIDI 108), that sounds at the step's first moment. A note that is repeated
and one that is held look the same, and a note shorter than a step may fall between two steps.
Every token is one tick long; token ``t`` is step ``t % steps_per_measure`` of its measure, in every
meter.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from math import ceil, floor
from typing import Any

import numpy as np
from jaxtyping import Bool, Int, Integer

from nottingham.music import forms, pitches
from nottingham.music.limits import HIGHEST_PITCH, LOWEST_PITCH
from nottingham.music.tune import Note, Tune, measure_length
from nottingham.representation.base import Heading
from nottingham.representation.errors import off_the_piano
from nottingham.representation.vocabulary import NO_PITCH, Vocabulary

REST = 0

_PITCHES = range(LOWEST_PITCH, HIGHEST_PITCH + 1)
_VOCABULARY = Vocabulary(
    names=["rest", *map(pitches.name, _PITCHES)],
    pitch=np.array([NO_PITCH, *_PITCHES], np.int32),
    ticks=np.ones(1 + len(_PITCHES), np.int32),
    kinds=["step"],
    kind=np.zeros(1 + len(_PITCHES), np.int32),
    follows=np.ones((1, 1), bool),
    begins=np.ones(1, bool),
    headers=0,
    measure=np.zeros(1 + len(_PITCHES), np.int32),
    measures=np.zeros(1 + len(_PITCHES), np.int32),
    repeats=np.full((1 + len(_PITCHES), forms.MOST_SECTIONS), -1, np.int32),
    closes=np.full((1 + len(_PITCHES), forms.MOST_ENDINGS), -1, np.int32),
    tonic=np.zeros(1 + len(_PITCHES), np.int32),
    relative=False,
)


@dataclass(frozen=True)
class Grid:
    """A grid of equal steps in each measure."""

    steps_per_measure: int

    def __post_init__(self) -> None:
        """Refuse a grid without steps.

        Raises:
            ValueError: if the number of steps is not a whole one above 0.
        """
        if type(self.steps_per_measure) is not int or self.steps_per_measure < 1:
            raise ValueError(f"there are no measures of {self.steps_per_measure!r} steps")

    @property
    def vocabulary(self) -> Vocabulary:
        """A rest and the keys of the piano."""
        return _VOCABULARY

    @property
    def measure_ticks(self) -> int:
        """Steps of a measure."""
        return self.steps_per_measure

    @property
    def corpora(self) -> tuple[str, ...]:
        """None: a grid has no header."""
        return ()

    @property
    def window(self) -> int:
        """The poster's 32 steps."""
        return 32

    def settings(self) -> dict[str, Any]:
        """See `Representation`."""
        return {"name": "grid", "steps_per_measure": self.steps_per_measure}

    def encode(self, tune: Tune) -> Integer[np.ndarray, " time"]:
        """Sample a tune's melody on the grid.

        Returns:
            Tokens, uint8, from the first barline's measure to the step in which the last note
            ends.

        Raises:
            InputError: naming the tune, if a pitch is not on the piano.
        """
        positions = _Positions(tune, self.steps_per_measure)
        tokens = np.full(positions.step_from(tune.end), REST, _VOCABULARY.dtype)
        for note in tune.notes:
            if note.pitch not in _PITCHES:
                raise off_the_piano(tune, note.pitch)
            end = note.onset + note.duration
            tokens[positions.step_from(note.onset) : positions.step_from(end)] = token(note.pitch)
        return tokens

    def decode(self, tokens: Integer[np.ndarray, " time"], heading: Tune) -> Tune:
        """Read each run of one key as one held note.

        Notes begin and end at `moments` of the heading's meter, so that `encode` returns the tokens
        again.
        """
        within, measure = self.moments(heading.meter), measure_length(heading.meter)
        notes, start = [], 0
        for pitch, run in groupby(self.sounding(tokens).tolist()):
            end = start + len(list(run))
            if pitch != NO_PITCH:
                onset, close = (
                    step // self.steps_per_measure * measure + within[step % self.steps_per_measure]
                    for step in (start, end)
                )
                notes.append(Note(onset, close - onset, pitch))
            start = end
        return replace(heading, notes=tuple(notes), chords=(), meter_changes=())

    def header(self, heading: Heading) -> Integer[np.ndarray, " fields"]:
        """Return nothing."""
        return np.zeros(0, _VOCABULARY.dtype)

    def heading(self, tokens: Integer[np.ndarray, " time"]) -> Heading:
        """Refuse to read what is not there.

        Raises:
            ValueError: always.
        """
        raise ValueError("a grid's tokens have no header")

    def shift(self, heading: Heading) -> int:
        """Return 0: pitches are what they are."""
        return 0

    def begins_note(self, tokens: Integer[np.ndarray, "*rows time"]) -> Bool[np.ndarray, "..."]:
        """Find the changes to a key."""
        before = np.full_like(tokens, REST)
        before[..., 1:] = tokens[..., :-1]
        found: np.ndarray = (tokens != before) & (tokens != REST)
        return found

    def sounding(self, tokens: Integer[np.ndarray, " time"]) -> Int[np.ndarray, " ticks"]:
        """Look up the pitch of each step."""
        pitches: np.ndarray = _VOCABULARY.pitch[tokens]
        return pitches

    def notes(self, tokens: Integer[np.ndarray, " time"]) -> Int[np.ndarray, "notes 2"]:
        """Read each run of one key as one note."""
        runs = ((pitch, len(list(run))) for pitch, run in groupby(self.sounding(tokens).tolist()))
        found = [(pitch, length) for pitch, length in runs if pitch != NO_PITCH]
        return np.array(found, int).reshape(-1, 2)

    def moments(self, meter: str) -> list[Fraction]:
        """Return when in a measure what begins at each step is likely to have begun.

        A note that begins between two steps is in the tokens from the later one on. So the second
        of eight steps in 6/8, three sixteenths after the third, stands for an eighth and not for
        that.

        Returns:
            For each step the simplest moment, in quarter notes, after the step before and no later
            than the step itself: the one of the smallest denominator with no other prime factors
            than 2 and those of a step's length.
        """
        step = measure_length(meter) / self.steps_per_measure
        return [Fraction(0), *(_simplest(k * step, step) for k in range(1, self.steps_per_measure))]

    def tick_of(self, moment: Fraction, meter: str) -> int:
        """Return the step for a moment of the first measure; see `moments`."""
        return bisect_right(self.moments(meter), moment) - 1

    def moment_of(self, tick: int, meter: str) -> Fraction:
        """Return the moment of a step; see `moments`."""
        measures, step = divmod(tick, self.steps_per_measure)
        return measures * measure_length(meter) + self.moments(meter)[step]


def token(pitch: int) -> int:
    """Return the token of a MIDI pitch, which is on the piano."""
    return pitch - LOWEST_PITCH + 1


def _simplest(latest: Fraction, step: Fraction) -> Fraction:
    """Find the simplest moment that is at most ``step`` before ``latest``, its end left out."""
    powers = 2 ** step.denominator.bit_length() * step.denominator
    for denominator in range(1, step.denominator):
        moment = Fraction(floor(latest * denominator), denominator)
        if powers % denominator == 0 and moment > latest - step:
            return moment
    return latest


class _Positions:
    """Where a moment in quarter notes lies on the grid, through all changes of meter."""

    def __init__(self, tune: Tune, steps_per_measure: int) -> None:
        self._spans = list(_spans(tune, steps_per_measure))

    def step_from(self, moment: Fraction) -> int:
        """Return the first step that does not begin before a moment."""
        onset, first, length = next(s for s in reversed(self._spans) if s[0] <= moment)
        scale = moment.denominator * onset.denominator  # in whole numbers, which are much faster
        since = moment.numerator * onset.denominator - onset.numerator * moment.denominator
        return first - -since * length.denominator // (scale * length.numerator)


def _spans(tune: Tune, steps_per_measure: int) -> Iterator[tuple[Fraction, int, Fraction]]:
    """Yield each span of one meter: its onset, its first step, the length of a step.

    A measure cut short by a change of meter still takes whole steps, and the new meter starts on
    a new measure of the grid.
    """
    onset, first = Fraction(0), 0
    length = measure_length(tune.meter) / steps_per_measure
    yield onset, first, length
    for change in tune.meter_changes:
        measures = ceil((change.onset - onset) / (length * steps_per_measure))
        onset, first = change.onset, first + measures * steps_per_measure
        length = measure_length(change.meter) / steps_per_measure
        yield onset, first, length
