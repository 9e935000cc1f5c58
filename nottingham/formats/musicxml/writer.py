"""Tunes as MusicXML, which notation programs open: measures, ties, beams and a key.

Each voice is a part. Chord symbols stand in the melody's, and are put into what music21 wrote.

Which notes carry an accidental, and which are tied parts, is decided here and not by music21: once
it has split one altered note, it takes the signs of the whole part for made.

On some grids, 42 steps in 4/4 are one, notes last as long as no notation can say. Those of such a
tune are moved to the nearest sixteenths.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from music21 import clef, key, metadata, note, pitch, stream, tempo, tie
from music21.bar import Repeat
from music21.expressions import TextExpression
from music21.layout import SystemLayout
from music21.meter import TimeSignature
from music21.musicxml.m21ToXml import ScoreExporter
from music21.musicxml.xmlObjects import MusicXMLExportException
from music21.spanner import RepeatBracket
from music21.stream.enums import ShowNumber
from music21.stream.makeNotation import makeTupletBrackets

from nottingham import printable
from nottingham.files import atomic_file
from nottingham.formats import fold
from nottingham.formats.fold import Bar
from nottingham.formats.musicxml import harmony
from nottingham.music import dances, notation, note_values
from nottingham.music.accidentals import InForce
from nottingham.music.notation import Event, Spelling
from nottingham.music.tune import Tune, Voice, measure_length

_HEAD = b"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" \
"http://www.musicxml.org/dtds/partwise.dtd">
"""


def write(tune: Tune, path: Path | str) -> None:
    """Write a tune as a MusicXML file."""
    with atomic_file(path) as file:
        file.write(content(tune))


def content(tune: Tune, *, repeats: bool = True) -> bytes:
    """Write a tune as MusicXML; the same tune gives the same bytes on every day.

    Args:
        tune: what is written.
        repeats: whether what comes twice stands once, between repeat signs, and each section
            begins a line.
    """
    write_out = fold.bars if repeats else fold.plain
    bars = write_out(tune)
    try:
        root = _exported(tune, bars, lines=repeats)
    except MusicXMLExportException:
        tune = note_values.in_writing(tune)
        bars = write_out(tune)
        root = _exported(tune, bars, lines=repeats)
    about = root.find("identification")
    about.remove(about.find("creator"))  # music21, it says
    about.find("encoding").remove(about.find("encoding/encoding-date"))
    for parts in (root.findall("part-list/score-part"), root.findall("part")):
        for number, part in enumerate(parts, start=1):
            part.set("id", f"P{number}")  # a drawn one, else
    _add_chords(root.find("part"), bars)
    text: bytes = ElementTree.tostring(root, encoding="utf-8")
    return _HEAD + text + b"\n"


def _add_chords(part: Element, bars: Sequence[Bar]) -> None:
    """Put chord symbols before the notes and rests that they begin with, or begin in."""
    divisions = int(part.findtext(".//divisions", "1"))
    for measure, bar in zip(part.iterfind("measure"), bars, strict=False):
        starts, now = [], Fraction(0)
        for element in measure.findall("note"):
            starts.append((now, element))
            now += Fraction(int(element.findtext("duration", "0")), divisions)
        for onset, symbol in bar.measure.chords:
            start, element = max((one for one in starts if one[0] <= onset), key=lambda one: one[0])
            offset = (onset - start) * divisions
            measure.insert(list(measure).index(element), harmony.element(symbol, offset=offset))


def _exported(tune: Tune, bars: Sequence[Bar], *, lines: bool) -> Any:
    """Build the score; with lines, also the dance, and where lines begin, as a page shows them."""
    further = []
    for voice in tune.further_voices:
        measures = notation.measures(tune, voice)
        own = [replace(bar, measure=one) for bar, one in zip(bars, measures, strict=True)]
        further.append(_part(tune, own, voice))
    melody = _part(tune, bars)
    if lines:
        on_page: list[Any] = list(melody.getElementsByClass(stream.Measure))
        for first in accumulate(len(line) for line in fold.lines(bars)[:-1]):
            on_page[first].insert(0, SystemLayout(isNew=True))
        if tune.rhythm:
            dance: Any = TextExpression(printable.line(tune.rhythm).capitalize())
            dance.placement = "above"
            on_page[0].insert(0, dance)
    score: Any = stream.Score([melody, *further])
    score.metadata = metadata.Metadata(title=printable.line(tune.title))
    if tune.credit:
        score.metadata.add("source", printable.line(tune.credit))
    return ScoreExporter(score, makeNotation=False).parse()


def _part(tune: Tune, bars: Sequence[Bar], voice: Voice | None = None) -> Any:
    """Build the part of the melody or of another voice; an upbeat is measure 0."""
    measures: list[Any] = []
    meter, tied, in_force = "", False, InForce(tune.key)
    spelled = [_spelled(bar, tune.key) for bar in bars]
    number = 0
    for bar, before in zip(bars, fold.played_before(bars), strict=True):
        number += not bar.offset
        in_force.barline([spelled[k] for k in before])
        measure = _measure(bar, number)
        if not measures:
            for element in _heading(tune, voice):
                measure.append(element)
        if bar.measure.meter != meter:
            meter = bar.measure.meter
            measure.append(_meter(meter))
        for event in note_values.tied(bar.measure, bar.offset):
            measure.append(_element(event, tune.key, in_force, tied=tied))
            tied = event.tied
        measures.append(measure)
    measures = measures or [_silence(tune)]
    if not bars or not bars[-1].closes:
        measures[-1].rightBarline = "final"
    part: Any = stream.Part(measures, id="melody" if voice is None else voice.name)
    for brackets in _endings(bars, measures):
        part.insert(0, brackets)
    if tune.further_voices:
        part.partName = printable.line((voice or tune.voices[0]).name)
    part.makeBeams(inPlace=True)
    for measure in measures:
        makeTupletBrackets(measure, inPlace=True)
    return part


def _spelled(bar: Bar, of_key: str) -> list[Spelling]:
    """Return the notes of a bar as they are spelled."""
    pitches = [event.pitch for event in bar.measure.events]
    return [notation.spell(pitch, of_key) for pitch in pitches if pitch is not None]


def _meter(name: str) -> Any:
    """Build a meter, whose beams are `notation.beam` long."""
    found: Any = TimeSignature(name)
    length, beam = measure_length(name), notation.beam(name)
    if beam > notation.beat(name):
        found.beamSequence.partition(int(length / beam))
    return found


def _measure(bar: Bar, number: int) -> Any:
    """Build an empty measure with its barlines; the rest of one that a sign cut has no number."""
    length = sum(event.length for event in bar.measure.events)
    measure: Any = stream.Measure(number=number)
    measure.paddingLeft = bar.offset
    measure.paddingRight = measure_length(bar.measure.meter) - length - bar.offset
    if bar.offset:
        measure.numberSuffix = "a" if number else None
        measure.showNumber = ShowNumber.NEVER
    if bar.opens:
        measure.leftBarline = Repeat(direction="start")
    if bar.closes:
        measure.rightBarline = Repeat(direction="end")
    elif bar.double:
        measure.rightBarline = "double"
    return measure


def _endings(bars: Sequence[Bar], measures: Sequence[Any]) -> Iterator[Any]:
    """Yield the brackets over first and second endings."""
    under: list[Any] = []
    kind = 0
    for bar, measure in zip(bars, measures, strict=False):
        kind = bar.ending or kind
        if kind:
            under.append(measure)
        if kind and (bar.closes or bar.double):
            yield RepeatBracket(under, number=kind)
            under, kind = [], 0


def _silence(tune: Tune) -> Any:
    """Build the one measure of a tune without notes."""
    rest = note.Rest(quarterLength=measure_length(tune.meter))
    return stream.Measure([*_heading(tune), TimeSignature(tune.meter), rest], number=1)


def _heading(tune: Tune, voice: Voice | None = None) -> list[Any]:
    """Build what stands before the first meter; the tempo is the melody's part's."""
    if voice is None:
        beats, beat = dances.beats_per_minute(tune), notation.beat(tune.meter)
        mark = tempo.MetronomeMark(number=beats, referent=beat)
        return [clef.TrebleClef(), mark, _key(tune.key)]
    low = notation.clef(voice) == "bass"
    return [clef.BassClef() if low else clef.TrebleClef(), _key(tune.key)]


def _element(event: Event, of_key: str, in_force: InForce, *, tied: bool) -> Any:
    """Build a note, which may be tied to the one before and to the one after it, or a rest."""
    if event.pitch is None:
        return note.Rest(quarterLength=event.length)
    spelled = notation.spell(event.pitch, of_key)
    found: Any = note.Note(f"{spelled.letter}{spelled.octave}", quarterLength=event.length)
    has_sign = in_force.engraved(spelled, tied=tied)
    if spelled.accidental or has_sign:
        found.pitch.accidental = pitch.Accidental(spelled.accidental)
        found.pitch.accidental.displayStatus = has_sign
    if tied or event.tied:
        kind = "continue" if tied and event.tied else "start" if event.tied else "stop"
        found.tie = tie.Tie(kind)
    return found


def _key(name: str) -> Any:
    tonic, _, mode = name.partition(" ")
    if not tonic:
        return key.KeySignature(0)
    return key.Key(tonic.replace("b", "-"), mode)
