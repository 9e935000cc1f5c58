"""Swing: hornpipes are written in even eighths, and played long and short.

How uneven they are differs from player to player, from nearly even to 3:1. 2:1, as a quarter and an
eighth of a triplet, lies between, and fits the triplets that hornpipes have; abc2midi, too, plays
the pairs of a tune that names itself a hornpipe as broken ones, 2:1 by its option ``-CS``
(manpages.ubuntu.com, abc2midi(1)).
"""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

from nottingham.music import dances
from nottingham.music.tune import Note, Tune, measure_length

LONG = Fraction(2, 3)
"""Of a pair, the part of the first note."""
_METERS = ("4/4", "2/2", "2/4")


def swung(tune: Tune) -> Tune:
    """Return a tune with the timing in which it is played; only that of a hornpipe differs.

    Where a quarter of a measure is divided in its middle and nowhere else, the division is moved
    from 1:1 to 2:1: that of two eighths, of an eighth and a rest, of an eighth before a note that
    is held over the beat. Dotted pairs, triplets and sixteenths stay as they are written. So does
    a hornpipe in triple time, or one that changes its meter.

    Args:
        tune: as it is written; further voices and chord symbols are not moved.
    """
    if dances.named(tune) != "hornpipe" or tune.meter not in _METERS or tune.meter_changes:
        return tune
    pair = measure_length(tune.meter) / 4
    moments = {moment for n in tune.notes for moment in (n.onset, n.onset + n.duration)}
    divisions = Counter(moment // pair for moment in moments if moment % pair)
    played = {
        moment: moment // pair * pair + LONG * pair
        for moment in moments
        if moment % pair == pair / 2 and divisions[moment // pair] == 1
    }

    def move(note: Note) -> Note:
        end = note.onset + note.duration
        onset, end = played.get(note.onset, note.onset), played.get(end, end)
        return Note(onset, end - onset, note.pitch)

    return replace(tune, notes=tuple(map(move, tune.notes)))
