"""Tunes on a grid of equal steps in each measure, and back.

A step holds the key that sounds at its first moment, or a rest. A note that is repeated and one
that is held look the same, and a note shorter than a step may fall between two steps: this is
the poster's encoding. Step ``t`` is step ``t % steps_per_measure`` of its measure, in every meter.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from math import ceil, floor

import numpy as np

from nottingham.errors import InputError
from nottingham.music.tune import Note, Tune, measure_length
from nottingham.representation import vocabulary


def encode(tune: Tune, steps_per_measure: int) -> np.ndarray:
    """Sample a tune's melody on the grid.

    Returns:
        Tokens of shape ``[time]``, uint8, from the first barline's measure to the step in which
        the last note ends.

    Raises:
        InputError: naming the tune, if a pitch is not on the piano.
    """
    positions = _Positions(tune, steps_per_measure)
    tokens = np.full(ceil(positions.step(tune.end)), vocabulary.REST, np.uint8)
    for note in tune.notes:
        start, end = positions.step(note.onset), positions.step(note.onset + note.duration)
        try:
            tokens[ceil(start) : ceil(end)] = vocabulary.token(note.pitch)
        except ValueError as error:
            raise InputError(f"{tune.source}, tune {tune.id}: {error}; transpose it") from error
    return tokens


def decode(tokens: np.ndarray, meter: str, steps_per_measure: int) -> tuple[Note, ...]:
    """Turn tokens of shape ``[time]`` into notes: each run of one key becomes one held note.

    Notes begin and end at `moments`, so that `encode` gives the tokens again.
    """
    within, measure = moments(meter, steps_per_measure), measure_length(meter)

    def moment(step: int) -> Fraction:
        return step // steps_per_measure * measure + within[step % steps_per_measure]

    notes, start = [], 0
    for token, run in groupby(tokens.tolist()):
        end = start + len(list(run))
        pitch = vocabulary.pitch(token)
        if pitch is not None:
            notes.append(Note(moment(start), moment(end) - moment(start), pitch))
        start = end
    return tuple(notes)


def moments(meter: str, steps_per_measure: int) -> list[Fraction]:
    """Say when in a measure what begins at each step is likely to have begun.

    A note that begins between two steps is in the tokens from the later one on. So the second of
    eight steps in 6/8, three sixteenths after the third, stands for an eighth and not for that.

    Returns:
        For each step the simplest moment, in quarter notes, after the step before and no later
        than the step itself: the one of the smallest denominator with no other prime factors than
        2 and those of a step's length.
    """
    step = measure_length(meter) / steps_per_measure
    return [Fraction(0), *(_simplest(k * step, step) for k in range(1, steps_per_measure))]


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

    def step(self, moment: Fraction) -> Fraction:
        """Count the steps from the tune's start to ``moment``, as an exact fraction."""
        onset, first, length = next(s for s in reversed(self._spans) if s[0] <= moment)
        return first + (moment - onset) / length


def _spans(tune: Tune, steps_per_measure: int) -> Iterator[tuple[Fraction, int, Fraction]]:
    """Yield each stretch of one meter: its onset, its first step, the length of a step.

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
