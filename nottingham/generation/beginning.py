"""What a tune goes on from: a beginning that a user brings, with notes that the grid has not."""

from dataclasses import replace
from fractions import Fraction
from math import lcm

from nottingham.corpus import keys
from nottingham.corpus.tune import Tune, measure_length
from nottingham.encoding import grid
from nottingham.errors import InputError

_WRITTEN = (96, 80)
"""Parts of a quarter note that notation has signs for, down to triplets and quintuplets."""


def in_writing(tune: Tune) -> Tune:
    """Move the notes of a tune on a grid whose lengths no notation has to the nearest sixteenths.

    Raises:
        InputError: if none is left.
    """
    moments = [moment for n in tune.notes for moment in (n.onset, n.onset + n.duration)]
    finest = lcm(*(moment.denominator for moment in moments))
    if any(parts % finest == 0 for parts in _WRITTEN):
        return tune
    notes = []
    for note in tune.notes:
        onset, end = _sixteenth(note.onset), _sixteenth(note.onset + note.duration)
        if onset < end:
            notes.append(replace(note, onset=onset, duration=end - onset))
    if not notes:
        raise InputError(
            f"{tune.source}: all its notes are shorter than sixteenths; write longer ones"
        )
    return replace(tune, notes=tuple(notes))


def _sixteenth(moment: Fraction) -> Fraction:
    return Fraction(round(moment * 4), 4)


def in_key(tune: Tune, key: str) -> Tune:
    """Transpose a tune to another key, if one is named, by the shorter way.

    Raises:
        InputError: if it has no key, or one of another mode.
    """
    if not key or key == tune.key:
        return tune
    if not tune.key:
        raise InputError(
            f"{tune.source}: it names no key, so it cannot be moved to {key}; let it name one, or "
            "leave --key out"
        )
    semitones = keys.distance(tune.key, key)
    notes = tuple(replace(note, pitch=note.pitch + semitones) for note in tune.notes)
    return replace(tune, key=key, notes=notes)


def given_back(tune: Tune, primer: Tune, steps: int, steps_per_measure: int) -> Tune:
    """Give a tune its beginning back as it was, before the grid made it simpler.

    Args:
        tune: what was written from the first ``steps`` steps on.
        primer: the beginning, which those steps stand for.
        steps: how many.
        steps_per_measure: the grid.
    """
    within = grid.moments(tune.meter, steps_per_measure)
    measures, step = divmod(steps, steps_per_measure)
    edge = measures * measure_length(tune.meter) + within[step]
    *given, last = primer.notes
    added = []
    for note in tune.notes:
        end = note.onset + note.duration
        if note.onset < edge < end and note.pitch == last.pitch:  # the last note given goes on
            last = replace(last, duration=end - last.onset)
        elif edge < end:  # behind the edge, and behind a note given that the grid cut short
            onset = max(note.onset, edge, primer.end)
            added.append(replace(note, onset=onset, duration=end - onset))
    return replace(tune, notes=(*given, last, *added))
