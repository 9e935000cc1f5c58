"""Chord symbols as ``<harmony>``, both ways.

music21 names what other programs wrote by its elements. What this writer wrote has its spelling,
too, ``D/f+`` and ``Gd`` as in the Nottingham corpus: in the ``text`` of root, kind and bass, which
is how MusicXML has a symbol look. The text counts only where its elements say the same. The signs
of a bass are in its text, those of a root are not: Verovio prints the text of a root and its
alteration after it, but of a bass only the elements.
"""

import re
import warnings
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from music21.musicxml.xmlToM21 import MeasureParser

from nottingham.formats.musicxml.transposition import Transposition
from nottingham.music.limits import UnreadableTuneError

_MAX_CHORDS = 500
"""Different chord symbols in a tune: music21 takes a hundredth of a second for each."""
_SYMBOL = re.compile(r"([A-G])(##?|bb?|)([^/]*)(?:/([A-Ga-g])([#+]{1,2}|bb?|))?")
_MOST_SIGNS = 2
_ALTERATIONS = {"#": 1, "+": 1, "b": -1}
_KINDS = {
    "major": ("", "M", "maj"),
    "minor": ("m", "min", "-"),
    "augmented": ("+", "aug", "a"),
    "diminished": ("dim", "o", "°", "d"),
    "dominant": ("7",),
    "major-seventh": ("maj7", "M7", "Maj7"),
    "minor-seventh": ("m7", "min7", "-7"),
    "augmented-seventh": ("7+", "+7", "aug7", "a7"),
    "diminished-seventh": ("o7", "°7", "dim7", "d7"),
    "half-diminished": ("ø7", "ø", "m7b5"),
    "major-minor": ("mM7", "minmaj7"),
    "major-sixth": ("6",),
    "minor-sixth": ("m6", "min6"),
    "dominant-ninth": ("9",),
    "major-ninth": ("M9", "maj9"),
    "minor-ninth": ("m9", "min9"),
    "dominant-11th": ("11",),
    "dominant-13th": ("13",),
    "suspended-second": ("sus2",),
    "suspended-fourth": ("sus", "sus4"),
}
_KIND_OF = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes}
_NO_CHORD = ("N.C.", "NC")


def element(symbol: str, *, offset: Fraction = Fraction(0)) -> Element:
    """Write a chord symbol.

    Args:
        symbol: as in ``Am7`` or ``D/f+``. What is none is written as it is, as another kind of C.
        offset: divisions from where it stands to where it counts.
    """
    found = _SYMBOL.fullmatch(symbol)
    letter, signs, suffix, bass, bass_signs = found.groups() if found else ("C", "", symbol, "", "")
    harmony = Element("harmony")
    _add_note(harmony, "root", letter, signs, text=letter if found else "")
    kind = SubElement(harmony, "kind", text=suffix)
    kind.text = "none" if symbol in _NO_CHORD else "other"
    if found:
        kind.text = _KIND_OF.get(suffix, "other")
    if bass:
        _add_note(harmony, "bass", bass.upper(), bass_signs, text=bass + bass_signs)
    if offset:
        whole = offset.denominator == 1
        SubElement(harmony, "offset").text = str(offset if whole else float(offset))
    return harmony


def _add_note(harmony: Element, path: str, letter: str, signs: str, *, text: str) -> None:
    """Add a root or a bass; an alteration that is in its text is not printed after it."""
    note = SubElement(harmony, path)
    SubElement(note, f"{path}-step", text=text).text = letter
    if alteration := sum(_ALTERATIONS[sign] for sign in signs):
        printed = {"print-object": "no"} if text.endswith(signs) else {}
        SubElement(note, f"{path}-alter", printed).text = str(alteration)


class ChordNames:
    """The names of chord symbols, each read once.

    Attributes:
        remarks: which could not be read, in sentences.
    """

    def __init__(self) -> None:
        self.remarks: list[str] = []
        self._names: dict[bytes, str] = {}

    def name(self, harmony: Element) -> str:
        """Return a chord symbol's name, as in ``Bbm7``; empty if it cannot be read.

        Args:
            harmony: as `Transposition.chord` returns it.

        Raises:
            UnreadableTuneError: if there are too many different ones.
        """
        written = ElementTree.tostring(harmony)
        if written not in self._names:
            if len(self._names) == _MAX_CHORDS:
                raise UnreadableTuneError(f"it has more than {_MAX_CHORDS:,} different chords")
            try:
                self._names[written] = _spelled(harmony) or _named(harmony)
            except Exception:  # music21 raises whatever it stumbles over
                self._names[written] = ""
                kind = harmony.findtext("kind")
                self.remarks.append(f"it has a chord symbol of the kind {kind!r}: left out")
        return self._names[written]


def _spelled(harmony: Element) -> str:
    """Return the text of a chord symbol if `element` would write it so; else nothing."""
    root = harmony.find("root/root-step")
    if root is None or "text" not in root.attrib:
        return ""
    alteration = int(harmony.findtext("root/root-alter", "0"))
    if abs(alteration) > _MOST_SIGNS:
        return ""
    spelled = root.attrib["text"] + ("#" if alteration > 0 else "b") * abs(alteration)
    for path, sign in (("kind", ""), ("bass/bass-step", "/")):
        spelled += "".join(sign + found.get("text", "") for found in harmony.iterfind(path))
    again = Transposition().chord(element(spelled))
    return spelled if ElementTree.tostring(again) == ElementTree.tostring(harmony) else ""


def _named(harmony: Element) -> str:
    """Name a chord; music21 writes the flats of root and bass as a minus sign."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        symbol: Any = MeasureParser().xmlToChordSymbol(harmony)
        name: str = symbol.figure
    for path in ("root", "bass"):
        letter = harmony.findtext(f"{path}/{path}-step", "")
        flats = -int(harmony.findtext(f"{path}/{path}-alter", "0"))
        if flats > 0:
            mark = "/" if path == "bass" else ""
            name = name.replace(f"{mark}{letter}{'-' * flats}", f"{mark}{letter}{'b' * flats}", 1)
    return name
