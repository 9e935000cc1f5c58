"""The measures of a tune, through all its changes of meter; an upbeat is none of them."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice, takewhile
from math import ceil

from nottingham.music.tune import Note, Tune, measure_length


def count(tune: Tune) -> int:
    """Return the number of measures of a tune, at least 1."""
    end = tune.end
    begun = takewhile(lambda moment: moment < end, _barlines(tune))
    return max(1, sum(1 for _ in begun) - bool(tune.upbeat))


def start(tune: Tune, number: int) -> Fraction:
    """Return when a measure begins, in quarter notes; the first measure is number 0."""
    return next(islice(_barlines(tune), number + bool(tune.upbeat), None))


def number(tune: Tune, moment: Fraction) -> int:
    """Return the number of the measure that a moment lies in, as players count them.

    The first full measure is 1, an upbeat's 0.

    Args:
        tune: whose measures they are.
        moment: in quarter notes.
    """
    begun = takewhile(lambda barline: barline <= moment, _barlines(tune))
    return sum(1 for _ in begun) - bool(tune.upbeat)


def cut(tune: Tune, measures: int) -> Tune:
    """Return a tune's first measures, an upbeat's among them, without chords and other voices."""
    end = measures * measure_length(tune.meter)
    notes = (
        replace(note, duration=min(note.duration, end - note.onset))
        for note in tune.notes
        if note.onset < end
    )
    return replace(tune, notes=tuple(notes), chords=(), meter_changes=(), further_voices=())


def after(tune: Tune, measures: int) -> Tune:
    """Return what follows a tune's first measures, from moment 0 on."""
    first, notes = measures * measure_length(tune.meter), []
    for note in tune.notes:
        if note.onset >= first:
            notes.append(Note(note.onset - first, note.duration, note.pitch))
        elif (end := note.onset + note.duration) > first:
            notes.append(Note(Fraction(0), end - first, note.pitch))
    return replace(tune, notes=tuple(notes), chords=(), meter_changes=(), further_voices=())


def _barlines(tune: Tune) -> Iterator[Fraction]:
    """Yield the beginning of each measure, an upbeat's among them, without end."""
    now, meter = Fraction(0), tune.meter
    for change in tune.meter_changes:
        length = measure_length(meter)
        for measure in range(ceil((change.onset - now) / length)):
            yield now + measure * length
        now, meter = change.onset, change.meter
    while True:
        yield now
        now += measure_length(meter)
