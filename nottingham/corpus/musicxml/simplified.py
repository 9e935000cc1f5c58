"""A melody's part with nothing in it but what a melody has, for music21 to read.

Each measure keeps its lengths and, at sounding pitch, the highest note of each chord; all other
notes, and ``<forward>``, become rests. Keys, meters and chord symbols stand beside it. Measures
without a meter (senza misura) are counted in the one before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from nottingham.corpus.limits import MAX_DENOMINATOR, UnreadableTuneError
from nottingham.corpus.musicxml import meters, transposition
from nottingham.corpus.musicxml.part import Group, Melody, groups, melody_pitch, number, staff_of
from nottingham.corpus.musicxml.transposition import Transposition
from nottingham.corpus.tune import measure_length

_SPELLINGS = list(zip("CCDDEFFGGAAB", (0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0), strict=True))
"""Letter and alteration of each pitch class: any will do, as what is read is a number again."""


@dataclass(frozen=True)
class Measure:
    """A measure of the melody."""

    meter: str
    """In force at its start, as in ``6/8``."""
    notes: Element
    """Notes, rests and ``<backup>``, as MusicXML."""
    chords: list[tuple[Fraction, Element]]
    """Onset in the measure, and ``<harmony>``."""


class _Event(NamedTuple):
    """A note or rest; where the duration is negative, a step back."""

    duration: Fraction
    pitch: int | None = None
    tied: bool = False


class Simplifier:
    """Simplifies a melody, measure by measure.

    Attributes:
        key: of the first key, the signature's sharps (negative: flats) as it sounds, and the mode;
            None where there is none.
        remarks: what was changed, in sentences.
    """

    def __init__(self, melody: Melody) -> None:
        self.key: tuple[int, str] | None = None
        self.remarks: list[str] = []
        self._melody = melody
        self._meter = self._next_meter = "4/4"
        self._transposition = Transposition()

    def measures(self) -> Iterator[Measure]:
        """Yield the measures.

        Raises:
            UnreadableTuneError: if a pitch, meter, key or length is none.
        """
        for found in groups(self._melody.part):
            self._meter = self._next_meter
            events: list[_Event] = []
            chords = []
            for group in found:
                head = group.elements[0]
                if head.tag == "attributes":
                    self._read(head, at_barline=not group.onset)
                elif head.tag == "harmony" and head.find("root") is not None:
                    chords.append((group.onset, self._transposition.chord(head)))
                elif group.duration:
                    events.append(self._event(group))
            if _is_whole_rest(found):
                events = [_Event(measure_length(self._meter))]
            yield Measure(self._meter, _written(events), chords)

    def _read(self, attributes: Element, *, at_barline: bool) -> None:
        """Take over transposition, key and meter; within a measure a meter waits for the next."""
        staff = self._melody.staff
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
                fifths = self._transposition.moved(int(number(element, "fifths")))
                self.key = fifths, element.findtext("mode", "").strip().lower()

    def _without_meter(self) -> str:
        self.remarks.append(
            f"it has measures without a meter (senza misura): counted in {self._meter}"
        )
        return self._meter

    def _event(self, group: Group) -> _Event:
        """Read a chord as its highest note that sounds, or as a rest."""
        pitched = [
            (self._transposition.pitch(written), element)
            for element in group.elements
            if (written := melody_pitch(element)) is not None
            and staff_of(element) == self._melody.staff
        ]
        if not pitched:
            return _Event(group.duration)
        pitch, element = max(pitched, key=lambda found: found[0])
        ties = element.findall("tie") or element.findall("notations/tied")
        return _Event(group.duration, pitch, any(tie.get("type") == "start" for tie in ties))


def _is_whole_rest(found: list[Group]) -> bool:
    """Say whether a measure is empty, or has one rest that fills it, however long that is."""
    timed = [group.elements[0] for group in found if group.duration]
    if len(timed) != 1:
        return not timed
    rest = timed[0].find("rest")
    return rest is not None and (
        rest.get("measure") == "yes" or timed[0].findtext("type") in ("whole", "breve")
    )


def _written(events: list[_Event]) -> Element:
    """Write events as a measure of MusicXML, in divisions that all their lengths are whole in."""
    divisions = lcm(*(event.duration.denominator for event in events))
    if divisions > MAX_DENOMINATOR:
        raise UnreadableTuneError("its note lengths share no usable grid")
    measure = Element("measure")
    SubElement(SubElement(measure, "attributes"), "divisions").text = str(divisions)
    for event in events:
        element = SubElement(measure, "note" if event.duration > 0 else "backup")
        if event.pitch is not None:
            letter, alter = _SPELLINGS[event.pitch % 12]
            pitch = SubElement(element, "pitch")
            SubElement(pitch, "step").text = letter
            SubElement(pitch, "alter").text = str(alter)
            SubElement(pitch, "octave").text = str(event.pitch // 12 - 1)
        elif event.duration > 0:
            SubElement(element, "rest")
        SubElement(element, "duration").text = str(abs(event.duration) * divisions)
        if event.tied:
            SubElement(element, "tie", type="start")
    return measure
