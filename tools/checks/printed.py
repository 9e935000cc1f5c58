"""What a musician plays from the accidentals that a MusicXML file prints, and which are needless.

The signature and the printed signs are taken literally: a sign counts on its line or space up to
the barline, and a tied note sounds as the one before it. `<alter>` is not looked at.
"""

from collections.abc import Iterator
from fractions import Fraction
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from nottingham.music.tune import Note
from tools.checks.listeners import Heard

_NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHARPS = "FCGDAEB"
_ALTERS = {"flat-flat": -2, "flat": -1, "natural": 0, "sharp": 1, "double-sharp": 2}

_Line = tuple[str, int]
"""A letter and an octave."""


class Musician:
    """Plays from the page, by the signs that are printed."""

    def __init__(self, root: Element) -> None:
        """Open a file of one part."""
        self._measures = root.findall("part/measure")
        self._signature = dict.fromkeys(_SHARPS, 0)
        self._per_quarter = 1
        self._signs: dict[_Line, int] = {}
        self._read: tuple[list[tuple[_Line, int]], list[tuple[_Line, int]]] = [], []
        """The notes of the measure before, and of this one."""
        self._needless: dict[tuple[str, int], str] = {}
        """The complaint of each sign, by measure and note; empty once a pass needed it."""

    @property
    def complaints(self) -> list[str]:
        """The signs that no pass needed."""
        return [said for said in self._needless.values() if said]

    def plays(self) -> Iterator[Note]:
        """Yield the notes in playing order, ties joined, in quarter notes from the start."""
        moment, sounding = Fraction(0), None
        for measure in (self._measures[number] for number in self._order()):
            self._signs, self._read = {}, (self._read[1], [])
            for element in measure:
                if element.tag == "attributes":
                    self._attributes(element)
                if element.tag != "note":
                    continue
                tied = any(tie.get("type") == "stop" for tie in element.iterfind("tie"))
                length = Fraction(element.findtext("duration", "0")) / self._per_quarter
                if sounding and not tied:
                    yield sounding
                    sounding = None
                if element.find("rest") is None:
                    pitch = self._pitch(element, sounding, f"measure {measure.get('number')}")
                    held = sounding or Note(moment, Fraction(0), pitch)
                    sounding = Note(held.onset, held.duration + length, pitch)
                moment += length
        if sounding:
            yield sounding

    def _order(self) -> Iterator[int]:
        """Yield the measures as repeat signs and endings say, each section twice at most."""
        begin, ending = 0, 0
        for number, measure in enumerate(self._measures):
            if measure.find("barline/repeat[@direction='forward']") is not None:
                begin, ending = number, 0
            if measure.find("barline/ending[@type='start'][@number='1']") is not None:
                ending = number
            yield number
            if measure.find("barline/repeat[@direction='backward']") is not None:
                yield from range(begin, ending or number + 1)
                begin, ending = number + 1, 0

    def _attributes(self, element: Element) -> None:
        self._per_quarter = int(element.findtext("divisions", str(self._per_quarter)))
        if (fifths := element.findtext("key/fifths")) is not None:
            altered = _SHARPS[: int(fifths)] if int(fifths) > 0 else _SHARPS[int(fifths) :]
            alter = (int(fifths) > 0) - (int(fifths) < 0)
            self._signature = {s: alter if alter and s in altered else 0 for s in _SHARPS}

    def _pitch(self, note: Element, tied_to: Note | None, place: str) -> int:
        """Read a note: it is the pitch it is tied to, or what its line and the signs say."""
        letter, octave = note.findtext("pitch/step", ""), int(note.findtext("pitch/octave", ""))
        line, natural = (letter, octave), 12 * (octave + 1) + _NATURAL[letter]
        sign = note.findtext("accidental")
        in_force = self._signs.get(line, self._signature[letter])
        alter = in_force if sign is None else _ALTERS[sign]
        if sign is not None:
            needed = not tied_to and (alter != in_force or self._is_courtesy(line, alter))
            said = "" if needed else f"{place}: {letter}{octave} needs no {sign} sign"
            own = place, len(self._read[1])
            self._needless[own] = said and self._needless.get(own, said)
            self._signs[line] = alter
        if tied_to:
            alter = tied_to.pitch - natural
        self._read[1].append((line, alter))
        return natural + alter

    def _is_courtesy(self, line: _Line, alter: int) -> bool:
        """Return whether a sign reminds of what was altered in this measure or the one before."""
        if line in self._signs:
            return False
        read = self._read[0] + self._read[1]
        there = [last for at, last in read if at == line]
        anywhere = [last for (letter, _), last in read if letter == line[0]]
        return not {*there[-1:], *anywhere[-1:]} <= {alter}


def heard(text: str) -> Heard:
    """Play a MusicXML file by what it prints; signs without need are the complaints."""
    musician = Musician(ElementTree.fromstring(text))
    notes = tuple(musician.plays())
    return Heard(notes, (), tuple(musician.complaints))
