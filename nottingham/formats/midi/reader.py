"""The melody of a standard MIDI file, and what is played beside it.

Pitch and meter are what the file says; `quantise` says which moments the ticks stand for. Tempo and
expression have no bearing. Of notes that sound together `notated.top_line` keeps the melody. It is
taken from the track that is asked for; else from the first whose name contains "melody"; else from
the first with notes. A file of one track is parted by channels first. Channel 10, percussion, never
counts. Every other track with notes is a further voice, by the same rules; in a file of independent
tracks there is none. Text that begins as `midi.writer` has it is a chord symbol.

A change of meter that is at most a 32nd note away from a barline belongs to that barline. A first
meter of one measure that is shorter than the next one's, as programs write it, is an upbeat; so is,
in a file of one meter, what stands before the first of the barlines that `accents` mark.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from nottingham.formats import unfold
from nottingham.formats.midi import CHORD, accents, quantise, smf, tracks
from nottingham.formats.midi.tracks import Track
from nottingham.formats.notated import UNTITLED, WrittenNote, top_line
from nottingham.formats.unfold import check
from nottingham.music import limits
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.tune import ChordSymbol, MeterChange, Note, Tune, Voice, measure_length

_BARLINE = Fraction(1, 8)
_REGULAR = 0.9
"""Share of the accents on barlines below which a remark is made."""


def read(content: bytes, *, id: str, source: str, melody_track: int | str | None = None) -> Tune:
    """Read a MIDI file.

    Args:
        content: the file.
        id: the tune's.
        source: the file's path.
        melody_track: the melody's track, by its position from 1 on, or by its name; None for the
            rule above.

    Raises:
        UnreadableTuneError: saying why.
    """
    limits.check_size(content)
    file = smf.read(content)
    voices = list(tracks.read(file))
    melody = tracks.melody(voices, melody_track)
    notes, remarks = _line(melody, file.ticks_per_beat)
    of_the_tune = [file.tracks[melody.number]] if file.independent else file.tracks
    meters, key = _signatures(of_the_tune, file.ticks_per_beat)
    rest = _rest_before_upbeat(meters)
    if rest:
        meters = [MeterChange(m.onset and m.onset + rest, m.meter) for m in meters[1:]]
        meters[0] = MeterChange(Fraction(0), meters[0].meter)
    elif len(meters) == 1:
        length = measure_length(meters[0].meter)
        marked = accents.find(file.tracks[melody.number], file.ticks_per_beat, length)
        if marked and marked.upbeat:
            rest = length - marked.upbeat
        if marked and marked.on_barlines < _REGULAR * marked.accents:
            remarks += (
                f"its accents mark barlines at uneven distances: {marked.on_barlines} of "
                f"{marked.accents} are at the beginnings of its measures as they are read",
            )
    others = [v for v in voices if v is not melody and v.notes and not file.independent]
    further, left_out = _further_voices(others[: limits.MAX_VOICES], file.ticks_per_beat, rest)
    tune = Tune(
        id=id,
        title=next((name for t in of_the_tune if (name := tracks.name_of(t))), UNTITLED),
        meter=meters[0].meter,
        meter_changes=tuple(meters[1:]),
        key=key,
        notes=_after(rest, notes),
        chords=tuple(_chords(of_the_tune, file.ticks_per_beat, rest)),
        source=source,
        remarks=(*file.remarks, *remarks, *left_out),
        further_voices=further,
    )
    check(tune)
    return tune


def _line(track: Track, ticks_per_beat: int) -> tuple[list[WrittenNote], tuple[str, ...]]:
    """Return the top line of a track at the moments that it was written for, and remarks.

    Raises:
        UnreadableTuneError: if it has too many notes, or their timing fits no grid.
    """
    if len({note.onset for note in track.notes}) > limits.MAX_NOTES:
        raise UnreadableTuneError(f"it has more than {limits.MAX_NOTES:,} notes")
    notes, remarks = quantise.quantise(track.notes, ticks_per_beat)
    return top_line(notes), remarks


def _after(rest: Fraction, notes: Iterable[WrittenNote]) -> tuple[Note, ...]:
    return tuple(Note(rest + note.onset, note.duration, note.pitch) for note in notes)


def _further_voices(
    others: Iterable[Track], ticks_per_beat: int, rest: Fraction
) -> tuple[tuple[Voice, ...], list[str]]:
    """Read the tracks beside the melody's; return the voices, and remarks."""
    lines, remarks = [], []
    for track in others:
        try:
            notes, said = _line(track, ticks_per_beat)
        except UnreadableTuneError as error:
            remarks.append(unfold.left_out(track.label, error))
        else:
            lines.append((track.label, _after(rest, notes)))
            remarks.extend(f"of its voice {track.label}: {remark}" for remark in said)
    voices, left_out = unfold.further_voices(lines)
    return voices, remarks + left_out


def _chords(
    of_the_tune: Sequence[Sequence[smf.Event]], ticks_per_beat: int, rest: Fraction
) -> list[ChordSymbol]:
    """List the chord symbols among the text of tracks."""
    found = [
        (Fraction(tick, ticks_per_beat), symbol)
        for track in of_the_tune
        for tick, message in track
        if message.type == "text"
        and message.text.startswith(CHORD)
        and (symbol := tracks.decoded(message.text.removeprefix(CHORD)))
    ]
    moments = quantise.written_moments((onset for onset, _ in found), ticks_per_beat)
    found.sort(key=lambda one: one[0])
    return [ChordSymbol(rest + moments[onset], symbol) for onset, symbol in found]


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
