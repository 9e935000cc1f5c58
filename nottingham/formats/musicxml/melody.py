"""The melody of a staff, measure by measure, at sounding pitch.

It is the top line; keys, meters and chord symbols stand beside it. Measures without a meter (senza
misura) are counted in the one before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from xml.etree.ElementTree import Element

from nottingham.formats.musicxml import meters, transposition
from nottingham.formats.musicxml.part import Group, Staff, groups, melody_pitch, number, staff_of
from nottingham.formats.musicxml.transposition import Transposition
from nottingham.formats.notated import WrittenNote, top_line
from nottingham.music.limits import MAX_DENOMINATOR, UnreadableTuneError
from nottingham.music.tune import measure_length


@dataclass(frozen=True)
class Measure:
    """A measure of a staff."""

    meter: str
    """In force at its start, as in ``6/8``."""
    length: Fraction
    """In quarter notes."""
    notes: list[WrittenNote]
    """Its top line."""
    below: dict[str, list[WrittenNote]]
    """By voice, the top line of what that leaves of it; without voices of which it leaves none."""
    chords: list[tuple[Fraction, Element]]
    """Onset in the measure, and ``<harmony>`` as it sounds."""


class MelodyReader:
    """Reads a staff, measure by measure.

    Attributes:
        key: of the first key, the signature's sharps (negative: flats) as it sounds, and the mode;
            None where there is none.
        remarks: what was changed, in sentences.
    """

    def __init__(self, staff: Staff) -> None:
        self.key: tuple[int, str] | None = None
        self.remarks: list[str] = []
        self._staff = staff
        self._meter = self._next_meter = "4/4"
        self._transposition = Transposition()

    def measures(self) -> Iterator[Measure]:
        """Yield the measures.

        Raises:
            UnreadableTuneError: if a pitch, meter, key or length is none.
        """
        for found in groups(self._staff.part):
            self._meter = self._next_meter
            notes: list[tuple[str, WrittenNote]] = []
            chords: list[tuple[Fraction, Element]] = []
            for group in found:
                head = group.elements[0]
                if head.tag == "attributes":
                    self._read(head, at_barline=not group.onset)
                elif head.tag == "harmony" and head.find("root") is not None:
                    self._add_chord(chords, group)
                elif note := self._note(group):
                    notes.append(note)
            length = max((group.onset + group.duration for group in found), default=Fraction(0))
            if _is_empty(found):
                length = measure_length(self._meter)
            if lcm(*(group.duration.denominator for group in found)) > MAX_DENOMINATOR:
                raise UnreadableTuneError("its note lengths share no usable grid")
            line = top_line(note for _, note in notes)
            yield Measure(self._meter, length, line, _below(line, notes), chords)

    def _read(self, attributes: Element, *, at_barline: bool) -> None:
        """Take over transposition, key and meter; within a measure a meter waits for the next."""
        staff = self._staff.number
        mine = [e for e in attributes if e.get("number", staff) == staff]
        for element in sorted(mine, key=lambda e: e.tag, reverse=True):  # transpose, time, key
            if element.find("measure-repeat") is not None:
                self.remarks.append("it has signs that repeat a measure: they are not followed")
            elif element.tag == "transpose":
                self._transposition = transposition.read(element)
            elif element.tag == "time":
                self._next_meter = meters.read(element) or self._without_meter()
                if at_barline:
                    self._meter = self._next_meter
            elif element.tag == "key" and self.key is None and element.find("fifths") is not None:
                try:
                    fifths = self._transposition.moved(int(number(element, "fifths")))
                except UnreadableTuneError as error:
                    self.remarks.append(f"its key is left out: {error}")
                else:
                    self.key = fifths, element.findtext("mode", "").strip().lower()

    def _add_chord(self, chords: list[tuple[Fraction, Element]], group: Group) -> None:
        try:
            chords.append((group.onset, self._transposition.chord(group.elements[0])))
        except UnreadableTuneError as error:
            self.remarks.append(f"a chord symbol is left out: {error}")

    def _without_meter(self) -> str:
        self.remarks.append(
            f"it has measures without a meter (senza misura): counted in {self._meter}"
        )
        return self._meter

    def _note(self, group: Group) -> tuple[str, WrittenNote] | None:
        """Read a chord as its voice and its highest note; None where none sounds and lasts."""
        pitched = [
            (self._transposition.pitch(written), element)
            for element in group.elements
            if (written := melody_pitch(element)) is not None
            and staff_of(element) == self._staff.number
        ]
        if not pitched or group.duration <= 0:
            return None
        pitch, element = max(pitched, key=lambda found: found[0])
        ties = element.findall("tie") or element.findall("notations/tied")
        tied = any(tie.get("type") == "start" for tie in ties)
        voice = (element.findtext("voice") or "1").strip()
        return voice, WrittenNote(group.onset, group.duration, pitch, tied)


def _below(
    line: list[WrittenNote], notes: list[tuple[str, WrittenNote]]
) -> dict[str, list[WrittenNote]]:
    """Return what a top line leaves of each voice, as its top line."""
    taken = {(note.onset, note.pitch) for note in line}
    left: dict[str, list[WrittenNote]] = {}
    for voice, note in notes:
        if (note.onset, note.pitch) not in taken:
            left.setdefault(voice, []).append(note)
    return {voice: top_line(found) for voice, found in left.items()}


def _is_empty(found: list[Group]) -> bool:
    """Return whether a measure is empty, or has one rest that fills it, however long that is."""
    timed = [group.elements[0] for group in found if group.duration]
    if len(timed) != 1:
        return not timed
    rest = timed[0].find("rest")
    return rest is not None and (
        rest.get("measure") == "yes" or timed[0].findtext("type") in ("whole", "breve")
    )
