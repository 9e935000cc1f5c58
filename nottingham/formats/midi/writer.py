"""Tunes as standard MIDI files.

MIDI has no chord symbols. They are written as text events, `CHORD` before the symbol, which
sequencers show above the notes and the reader takes for what they are.
"""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from mido import Message, MetaMessage, MidiFile, MidiTrack, bpm2tempo

from nottingham.files import atomic_file
from nottingham.formats.midi import CHORD
from nottingham.music import dances, notation
from nottingham.music.tune import Note, Tune

_TICKS = 960  # in a quarter note; the finest grid's steps are whole ticks in the usual meters
_VELOCITY = 80
_MOST_SIGNS = 7
_CHANNELS = [channel for channel in range(16) if channel != 9]
"""Of voices: all but that of percussion."""

_Timed = tuple[int, Message | MetaMessage]
"""A message and its time in ticks."""


def write(tune: Tune, path: Path | str) -> None:
    """Write a tune as a MIDI file, at a dance's tempo.

    One voice is one track. Where there are further ones, the first track has the heading and the
    chord symbols, and each voice a track and a channel of its own.
    """
    heading = [(0, message) for message in _heading(tune)]
    heading += [(_tick(c.onset), MetaMessage("text", text=CHORD + c.symbol)) for c in tune.chords]
    if tune.further_voices:
        tracks = [heading]
        for number, voice in enumerate(tune.voices):
            name = MetaMessage("track_name", name=voice.name)
            channel = _CHANNELS[number % len(_CHANNELS)]
            tracks.append([(0, name), *_messages(voice.notes, channel=channel)])
    else:
        tracks = [[*heading, *_messages(tune.notes)]]
    file = MidiFile(type=int(len(tracks) > 1), ticks_per_beat=_TICKS, charset="utf-8")
    file.tracks.extend(map(_track, tracks))
    with atomic_file(path) as out:
        file.save(file=out)


def _heading(tune: Tune) -> Iterable[MetaMessage]:
    """Yield the title, the tempo, the meter and the key."""
    beats, _, unit = tune.meter.partition("/")
    yield MetaMessage("track_name", name=tune.title)
    quarters_per_minute = float(dances.beats_per_minute(tune) * notation.beat(tune.meter))
    yield MetaMessage("set_tempo", tempo=bpm2tempo(quarters_per_minute))
    yield MetaMessage("time_signature", numerator=int(beats), denominator=int(unit))
    if signature := _signature(tune.key):
        yield MetaMessage("key_signature", key=signature)


def _track(timed: Iterable[_Timed]) -> MidiTrack:
    """Put messages in order, each with the ticks since the one before."""
    track, now = MidiTrack(), 0
    for tick, message in sorted(timed, key=lambda one: one[0]):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(MetaMessage("end_of_track"))
    return track


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


def _messages(notes: Iterable[Note], *, channel: int = 0) -> list[_Timed]:
    """List all note starts and ends in time; where they fall together, ends come first."""
    events = []
    for note in notes:
        events.append((_tick(note.onset), "note_on", note.pitch))
        events.append((_tick(note.onset + note.duration), "note_off", note.pitch))
    events.sort(key=lambda event: (event[0], event[1] == "note_on"))
    return [
        (tick, Message(kind, note=pitch, velocity=_VELOCITY, channel=channel))
        for tick, kind, pitch in events
    ]


def _tick(moment: Fraction) -> int:
    return round(moment * _TICKS)
