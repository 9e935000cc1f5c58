"""Swing: hornpipes are written in even eighths, and played long and short.

How uneven they are differs from player to player, from nearly even to 3:1. 2:1, as a quarter and an
eighth of a triplet, lies between, and fits the triplets that hornpipes have; abc2midi, too, plays
the pairs of a tune that names itself a hornpipe as broken ones, 2:1 by its option ``-CS``
(manpages.ubuntu.com, abc2midi(1)).
"""

from dataclasses import replace
from fractions import Fraction

from nottingham.music import dances
from nottingham.music.tune import Note, Tune, measure_length

LONG = Fraction(2, 3)
"""Of a pair, the part of the first note."""
_METERS = ("4/4", "2/2", "2/4")
_EVEN = Fraction(1, 2)
_MOST, _LEAST = 0.9, 16
"""The share and the number of divisions from which on a tune is swung."""


def swung(tune: Tune) -> Tune:
    """Return a tune with the timing in which it is played; only that of a hornpipe differs.

    Where a quarter of a measure is divided in its middle and nowhere else, the division is moved
    from 1:1 to 2:1: that of two eighths, of an eighth and a rest, of an eighth before a note that
    is held over the beat. Dotted pairs, triplets and sixteenths stay as they are written. So does
    a hornpipe in triple time, or one that changes its meter.

    Args:
        tune: as it is written; further voices and chord symbols are not moved.
    """
    if dances.named(tune) != "hornpipe":
        return tune
    return _moved(tune, _EVEN, LONG)


def straight(tune: Tune) -> Tune:
    """Return a tune that is swung as it is written: see `swung`, of whatever dance it is.

    It is swung if, of the quarters of measures that are divided once, 1:1 or 2:1, nine in ten are
    divided 2:1, and sixteen at least; otherwise it is returned as it is.
    """
    divisions = list(_divisions(tune).values())
    long, even = divisions.count((LONG, 1)), divisions.count((_EVEN, 1))
    if long < max(_LEAST, _MOST * (long + even)):
        return tune
    return _moved(tune, LONG, _EVEN)


def _divisions(tune: Tune) -> dict[int, tuple[Fraction, int]]:
    """Return of each divided quarter of a measure the last place, from 0 to 1, and their number."""
    found: dict[int, tuple[Fraction, int]] = {}
    if tune.meter in _METERS and not tune.meter_changes:
        pair = measure_length(tune.meter) / 4
        for moment in sorted(_moments(tune)):
            number, place = divmod(moment, pair)
            if place:
                found[int(number)] = place / pair, found.get(int(number), (place, 0))[1] + 1
    return found


def _moments(tune: Tune) -> set[Fraction]:
    return {moment for n in tune.notes for moment in (n.onset, n.onset + n.duration)}


def _moved(tune: Tune, old: Fraction, new: Fraction) -> Tune:
    """Return a tune in which quarters of measures that are divided here alone are divided there."""
    pair, divisions = measure_length(tune.meter) / 4, _divisions(tune)
    places = {
        (number + old) * pair: (number + new) * pair
        for number, division in divisions.items()
        if division == (old, 1)
    }

    def move(note: Note) -> Note:
        end = note.onset + note.duration
        onset, end = places.get(note.onset, note.onset), places.get(end, end)
        return Note(onset, end - onset, note.pitch)

    return replace(tune, notes=tuple(map(move, tune.notes)))
