"""A primer: the beginning that a user brings, with notes that a representation may not keep."""

from dataclasses import replace

from nottingham.errors import InputError
from nottingham.music import keys
from nottingham.music.tune import Tune
from nottingham.representation import Representation


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


def restored(tune: Tune, primer: Tune, ticks: int, representation: Representation) -> Tune:
    """Return a tune with its beginning as it was, before a representation made it simpler.

    Args:
        tune: what was generated from a primer.
        primer: the beginning.
        ticks: how many of the tune stand for it.
        representation: that of the tune.
    """
    edge = representation.moment_of(ticks, tune.meter)
    *given, last = primer.notes
    added = []
    for note in tune.notes:
        end = note.onset + note.duration
        if note.onset < edge < end and note.pitch == last.pitch:  # the last note given goes on
            last = replace(last, duration=end - last.onset)
        elif edge < end:  # after the edge, and after a note given that the grid cut short
            onset = max(note.onset, edge, primer.end)
            added.append(replace(note, onset=onset, duration=end - onset))
    return replace(tune, notes=(*given, last, *added))
