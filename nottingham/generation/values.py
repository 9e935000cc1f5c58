"""Lengths as note values: a length that no single value has is written as values tied together."""

from collections.abc import Iterator
from fractions import Fraction

from nottingham.corpus.tune import measure_length
from nottingham.generation import notation
from nottingham.generation.notation import Event, Measure

_FINEST = 6  # halvings of a beat


def tied(measure: Measure, start: Fraction) -> Iterator[Event]:
    """Yield the events of a measure, each of them one note value, with or without a dot.

    A note of 5 eighths in 4/4 is a half and an eighth on the first beat, and an eighth and a half
    from the middle of the second beat on, so that the middle of the measure is seen.

    Args:
        measure: what is to be written.
        start: where in its meter it begins, in quarter notes; above 0 for an upbeat.
    """
    moment = start
    for event in measure.events:
        end = moment + event.length
        if event.pitch is None and event.length == measure_length(measure.meter):
            yield event  # a rest of one measure has a sign of its own
        else:
            *first, last = _cut(moment, end, measure.meter)
            yield from (Event(event.pitch, length, event.pitch is not None) for length in first)
            yield event._replace(length=last)
        moment = end


def _cut(start: Fraction, end: Fraction, meter: str) -> list[Fraction]:
    """Return the lengths of the values between two moments of a measure.

    The cut is at the strongest place within: the middle of the measure, a beat, a part of a beat;
    of equally strong ones, where the longer part is longest. A length stays whole where there is
    none.
    """
    if _is_value(start, end, meter):
        return [end - start]
    for unit in _units(meter):
        first, last = start // unit + 1, -(-end // unit) - 1
        if first <= last:
            middle = max((first * unit, last * unit), key=lambda at: max(at - start, end - at))
            return [*_cut(start, middle, meter), *_cut(middle, end, meter)]
    return [end - start]


def _is_value(start: Fraction, end: Fraction, meter: str) -> bool:
    """Return whether one note can say a length at its place.

    In compound meters none goes over a beat but whole beats: a half note is no part of 6/8. A note
    that begins within a triplet is part of it, or is cut.
    """
    length, beat = end - start, notation.beat(meter)
    dotted = _odd(length.numerator) in (1, 3)
    within_tuplet = _odd(start.denominator) > 1 and _odd(length.denominator) == 1
    over_beat = start // beat != -(-end // beat) - 1
    compound = _odd(beat.numerator) == 3
    hidden = compound and over_beat and (start % beat or end % beat)
    return dotted and not within_tuplet and not hidden


def _units(meter: str) -> Iterator[Fraction]:
    """Yield the distances between the places of a measure, from the strongest on."""
    beat, whole = notation.beat(meter), measure_length(meter)
    if whole / beat % 2 == 0:
        yield whole / 2
    yield beat
    part = beat / _odd(beat.numerator)
    yield from (part / 2**halvings for halvings in range(_FINEST))


def _odd(number: int) -> int:
    """Return a number's odd part."""
    return number // (number & -number)
