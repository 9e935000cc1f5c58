"""Tunes as MusicXML, which notation programs open: measures, ties, beams and a key.

Each voice is a part. Chord symbols stand in the melody's, and are put into what music21 wrote.

Which notes carry an accidental, and which are tied parts, is decided here and not by music21: once
it has split one altered note, it takes the signs of the whole part for made.

On some grids, 42 steps in 4/4 are one, notes last as long as no notation can say. Those of such a
tune are moved to the nearest sixteenths.
"""

from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from music21 import clef, key, metadata, meter, note, pitch, stream, tempo, tie
from music21.musicxml.m21ToXml import ScoreExporter
from music21.musicxml.xmlObjects import MusicXMLExportException
from music21.stream.enums import ShowNumber
from music21.stream.makeNotation import makeTupletBrackets

from nottingham import printable
from nottingham.files import atomic_file
from nottingham.formats.musicxml import harmony
from nottingham.music import dances, notation, note_values
from nottingham.music.accidentals import InForce
from nottingham.music.notation import Event
from nottingham.music.tune import Tune, Voice, measure_length

_HEAD = b"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" \
"http://www.musicxml.org/dtds/partwise.dtd">
"""


def write(tune: Tune, path: Path | str) -> None:
    """Write a tune as a MusicXML file."""
    with atomic_file(path) as file:
        file.write(content(tune))


def content(tune: Tune) -> bytes:
    """Write a tune as MusicXML; the same tune gives the same bytes on every day."""
    try:
        root = _exported(tune)
    except MusicXMLExportException:
        tune = note_values.in_writing(tune)
        root = _exported(tune)
    about = root.find("identification")
    about.remove(about.find("creator"))  # music21, it says
    about.find("encoding").remove(about.find("encoding/encoding-date"))
    for parts in (root.findall("part-list/score-part"), root.findall("part")):
        for number, part in enumerate(parts, start=1):
            part.set("id", f"P{number}")  # a drawn one, else
    _add_chords(root.find("part"), tune)
    text: bytes = ElementTree.tostring(root, encoding="utf-8")
    return _HEAD + text + b"\n"


def _add_chords(part: Element, tune: Tune) -> None:
    """Put chord symbols before the notes and rests that they begin with, or begin in."""
    divisions = int(part.findtext(".//divisions", "1"))
    for bar, measure in zip(part.iterfind("measure"), notation.measures(tune), strict=False):
        starts, now = [], Fraction(0)
        for element in bar.findall("note"):
            starts.append((now, element))
            now += Fraction(int(element.findtext("duration", "0")), divisions)
        for onset, symbol in measure.chords:
            start, element = max((one for one in starts if one[0] <= onset), key=lambda one: one[0])
            offset = (onset - start) * divisions
            bar.insert(list(bar).index(element), harmony.element(symbol, offset=offset))


def _exported(tune: Tune) -> Any:
    score: Any = stream.Score([_part(tune)] + [_part(tune, voice) for voice in tune.further_voices])
    score.metadata = metadata.Metadata(title=printable.line(tune.title))
    return ScoreExporter(score, makeNotation=False).parse()


def _part(tune: Tune, voice: Voice | None = None) -> Any:
    """Build the part of the melody or of another voice; an upbeat is measure 0."""
    bars: list[Any] = []
    upbeat = notation.upbeat(tune)
    meters, tied, in_force = [""], False, InForce(tune.key)
    for number, measure in enumerate(notation.measures(tune, voice), start=0 if upbeat else 1):
        missing = measure_length(measure.meter) - sum(event.length for event in measure.events)
        start = Fraction(0) if number else missing
        bar: Any = stream.Measure(number=number)
        bar.paddingLeft, bar.paddingRight = start, missing - start
        bar.showNumber = ShowNumber.DEFAULT if number else ShowNumber.NEVER
        if not bars:
            for element in _heading(tune, voice):
                bar.append(element)
        if measure.meter != meters[-1]:
            bar.append(meter.TimeSignature(measure.meter))
            meters.append(measure.meter)
        for event in note_values.tied(measure, start):
            bar.append(_element(event, tune.key, in_force, tied=tied))
            tied = event.tied
        in_force.barline()
        bars.append(bar)
    bars = bars or [_silence(tune)]
    bars[-1].rightBarline = "final"
    part: Any = stream.Part(bars, id="melody" if voice is None else voice.name)
    if tune.further_voices:
        part.partName = printable.line((voice or tune.voices[0]).name)
    part.makeBeams(inPlace=True)
    for bar in bars:
        makeTupletBrackets(bar, inPlace=True)
    return part


def _silence(tune: Tune) -> Any:
    """Build the one measure of a tune without notes."""
    rest = note.Rest(quarterLength=measure_length(tune.meter))
    return stream.Measure([*_heading(tune), meter.TimeSignature(tune.meter), rest], number=1)


def _heading(tune: Tune, voice: Voice | None = None) -> list[Any]:
    """Build what stands before the first meter; the tempo is the melody's part's."""
    if voice is None:
        mark = tempo.MetronomeMark(
            number=dances.beats_per_minute(tune), referent=notation.beat(tune.meter)
        )
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
