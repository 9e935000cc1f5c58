"""What a tune goes on from: a beginning that a user brings, with notes that the grid has not."""

from dataclasses import replace

from nottingham.errors import InputError
from nottingham.music import keys
from nottingham.music.tune import Tune, measure_length
from nottingham.representation import grid


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
