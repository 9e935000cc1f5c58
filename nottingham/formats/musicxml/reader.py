"""MusicXML as a written melody.

music21 names the key and the chord symbols; the notes are read here. Of whole scores music21
misreads chords with a chord symbol or a direction inside, leaves out silence that is written as
``<forward>``, and takes a time that grows with the square of their length.
"""

import warnings
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from music21 import key
from music21.musicxml.xmlToM21 import MeasureParser

from nottingham.formats.musicxml import container, part
from nottingham.formats.musicxml.melody import Measure, MelodyReader
from nottingham.formats.musicxml.signs import SignReader, Signs
from nottingham.formats.notated import UNTITLED, Score, Stretch, WrittenNote
from nottingham.music import limits
from nottingham.music.limits import UnreadableTuneError

_TITLES = ("work/work-title", "movement-title", "credit[credit-type='title']/credit-words")
_MAX_CHORDS = 500
"""Different chord symbols in a tune: music21 takes a hundredth of a second for each."""


def read(content: bytes) -> Score:
    """Read a MusicXML file, packed (``.mxl``) or not.

    Raises:
        UnreadableTuneError: saying why.
    """
    score = container.root(content)
    melody = part.find(score)
    if sum(1 for _ in melody.part.iter("note")) > limits.MAX_NOTES:
        raise UnreadableTuneError(f"it has more than {limits.MAX_NOTES:,} notes")
    if len(melody.part) > limits.MAX_STRETCHES:
        raise UnreadableTuneError(f"it has more than {limits.MAX_STRETCHES:,} measures")
    signs = SignReader()
    order = signs.read(part.groups(melody.part))
    reader = MelodyReader(melody)
    chords = _ChordNames()
    stretches = [
        stretch
        for measure, inside in zip(reader.measures(), order, strict=True)
        for stretch in _stretches(measure, inside, chords)
    ]
    named = _key(reader.key) if reader.key else ""
    remarks = [*signs.remarks, *reader.remarks, *chords.remarks]
    if reader.key and not named:
        remarks.append(f"its key has {abs(reader.key[0])} sharps or flats: left without a name")
    titles = (score.findtext(path) or "" for path in _TITLES)
    return Score(
        title=next(filter(None, map(str.strip, titles)), UNTITLED),
        key=named,
        stretches=tuple(stretches),
        remarks=tuple(dict.fromkeys(remarks)),
    )


def _stretches(measure: Measure, signs: list[Signs], chords: "_ChordNames") -> Iterator[Stretch]:
    """Read a measure, divided where barlines stand inside it."""
    named = ((onset, chords.name(harmony)) for onset, harmony in measure.chords)
    names = sorted((onset, name) for onset, name in named if name)
    bounds = [*(min(sign.start, measure.length) for sign in signs), measure.length]
    for sign, (start, end) in zip(signs, pairwise(bounds), strict=True):
        music = Stretch(
            length=end - start,
            meter=measure.meter,
            notes=tuple(_between(measure.notes, start, end)),
            chords=tuple((o - start, name) for o, name in names if start <= o < end),
        )
        yield sign.around(music)


def _between(notes: Sequence[WrittenNote], start: Fraction, end: Fraction) -> Iterator[WrittenNote]:
    """Yield what sounds in a stretch of a measure; what goes on behind it is tied."""
    for one in notes:
        stop = one.onset + one.duration
        first, last = max(one.onset, start), min(stop, end)
        if first < last:
            yield WrittenNote(first - start, last - first, one.pitch, one.tied or last < stop)


class _ChordNames:
    """The names of chord symbols, each read once.

    Attributes:
        remarks: which could not be read, in sentences.
    """

    def __init__(self) -> None:
        self.remarks: list[str] = []
        self._names: dict[bytes, str] = {}

    def name(self, harmony: Element) -> str:
        """Return a chord symbol's name, as in ``Bbm7``; empty if it cannot be read."""
        written = ElementTree.tostring(harmony)
        if written not in self._names:
            if len(self._names) == _MAX_CHORDS:
                raise UnreadableTuneError(f"it has more than {_MAX_CHORDS:,} different chords")
            try:
                self._names[written] = _chord_name(harmony)
            except Exception:  # music21 raises whatever it stumbles over
                self._names[written] = ""
                kind = harmony.findtext("kind")
                self.remarks.append(f"it has a chord symbol of the kind {kind!r}: left out")
        return self._names[written]


def _chord_name(harmony: Element) -> str:
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


def _key(signature: tuple[int, str]) -> str:
    """Name a key, as in ``D major``; empty where its tonic would have a double sharp or flat."""
    fifths, mode = signature
    signs: Any = key.KeySignature(max(-15, min(fifths, 15)))
    try:
        named = signs.asKey(mode)
    except key.KeyException:  # "none", or a word of the program's own
        named = signs.asKey("major")
    tonic = named.tonic.name.replace("-", "b")
    return f"{tonic} {named.mode}" if len(tonic) <= 2 else ""
