"""Tunes as MusicXML, which notation programs open: one part, measures, ties, beams and a key."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from music21 import key, metadata, meter, note, stream, tempo, tie
from music21.musicxml.m21ToXml import ScoreExporter
from music21.stream.enums import ShowNumber

from nottingham.corpus.tune import Tune
from nottingham.files import written
from nottingham.generation import notation
from nottingham.generation.midi import BEATS_PER_MINUTE, beat
from nottingham.generation.notation import Event, Measure

_SIGNS = {-1: "-", 0: "", 1: "#"}  # as music21 has them
_HEAD = b"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" \
"http://www.musicxml.org/dtds/partwise.dtd">
"""


def write(tune: Tune, path: Path | str) -> None:
    """Write a tune as a MusicXML file."""
    with written(path) as file:
        file.write(content(tune))


def content(tune: Tune) -> bytes:
    """Write a tune as MusicXML; the same tune gives the same bytes on every day."""
    score = stream.Score([_part(tune)])
    score.metadata = metadata.Metadata(title=tune.title)
    root = ScoreExporter(score).parse()
    about = root.find("identification")
    about.remove(about.find("creator"))  # music21, it says
    about.find("encoding").remove(about.find("encoding/encoding-date"))
    for part in (root.find("part-list/score-part"), root.find("part")):
        part.set("id", "P1")  # a drawn one, else
    return _HEAD + ElementTree.tostring(root, encoding="utf-8") + b"\n"


def _part(tune: Tune) -> stream.Part:
    """Build the part; an upbeat is measure 0."""
    part = stream.Part(list(_bars(tune, notation.measures(tune))), id="melody")
    part.makeBeams(inPlace=True)
    return part


def _bars(tune: Tune, measures: list[Measure]) -> Iterator[stream.Measure]:
    shown, tied = "", False
    for number, measure in enumerate(measures, start=0 if tune.upbeat else 1):
        bar = stream.Measure(number=number)
        if number == 0:
            bar.showNumber = ShowNumber.NEVER
        if not shown:
            bar.append(_key(tune.key))
            bar.append(tempo.MetronomeMark(number=BEATS_PER_MINUTE, referent=beat(tune.meter)))
        if measure.meter != shown:
            bar.append(meter.TimeSignature(measure.meter))
            shown = measure.meter
        for event in measure.events:
            bar.append(_element(event, tune.key, tied=tied))
            tied = event.tied
        yield bar


def _element(event: Event, of_key: str, *, tied: bool) -> note.GeneralNote:
    """Build a note, which may be tied to the one before and to the one behind it, or a rest."""
    if event.pitch is None:
        return note.Rest(quarterLength=event.length)
    letter, accidental, octave = notation.spell(event.pitch, of_key)
    found = note.Note(f"{letter}{_SIGNS[accidental]}{octave}", quarterLength=event.length)
    if tied or event.tied:
        found.tie = tie.Tie("stop" if not event.tied else "continue" if tied else "start")
    return found


def _key(name: str) -> key.KeySignature:
    tonic, _, mode = name.partition(" ")
    if not tonic:
        return key.KeySignature(0)
    return key.Key(tonic.replace("b", "-"), mode)
