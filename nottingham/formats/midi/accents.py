"""Barlines by accents: programs such as abc2midi play the first note of each measure the loudest.

A MIDI file does not say where its measures begin; of a tune with an upbeat all of them would be
read one upbeat late.
"""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from nottingham.formats.midi import smf

_PARTS = 24
"""Parts of a quarter note to which the moments of accents are rounded."""
_LEAST, _MOST = 0.5, 1.25
"""Accents by measures: fewer, or more, do not mark barlines."""
_MAJORITY = 0.5
"""Share of the accents that the likeliest barlines have more than."""


class Accents(NamedTuple):
    """Barlines that accents mark."""

    upbeat: Fraction
    """The time before the first barline, in quarter notes; 0: the tune begins with a measure."""
    on_barlines: int
    """Accents on barlines; the first note of a tune, which is always accented, is left out."""
    accents: int


def find(track: Sequence[smf.Event], ticks_per_beat: int, measure: Fraction) -> Accents | None:
    """Find the barlines that the loudest notes of a track mark, if they do.

    Args:
        track: the melody's.
        ticks_per_beat: ticks in a quarter note.
        measure: its length in quarter notes.
    """
    notes = [(tick, m.velocity) for tick, m in track if m.type == "note_on" and m.velocity]
    if len({velocity for _, velocity in notes}) < 2:
        return None
    first, loudest = notes[0][0], max(velocity for _, velocity in notes)
    accents = sorted({tick for tick, velocity in notes if velocity == loudest and tick > first})
    measures = Fraction(notes[-1][0], ticks_per_beat) / measure
    if not _LEAST * measures <= len(accents) <= _MOST * measures:
        return None
    rounded = (Fraction(round(Fraction(tick, ticks_per_beat) * _PARTS), _PARTS) for tick in accents)
    ((upbeat, count),) = Counter(moment % measure for moment in rounded).most_common(1)
    return Accents(upbeat, count, len(accents)) if count > _MAJORITY * len(accents) else None
