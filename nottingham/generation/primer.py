"""Primers: beginnings that users bring, with notes that a representation may not keep."""

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
            f"{tune.source}: it names no key, so it cannot be transposed to {key}; let it name "
            "one, or leave --key out"
        )
    semitones = keys.distance(tune.key, key)
    notes = tuple(replace(note, pitch=note.pitch + semitones) for note in tune.notes)
    return replace(tune, key=key, notes=notes)


def restored(tune: Tune, primer: Tune, ticks: int, representation: Representation) -> Tune:
    """Return a generated tune with the primer's own notes, which a representation may simplify.

    Args:
        tune: what was generated from a primer.
        primer: as it was read.
        ticks: the length of the primer in the tune.
        representation: that of the tune.
    """
    edge = representation.moment_of(ticks, tune.meter)
    *first, last = primer.notes
    added = []
    for note in tune.notes:
        end = note.onset + note.duration
        if note.onset < edge < end and note.pitch == last.pitch:  # the primer's last note goes on
            last = replace(last, duration=end - last.onset)
        elif edge < end:  # not before the edge, nor before the primer's last note ends
            onset = max(note.onset, edge, primer.end)
            added.append(replace(note, onset=onset, duration=end - onset))
    return replace(tune, notes=(*first, last, *added))
