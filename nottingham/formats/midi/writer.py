"""Tunes as standard MIDI files."""

from fractions import Fraction
from pathlib import Path

from mido import Message, MetaMessage, MidiFile, MidiTrack, bpm2tempo

from nottingham.files import atomic_file
from nottingham.music import notation
from nottingham.music.tune import Tune

_TICKS = 960  # in a quarter note; the finest grid's steps are whole ticks in the usual meters
_VELOCITY = 80
_MOST_SIGNS = 7

BEATS_PER_MINUTE = 110
"""The tempo of a dance."""


def write(tune: Tune, path: Path | str) -> None:
    """Write a tune as a MIDI file of one track, at a dance's tempo."""
    file = MidiFile(type=0, ticks_per_beat=_TICKS, charset="utf-8")
    track = MidiTrack()
    file.tracks.append(track)
    beats, _, unit = tune.meter.partition("/")
    track.append(MetaMessage("track_name", name=tune.title))
    quarters_per_minute = float(BEATS_PER_MINUTE * notation.beat(tune.meter))
    track.append(MetaMessage("set_tempo", tempo=bpm2tempo(quarters_per_minute)))
    track.append(MetaMessage("time_signature", numerator=int(beats), denominator=int(unit)))
    if signature := _signature(tune.key):
        track.append(MetaMessage("key_signature", key=signature))
    now = 0
    for time, kind, pitch in _events(tune):
        track.append(Message(kind, note=pitch, velocity=_VELOCITY, time=time - now))
        now = time
    track.append(MetaMessage("end_of_track"))
    with atomic_file(path) as out:
        file.save(file=out)


def _signature(key: str) -> str:
    """Name the signature of a key as MIDI does, ``D`` or ``Bm``; nothing for one it has not.

    MIDI knows major and minor only: other modes become the major key of the same signature.
    """
    sharps = sum(notation.altered(key).values())
    if not key or abs(sharps) > _MOST_SIGNS:
        return ""
    if key.endswith(" minor"):
        return key.removesuffix(" minor") + "m"
    letter, accidental = notation.on_fifths(sharps)
    return letter + {-1: "b", 0: "", 1: "#"}[accidental]


def _events(tune: Tune) -> list[tuple[int, str, int]]:
    """List all note starts and ends in time; where they fall together, ends come first."""
    events = []
    for note in tune.notes:
        events.append((_tick(note.onset), "note_on", note.pitch))
        events.append((_tick(note.onset + note.duration), "note_off", note.pitch))
    return sorted(events, key=lambda event: (event[0], event[1] == "note_on"))


def _tick(moment: Fraction) -> int:
    return round(moment * _TICKS)
