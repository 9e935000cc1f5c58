"""Written pitches, keys and chord symbols as they sound: for clarinets, horns, saxophones.

``<transpose>`` says how many semitones to add to a part's written notes. Its key and its chord
symbols, which are written for the player too, move with them.
"""

from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from nottingham.formats.musicxml.part import number
from nottingham.music.keys import FIFTHS
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.pitches import NATURAL


class Transposition(NamedTuple):
    """From written to sounding pitch."""

    semitones: int = 0

    @property
    def fifths(self) -> int:
        """How far keys and roots move on the line of fifths: −5 to 6."""
        return (7 * self.semitones + 5) % 12 - 5

    def pitch(self, pitch: Element) -> int:
        """Return the MIDI number of a written ``<pitch>``; quarter tones are rounded.

        Raises:
            UnreadableTuneError: if it is no pitch.
        """
        alter = round(number(pitch, "alter", default="0"))
        octave = int(number(pitch, "octave"))
        return NATURAL[_letter(pitch, "step")] + alter + 12 * (octave + 1) + self.semitones

    def moved(self, fifths: int) -> int:
        """Return where a signature or a root, as a position on the line of fifths, moves to.

        Of two names for what sounds alike it is the one with fewer signs; what is not transposed
        keeps its name.
        """
        moved = fifths + self.fifths
        if self.fifths and abs(moved) > 6:
            return moved - 12 if moved > 0 else moved + 12
        return moved

    def chord(self, harmony: Element) -> Element:
        """Return a chord symbol as it sounds, with nothing in it but what names it.

        The text of a root or bass, which is how it is printed, stays where nothing moves.

        Raises:
            UnreadableTuneError: if its root or bass is no note.
        """
        sounding = Element("harmony")
        for path in ("root", "bass"):
            if (written := harmony.find(path)) is not None:
                alter = int(number(written, f"{path}-alter", default="0"))
                position = FIFTHS.index(_letter(written, f"{path}-step")) - 1 + 7 * alter
                moved = self.moved(position)
                note = SubElement(sounding, path)
                step = SubElement(note, f"{path}-step")
                step.text = FIFTHS[(moved + 1) % 7]
                if not self.fifths and (printed := written.find(step.tag)) is not None:
                    step.attrib.update(printed.attrib)
                SubElement(note, f"{path}-alter").text = str((moved + 1) // 7)
        written = harmony.find("kind")
        kind = SubElement(sounding, "kind", {} if written is None else written.attrib)
        kind.text = harmony.findtext("kind") or "major"
        sounding.extend(harmony.iterfind("inversion"))
        sounding.extend(harmony.iterfind("degree"))
        return sounding


def read(transpose: Element) -> Transposition:
    """Read ``<transpose>``.

    Raises:
        UnreadableTuneError: if its numbers are none.
    """
    octaves = number(transpose, "octave-change", default="0")
    return Transposition(int(number(transpose, "chromatic", default="0") + 12 * octaves))


def _letter(element: Element, path: str) -> str:
    letter = (element.findtext(path) or "").strip().upper()
    if letter not in NATURAL:
        raise UnreadableTuneError(f"its <{path}> is {letter!r}, which is no letter of a note")
    return letter
