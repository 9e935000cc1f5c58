"""The staves of a score, which of them has the melody, and the notes in them that sound.

The melody is in the first part whose name contains "melody"; else in the first with notes.
Percussion (an unpitched note, a percussion clef, MIDI channel 10) never counts. Of a part's staves,
the first with notes has the melody, and what the others have, a pianist's left hand, is none; of
the voices and chords of that staff, the top line is taken. `voices` reads the rest.

Cue notes, notes with a slash as their head, and grace notes are no part of any voice: the first
two are rests, the last take no time. Notes that are not printed do sound: it is the printing that
``print-object`` speaks of.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from nottingham.music import limits
from nottingham.music.limits import MAX_DENOMINATOR, MAX_EVENT, UnreadableTuneError

_PERCUSSION = "10"
"""The MIDI channel, counted from 1."""


class Staff(NamedTuple):
    """A staff of a part."""

    part: Element
    number: str
    """``1`` where staves are not numbered."""
    name: str
    """The part's; for another than its first staff with notes, with the number after it."""

    def check_size(self) -> None:
        """Refuse a part that is too long.

        Raises:
            UnreadableTuneError: naming the limit.
        """
        if sum(1 for _ in self.part.iter("note")) > limits.MAX_NOTES:
            raise UnreadableTuneError(f"it has more than {limits.MAX_NOTES:,} notes")
        if len(self.part) > limits.MAX_BARS:
            raise UnreadableTuneError(f"it has more than {limits.MAX_BARS:,} measures")


class Group(NamedTuple):
    """What stands at one point of a measure: the notes of a chord, or any other element alone."""

    onset: Fraction
    """In the measure, in quarter notes."""
    duration: Fraction
    """In quarter notes; negative for ``<backup>``."""
    elements: list[Element]


def find(score: Element) -> tuple[Staff, list[Staff]]:
    """Find the staff with the melody of a score, and the others with notes, in order.

    Raises:
        UnreadableTuneError: if it is no score, or has no notes.
    """
    parts = list(_parts(score))
    if not parts:
        raise UnreadableTuneError("it has no part")
    headings = {heading.get("id"): heading for heading in score.iter("score-part")}
    found: list[list[Staff]] = []
    for part in parts:
        heading = headings.get(part.get("id"), Element("score-part"))
        numbers = sorted({staff_of(n) for n in part.iter("note") if melody_pitch(n) is not None})
        if numbers and not _is_percussion(part, heading):
            found.append(list(_staves(part, numbers, heading.findtext("part-name") or "")))
    if not found:
        raise UnreadableTuneError(
            "it has no notes, or none of a melody: only rests, percussion, cues or grace notes"
        )
    melody = next((part for part in found if "melody" in part[0].name.lower()), found[0])[0]
    return melody, [staff for part in found for staff in part if staff is not melody]


def _staves(part: Element, numbers: list[str], name: str) -> Iterator[Staff]:
    name = name.strip()
    for number in numbers:
        other = f"{name}, staff {number}".removeprefix(", ")
        yield Staff(part, number, name if number == numbers[0] else other)


def _parts(score: Element) -> Iterator[Element]:
    """Yield the parts of a score; where it is written measure by measure, put together."""
    if score.tag == "score-partwise":
        yield from score.iterfind("part")
    elif score.tag == "score-timewise":
        parts: dict[str | None, Element] = {}
        for measure in score.iterfind("measure"):
            for inside in measure.iterfind("part"):
                part = parts.setdefault(inside.get("id"), Element("part", inside.attrib))
                SubElement(part, "measure", measure.attrib).extend(inside)
        yield from parts.values()
    elif score.tag == "opus":
        raise UnreadableTuneError("it is an opus, a list of other files; give the files it names")
    else:
        raise UnreadableTuneError(f"it is no MusicXML score: its root element is <{score.tag}>")


def _is_percussion(part: Element, heading: Element) -> bool:
    channels = {channel.text for channel in heading.iter("midi-channel")}
    return channels == {_PERCUSSION} or part.findtext(".//clef/sign") == "percussion"


def melody_pitch(note: Element) -> Element | None:
    """Return the written pitch of a note; None where it is none of a voice."""
    if note.find("grace") is not None or note.find("cue") is not None:
        return None
    return None if note.findtext("notehead") == "slash" else note.find("pitch")


def staff_of(element: Element) -> str:
    """Return the number of the staff that an element is on."""
    return (element.findtext("staff") or "1").strip()


def groups(part: Element) -> Iterator[list[Group]]:
    """Yield the contents of each measure, each with its onset.

    Raises:
        UnreadableTuneError: if a length is no number, or is longer than any note.
    """
    divisions = Fraction(1)
    for measure in part.iterfind("measure"):
        found, now = [], Fraction(0)
        for elements in _gathered(measure):
            head = elements[0]
            if head.find("divisions") is not None:
                divisions = number(head, "divisions")
                if divisions <= 0:
                    raise UnreadableTuneError(f"its <divisions> are {divisions}")
            duration = Fraction(0)
            if head.tag in ("note", "forward", "backup") and head.find("grace") is None:
                duration = number(head, "duration", default="0") / divisions
            if not 0 <= duration <= MAX_EVENT:
                raise UnreadableTuneError(f"it has a note or rest of {duration} quarter notes")
            onset = now
            if head.tag == "harmony":
                onset = max(now + number(head, "offset", default="0") / divisions, Fraction(0))
            found.append(Group(onset, -duration if head.tag == "backup" else duration, elements))
            now = max(now + found[-1].duration, Fraction(0))
        yield found


def _gathered(measure: Element) -> Iterator[list[Element]]:
    """Yield the elements of a measure, the notes of a chord together.

    What is written between them, a chord symbol or a direction, belongs to all of the chord.
    """
    found: list[list[Element]] = []
    chord: int | None = None
    for element in measure:
        if chord is not None and element.find("chord") is not None:
            notes = found.pop(chord)
            found.append([*notes, element])
            chord = len(found) - 1
            continue
        found.append([element])
        if element.tag == "note":
            chord = len(found) - 1
        elif element.tag in ("backup", "forward"):
            chord = None
    yield from found


def number(element: Element, path: str, *, default: str | None = None) -> Fraction:
    """Read the number in an element's child.

    Raises:
        UnreadableTuneError: if there is none.
    """
    text = element.findtext(path, default)
    if text is None:
        raise UnreadableTuneError(f"its <{element.tag}> has no <{path}>")
    try:
        return Fraction(float(text)).limit_denominator(MAX_DENOMINATOR)
    except (ValueError, OverflowError) as error:
        raise UnreadableTuneError(f"its <{path}> is {text!r}, which is no number") from error
