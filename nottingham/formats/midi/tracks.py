"""The tracks of a standard MIDI file as notes and names; which of them has the melody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from nottingham import printable
from nottingham.formats.midi import smf
from nottingham.formats.notated import WrittenNote
from nottingham.music.limits import UnreadableTuneError

_PERCUSSION = 9


@dataclass
class Track:
    """One voice of a file."""

    name: str
    label: str
    """The name as a voice's: of a channel of the only track, ``channel 2``."""
    number: int
    """Of the file's track that it is in, from 0 on."""
    notes: list[WrittenNote] = field(default_factory=list)


def read(file: smf.File) -> Iterator[Track]:
    """Yield every track in order, those without notes too: users count them."""
    for number, track in enumerate(file.tracks):
        voices: dict[int, Track] = {}
        name = name_of(track)
        for channel, note in sorted(_notes(track, file.ticks_per_beat)):
            voice = voices.setdefault(channel, Track(name, f"channel {channel + 1}", number))
            voice.notes.append(note)
        if len(file.tracks) == 1:
            yield from voices.values()
        else:
            merged = [note for voice in voices.values() for note in voice.notes]
            yield Track(name, name or str(number + 1), number, merged)


def _notes(track: Sequence[smf.Event], ticks_per_beat: int) -> Iterator[tuple[int, WrittenNote]]:
    """Yield channel and note; one that never ends sounds until the track does.

    Of a note of no length the end may stand before the start: it is no note, and none that hangs.
    """
    sounding: dict[tuple[int, int], list[int]] = {}
    ended: dict[tuple[int, int], int] = {}

    def note(channel: int, pitch: int, *ticks: int) -> tuple[int, WrittenNote]:
        start, end = (Fraction(tick, ticks_per_beat) for tick in ticks)
        return channel, WrittenNote(start, end - start, pitch, False)

    for now, message in track:
        if message.type not in ("note_on", "note_off") or message.channel == _PERCUSSION:
            continue
        key = message.channel, message.note
        starts = sounding.setdefault(key, [])
        if message.type == "note_on" and message.velocity:
            if ended.get(key) != now:
                starts.append(now)
        elif not starts:
            ended[key] = now
        elif (start := starts.pop(0)) < now:
            yield note(*key, start, now)
    for (channel, pitch), starts in sounding.items():
        for start in starts:
            if start < track[-1].tick:
                yield note(channel, pitch, start, track[-1].tick)


def name_of(track: Sequence[smf.Event]) -> str:
    """Return a track's name; empty where it has none."""
    return decoded(next((m.name for _, m in track if m.type == "track_name"), ""))


def decoded(text: str) -> str:
    """Return a text in UTF-8 where it is; mido takes every byte for a character."""
    try:
        return printable.line(text.encode("latin-1").decode("utf-8"))
    except UnicodeDecodeError:
        return printable.line(text)


def melody(tracks: list[Track], wanted: int | str | None) -> Track:
    """Return the track that has the melody.

    Args:
        tracks: of a file, in order.
        wanted: its number from 1 on, or its name; None for the first whose name contains
            "melody", or the first with notes.

    Raises:
        UnreadableTuneError: if it is not there, or there are no notes.
    """
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
