"""What other programs hear in a file: music21 in ABC and MusicXML, abc2midi in ABC."""

import re
import warnings
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from music21 import bar, converter, stream
from music21.duration import DurationException

from nottingham.music.tune import Note
from tools.checks.abc2midi import performed

_LATE, _EARLY = Fraction(1, 240), Fraction(1, 16)
"""How late abc2midi begins a note at most, and how early it ends it, in quarter notes."""


class Heard(NamedTuple):
    """A melody as another program plays it, repeats and all, from the first barline on."""

    notes: tuple[Note, ...]
    """With ties joined."""
    bars: tuple[Fraction, ...] = ()
    """The lengths of what is between barlines, in quarter notes; nothing where it is not said."""
    complaints: tuple[str, ...] = ()
    """What it has to say of the file."""


def music21(text: str, notation: str) -> Heard | None:
    """Have music21 read a tune; None where it cannot, as of ABC's tuplets of unequal notes.

    Args:
        text: the file.
        notation: ``abc`` or ``musicxml``.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            score: Any = converter.parseData(text, format=notation, forceSource=True)
        except DurationException:
            return None
    part = score.parts[0]
    if any(part[bar.Repeat]):
        part = part.expandRepeats()
    bars = [Fraction(one.highestTime) for one in part.getElementsByClass(stream.Measure)]
    # by their signs: a natural that is written and one that is not make two pitches for music21
    sounding = part.flatten().stripTies(matchByPitch=False).notes
    notes = tuple(
        Note(_exact(one.offset), _exact(one.quarterLength), one.pitch.midi) for one in sounding
    )
    return Heard(notes, tuple(bars), tuple(str(warning.message) for warning in caught))


def abc2midi(text: str, folder: Path) -> Heard:
    """Have abc2midi play a tune; its notes begin when they should and end a little early.

    It warns of tuplets of unequal notes, and plays them. By R: it would swing a hornpipe.
    """
    notes, lines = performed(re.sub(r"(?m)^R:.*\n", "", text), folder)
    said = [line for line in lines if "rror" in line or "arning" in line]
    said = [line for line in said if "Different length notes in tuple" not in line]
    if not notes:
        return Heard((), (), (*said, "it plays nothing"))
    return Heard(notes, (), tuple(said))


def difference(
    heard: Sequence[Note],
    written: Sequence[Note],
    *,
    late: Fraction = Fraction(0),
    early: Fraction = Fraction(0),
) -> str:
    """Return where two melodies part company; nothing where they do not.

    Args:
        heard: what another program has.
        written: what it should have.
        late: by how much what is heard may begin late, in quarter notes.
        early: by how much it may end early.
    """
    for place, (theirs, ours) in enumerate(zip(heard, written, strict=False), start=1):
        begins = 0 <= theirs.onset - ours.onset <= late
        ends = 0 <= _end(ours) - _end(theirs) <= early
        if theirs.pitch != ours.pitch or not begins or not ends:
            return f"note {place}: written {_in_words(ours)}, heard {_in_words(theirs)}"
    if len(heard) != len(written):
        return f"{len(written)} notes written, {len(heard)} heard"
    return ""


def difference_as_played(heard: Sequence[Note], written: Sequence[Note]) -> str:
    """Return where what abc2midi plays is not what was written."""
    return difference(heard, written, late=_LATE, early=_EARLY)


def _end(note: Note) -> Fraction:
    return note.onset + note.duration


def _exact(length: Any) -> Fraction:
    return Fraction(length).limit_denominator(960)


def _in_words(note: Note) -> str:
    return f"pitch {note.pitch} for {note.duration} at {note.onset}"
