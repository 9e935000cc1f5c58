"""The melody of a standard MIDI file, exact to the tick.

Time, pitch and meter are what the file says; tempo and expression have no bearing. Of notes that
start together the highest is the melody, and a note that still sounds when the next one starts
ends there. The melody is taken from the track that is asked for; else from the first whose name
contains "melody"; else from the first with notes. A file of one track is parted by channels
first. Channel 10, percussion, never counts.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from mido import KeySignatureError, MidiFile, MidiTrack

from nottingham.corpus import limits, names
from nottingham.corpus.limits import UnreadableTuneError
from nottingham.corpus.performance import check
from nottingham.corpus.score import UNTITLED, WrittenNote, top_line
from nottingham.corpus.tune import MeterChange, Note, Tune

_PERCUSSION = 9
_ERRORS = (EOFError, KeySignatureError, LookupError, OSError, TypeError, ValueError)


@dataclass
class _Track:
    """One voice of a file."""

    name: str
    notes: list[WrittenNote] = field(default_factory=list)


def read(content: bytes, *, id: str, source: str, melody_track: int | str | None = None) -> Tune:
    """Read a MIDI file.

    Args:
        content: the file.
        id: the tune's.
        source: the file's path.
        melody_track: the melody's track, by its place from 1 on, or by its name; None for the
            rule above.

    Raises:
        UnreadableTuneError: saying why.
    """
    limits.check_size(content)
    try:
        file = MidiFile(file=io.BytesIO(content), clip=True)
    except _ERRORS as error:
        raise UnreadableTuneError(f"no MIDI file: {error or type(error).__name__}") from error
    if file.ticks_per_beat <= 0 or file.ticks_per_beat >= 2**15:
        raise UnreadableTuneError("its time is in frames, not in beats")
    track = _melody_track(list(_tracks(file)), melody_track)
    meters, key = _signatures(file)
    tune = Tune(
        id=id,
        title=next((name for t in file.tracks if (name := _name(t))), UNTITLED),
        meter=meters[0].meter,
        meter_changes=tuple(meters[1:]),
        key=key,
        notes=tuple(Note(*note[:3]) for note in top_line(track.notes)),
        chords=(),
        source=source,
    )
    check(tune)
    return tune


def _tracks(file: MidiFile) -> Iterator[_Track]:
    """Yield every track in order; one without notes too, so that places count as users see them."""
    for track in file.tracks:
        voices: dict[int, _Track] = {}
        sounding: dict[tuple[int, int], list[int]] = {}
        name, now = _name(track), 0
        for message in track:
            now += message.time
            if message.type not in ("note_on", "note_off") or message.channel == _PERCUSSION:
                continue
            starts = sounding.setdefault((message.channel, message.note), [])
            if message.type == "note_on" and message.velocity:
                starts.append(now)
            elif starts:
                voice = voices.setdefault(message.channel, _Track(name))
                start, end = (Fraction(t, file.ticks_per_beat) for t in (starts.pop(0), now))
                if end > start:
                    voice.notes.append(WrittenNote(start, end - start, message.note, False))
        if len(file.tracks) == 1:
            yield from (voices[channel] for channel in sorted(voices))
        else:
            merged = [note for voice in voices.values() for note in voice.notes]
            yield _Track(name, merged)


def _name(track: MidiTrack) -> str:
    """Give a track's name, in UTF-8 where it is; mido takes every byte for a character."""
    name: str = track.name
    try:
        return names.line(name.encode("latin-1").decode("utf-8"))
    except UnicodeDecodeError:
        return names.line(name)


def _melody_track(tracks: list[_Track], wanted: int | str | None) -> _Track:
    if isinstance(wanted, int):
        if wanted > len(tracks):
            raise UnreadableTuneError(f"parse.melody_track is {wanted}, it has {len(tracks)}")
        return tracks[wanted - 1]
    if wanted is not None:
        for track in tracks:
            if track.name.lower() == wanted.strip().lower():
                return track
        there = ", ".join(repr(track.name) for track in tracks)
        raise UnreadableTuneError(f"parse.melody_track is {wanted!r}, its tracks are {there}")
    with_notes = [track for track in tracks if track.notes]
    if not with_notes:
        raise UnreadableTuneError("it has no notes")
    return next((t for t in with_notes if "melody" in t.name.lower()), with_notes[0])


def _signatures(file: MidiFile) -> tuple[list[MeterChange], str]:
    """List the meter at the start (4/4 where none is given) and its changes; name the key."""
    meters = [MeterChange(Fraction(0), "4/4")]
    key = ""
    for track in file.tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == "time_signature" and message.numerator:
                onset = Fraction(now, file.ticks_per_beat)
                meter = f"{message.numerator}/{message.denominator}"
                if onset == meters[-1].onset:
                    meters[-1] = MeterChange(onset, meter)
                elif onset > meters[-1].onset and meter != meters[-1].meter:
                    meters.append(MeterChange(onset, meter))
            elif message.type == "key_signature" and not key:
                minor = message.key.endswith("m")
                key = f"{message.key.removesuffix('m')} {'minor' if minor else 'major'}"
    return meters, key
