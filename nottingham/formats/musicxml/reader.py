"""MusicXML as a written melody, with further voices beside it.

music21 names the key and the chord symbols; the notes are read here. Of whole scores music21
misreads chords with a chord symbol or a direction inside, leaves out silence that is written as
``<forward>``, and takes a time that grows with the square of their length.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from music21 import key

from nottingham.formats.musicxml import container, part, voices
from nottingham.formats.musicxml.harmony import ChordNames
from nottingham.formats.musicxml.melody import Measure, MelodyReader
from nottingham.formats.musicxml.signs import SignReader, Signs
from nottingham.formats.notated import UNTITLED, Bar, Score, WrittenNote, in_bars

_TITLES = ("work/work-title", "movement-title", "credit[credit-type='title']/credit-words")


def read(content: bytes) -> Score:
    """Read a MusicXML file, packed (``.mxl``) or not.

    Raises:
        UnreadableTuneError: saying why.
    """
    score = container.root(content)
    melody, others = part.find(score)
    melody.check_size()
    signs = SignReader()
    order = signs.read(part.groups(melody.part))
    reader = MelodyReader(melody)
    measures = list(reader.measures())
    lines, left_out = voices.read(measures, melody, others)
    chords = ChordNames()
    bars = [
        bar
        for index, (measure, inside) in enumerate(zip(measures, order, strict=True))
        for bar in _bars(measure, inside, chords, [_at(line, index) for line in lines])
    ]
    named = _key(reader.key) if reader.key else ""
    remarks = [*signs.remarks, *reader.remarks, *chords.remarks, *left_out]
    if reader.key and not named:
        remarks.append(f"its key has {abs(reader.key[0])} sharps or flats: left without a name")
    titles = (score.findtext(path) or "" for path in _TITLES)
    return Score(
        title=next(filter(None, map(str.strip, titles)), UNTITLED),
        key=named,
        bars=tuple(bars),
        remarks=tuple(dict.fromkeys(remarks)),
        further_voices=tuple(line.name for line in lines),
    )


def _at(line: voices.Line, index: int) -> list[WrittenNote]:
    """Return the notes of a voice in a measure; it may have fewer measures than the melody."""
    return line.measures[index] if index < len(line.measures) else []


def _bars(
    measure: Measure, signs: list[Signs], chords: ChordNames, beside: list[list[WrittenNote]]
) -> Iterator[Bar]:
    """Read a measure and what stands beside it, divided where barlines stand inside it."""
    named = ((onset, chords.name(harmony)) for onset, harmony in measure.chords)
    names = sorted((onset, name) for onset, name in named if name)
    bounds = [*(min(sign.start, measure.length) for sign in signs), measure.length]
    lengths = [end - start for start, end in pairwise(bounds)]
    notes, *others = (in_bars(line, lengths) for line in (measure.notes, *beside))
    for index, (sign, (start, end)) in enumerate(zip(signs, pairwise(bounds), strict=True)):
        music = Bar(
            length=end - start,
            meter=measure.meter,
            notes=notes[index],
            chords=tuple((o - start, name) for o, name in names if start <= o < end),
            beside=tuple(other[index] for other in others),
        )
        yield sign.around(music)


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
