"""The melody of a standard MIDI file.

Pitch and meter are what the file says; `quantise` says which moments the ticks stand for. Tempo and
expression have no bearing. Of notes that sound together `score.top_line` keeps the melody. It is
taken from the track that is asked for; else from the first whose name contains "melody"; else from
the first with notes. A file of one track is parted by channels first. Channel 10, percussion, never
counts.

A change of meter that is at most a 32nd note away from a barline belongs to that barline. A first
meter of one measure that is shorter than the next one's, as programs write it, is an upbeat.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from nottingham import printable
from nottingham.formats.midi import quantise, smf
from nottingham.formats.notated import UNTITLED, WrittenNote, top_line
from nottingham.formats.unfold import check
from nottingham.music import limits
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.tune import MeterChange, Note, Tune, measure_length

_PERCUSSION = 9
_BARLINE = Fraction(1, 8)


@dataclass
class _Track:
    """One voice of a file."""

    name: str
    number: int
    """Of the file's track that it is in, from 0 on."""
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
    file = smf.read(content)
    track = _melody_track(list(_tracks(file)), melody_track)
    if len({note.onset for note in track.notes}) > limits.MAX_NOTES:
        raise UnreadableTuneError(f"it has more than {limits.MAX_NOTES:,} notes")
    notes, remarks = quantise.quantise(track.notes, file.ticks_per_beat)
    of_the_tune = [file.tracks[track.number]] if file.independent else file.tracks
    meters, key = _signatures(of_the_tune, file.ticks_per_beat)
    rest = _rest_before_upbeat(meters)
    if rest:
        meters = [MeterChange(m.onset and m.onset + rest, m.meter) for m in meters[1:]]
        meters[0] = MeterChange(Fraction(0), meters[0].meter)
    tune = Tune(
        id=id,
        title=next((name for t in of_the_tune if (name := _name(t))), UNTITLED),
        meter=meters[0].meter,
        meter_changes=tuple(meters[1:]),
        key=key,
        notes=tuple(Note(rest + n.onset, n.duration, n.pitch) for n in top_line(notes)),
        chords=(),
        source=source,
        remarks=(*file.remarks, *remarks),
    )
    check(tune)
    return tune


def _tracks(file: smf.File) -> Iterator[_Track]:
    """Yield every track in order; one without notes too, so that places count as users see them."""
    for number, track in enumerate(file.tracks):
        voices: dict[int, _Track] = {}
        name = _name(track)
        for channel, note in sorted(_notes(track, file.ticks_per_beat)):
            voices.setdefault(channel, _Track(name, number)).notes.append(note)
        if len(file.tracks) == 1:
            yield from voices.values()
        else:
            merged = [note for voice in voices.values() for note in voice.notes]
            yield _Track(name, number, merged)


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


def _name(track: Sequence[smf.Event]) -> str:
    """Return a track's name, in UTF-8 where it is; mido takes every byte for a character."""
    name: str = next((m.name for _, m in track if m.type == "track_name"), "")
    try:
        return printable.line(name.encode("latin-1").decode("utf-8"))
    except UnicodeDecodeError:
        return printable.line(name)


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


def _signatures(
    tracks: Sequence[Sequence[smf.Event]], ticks_per_beat: int
) -> tuple[list[MeterChange], str]:
    """List the meter at the start (4/4 where none is given) and its changes; name the key."""
    meters = [MeterChange(Fraction(0), "4/4")]
    key = ""
    for track in tracks:
        for tick, message in track:
            if message.type == "time_signature":
                onset = _at_barline(Fraction(tick, ticks_per_beat), meters[-1])
                meter = f"{message.numerator}/{message.denominator}"
                if onset == meters[-1].onset:
                    meters[-1] = MeterChange(onset, meter)
                elif onset > meters[-1].onset and meter != meters[-1].meter:
                    meters.append(MeterChange(onset, meter))
            elif message.type == "key_signature" and not key:
                minor = message.key.endswith("m")
                key = f"{message.key.removesuffix('m')} {'minor' if minor else 'major'}"
    return meters, key


def _rest_before_upbeat(meters: Sequence[MeterChange]) -> Fraction:
    """Return how much of a measure is missing before an upbeat with a meter of its own; else 0."""
    if len(meters) == 1:
        return Fraction(0)
    first, whole = (measure_length(change.meter) for change in meters[:2])
    return whole - first if meters[1].onset == first < whole else Fraction(0)


def _at_barline(onset: Fraction, before: MeterChange) -> Fraction:
    """Move the onset of a meter to the barline next to it, if it is that near."""
    length = measure_length(before.meter)
    barline = before.onset + round((onset - before.onset) / length) * length
    return barline if abs(onset - barline) <= _BARLINE else onset
