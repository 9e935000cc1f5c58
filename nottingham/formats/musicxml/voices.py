"""What a score has to play beside its melody, line by line.

The top line of every other staff is a voice, read as the melody is. What a top line leaves of the
other voices of its staff are voices, too.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from nottingham.formats.musicxml.melody import Measure, MelodyReader
from nottingham.formats.musicxml.part import Staff
from nottingham.formats.notated import WrittenNote
from nottingham.formats.unfold import left_out
from nottingham.music import limits
from nottingham.music.limits import UnreadableTuneError


class Line(NamedTuple):
    """A voice beside the melody."""

    name: str
    measures: list[list[WrittenNote]]
    """Its notes, measure by measure."""


def read(
    melody: Sequence[Measure], of: Staff, others: Iterable[Staff]
) -> tuple[list[Line], list[str]]:
    """Read the voices beside a melody.

    Args:
        melody: its measures.
        of: the staff that they are read from.
        others: the other staves with notes.

    Returns:
        The voices, and remarks on what is left out.
    """
    lines, remarks = list(_below(of, melody)), []
    for staff in islice(others, limits.MAX_VOICES):
        reader = MelodyReader(staff)
        try:
            staff.check_size()
            measures = list(reader.measures())
        except UnreadableTuneError as error:
            remarks.append(left_out(staff.name, error))
            continue
        remarks.extend(f"of its voice {staff.name}: {remark}" for remark in reader.remarks)
        lines.append(Line(staff.name, [measure.notes for measure in measures]))
        lines.extend(_below(staff, measures))
    lines = lines[: limits.MAX_VOICES]
    remarks.extend(
        f"its voice {line.name} goes on where the melody's measures end: left out there"
        for line in lines
        if _sticks_out(line.measures, melody)
    )
    return lines, remarks


def _below(staff: Staff, measures: Sequence[Measure]) -> Iterator[Line]:
    """Yield what the top line of a staff leaves of its voices."""
    for voice in sorted({voice for measure in measures for voice in measure.below}):
        name = f"{staff.name}, voice {voice}".removeprefix(", ")
        yield Line(name, [measure.below.get(voice, []) for measure in measures])


def _sticks_out(measures: Sequence[list[WrittenNote]], melody: Sequence[Measure]) -> bool:
    """Return whether a voice has notes where the melody has no measure, or it is over."""
    if any(measures[len(melody) :]):
        return True
    return any(
        note.onset + note.duration > measure.length
        for notes, measure in zip(measures, melody, strict=False)
        for note in notes
    )
