"""Lengths as note values: a length that no single value has is written as values tied together."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import lcm

from nottingham.errors import InputError
from nottingham.music import notation
from nottingham.music.notation import Event, Measure
from nottingham.music.tune import Note, Tune, measure_length

_FINEST = 6  # halvings of a beat
_WRITTEN = (96, 80)
"""Parts of a quarter note that notation has signs for, down to triplets and quintuplets."""


_VALUES = {
    Fraction(4): "whole",
    Fraction(2): "half",
    Fraction(1): "quarter",
    Fraction(1, 2): "eighth",
    Fraction(1, 4): "sixteenth",
}


def name(length: Fraction) -> str:
    """Return the name of a length in quarter notes: ``eighth``, ``dotted half``.

    One that no note value with a dot at most has is named in quarters: ``1/3 of a quarter``.
    """
    if length in _VALUES:
        return _VALUES[length]
    undotted = length * Fraction(2, 3)
    if undotted in _VALUES:
        return f"dotted {_VALUES[undotted]}"
    return f"{length} quarters" if length > 1 else f"{length} of a quarter"


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
            compound = _odd(notation.beat(measure.meter).numerator) == 3
            shows_beats = compound or event.pitch is None
            *first, last = _cut(moment, end, measure.meter, shows_beats=shows_beats)
            yield from (Event(event.pitch, length, event.pitch is not None) for length in first)
            yield event._replace(length=last)
        moment = end


def _cut(start: Fraction, end: Fraction, meter: str, *, shows_beats: bool) -> list[Fraction]:
    """Return the lengths of the values between two moments of a measure.

    Values that show the beats, rests and the notes of compound meters, go over none but whole ones:
    a half note is no part of 6/8. In simple meters, syncopated notes are usual.

    The cut is at the strongest place within: the middle of the measure, a beat, a part of a beat;
    of equally strong ones the last or the first, whichever leaves the longer part. A length stays
    whole where there is none.
    """
    beat = notation.beat(meter)
    over_beat = start // beat != -(-end // beat) - 1
    hides_beat = shows_beats and over_beat and (start % beat or end % beat)
    if _is_value(start, end) and not hides_beat:
        return [end - start]
    for unit in _units(meter):
        first, last = start // unit + 1, -(-end // unit) - 1
        if first <= last:
            middle = max((last * unit, first * unit), key=lambda at: max(at - start, end - at))
            return [
                *_cut(start, middle, meter, shows_beats=shows_beats),
                *_cut(middle, end, meter, shows_beats=shows_beats),
            ]
    return [end - start]


def _is_value(start: Fraction, end: Fraction) -> bool:
    """Return whether one value, with a dot at most, can say a length at its place.

    What begins within a triplet is part of it, or is cut.
    """
    length = end - start
    within_tuplet = _odd(start.denominator) > 1 and _odd(length.denominator) == 1
    return _odd(length.numerator) in (1, 3) and not within_tuplet


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


def in_writing(tune: Tune) -> Tune:
    """Move the notes of a tune on a grid whose lengths no notation has to the nearest sixteenths.

    A further voice of which nothing is left is silent, and left out.

    Raises:
        InputError: if nothing of the melody is left.
    """
    notes = [note for voice in tune.voices for note in voice.notes]
    moments = [moment for n in notes for moment in (n.onset, n.onset + n.duration)]
    finest = lcm(*(moment.denominator for moment in moments))
    if any(parts % finest == 0 for parts in _WRITTEN):
        return tune
    melody, *others = (replace(v, notes=_on_sixteenths(v.notes)) for v in tune.voices)
    if not melody.notes:
        raise InputError(
            f"{tune.source}: all its notes are shorter than sixteenths; write longer ones"
        )
    further_voices = tuple(voice for voice in others if voice.notes)
    return replace(tune, notes=melody.notes, further_voices=further_voices)


def _on_sixteenths(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Move notes to the nearest sixteenths; those that then last for no time are left out."""
    moved = []
    for note in notes:
        onset, end = _sixteenth(note.onset), _sixteenth(note.onset + note.duration)
        if onset < end:
            moved.append(Note(onset, end - onset, note.pitch))
    return tuple(moved)


def _sixteenth(moment: Fraction) -> Fraction:
    return Fraction(round(moment * 4), 4)
