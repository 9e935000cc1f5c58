"""A written melody as it sounds: in playing order, with ties joined, on the barlines' grid.

Further voices are played in the melody's order. One that breaks a limit costs the tune nothing but
itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from nottingham import printable
from nottingham.formats.notated import UNTITLED, Bar, Score, WrittenNote
from nottingham.formats.order import playing_order
from nottingham.music import limits
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.tune import ChordSymbol, MeterChange, Note, Tune, Voice, measure_length

_TOO_LONG = f"it is longer than {int(limits.MAX_LENGTH):,} quarter notes"


def unfold(score: Score, *, id: str, source: str, jumps: bool = True) -> Tune:
    """Play a score once through.

    Args:
        score: what is played.
        id: the tune's.
        source: the file it was read from.
        jumps: whether D.C., D.S. and codas are played too.

    Raises:
        UnreadableTuneError: if there is nothing to play, or more than any tune has.
    """
    order, remarks = playing_order(score, jumps=jumps)
    played = [score.bars[index] for index in order]
    if not played:
        raise UnreadableTuneError("it has no notes")
    onsets = _onsets(played)
    voices, left_out = further_voices(
        (name, _notes([bar.beside[position] for bar in played], onsets))
        for position, name in enumerate(score.further_voices)
    )
    tune = Tune(
        id=id,
        title=printable.line(score.title) or UNTITLED,
        meter=played[0].meter,
        meter_changes=_meter_changes(played, onsets),
        key=score.key,
        notes=_notes([bar.notes for bar in played], onsets),
        chords=tuple(
            ChordSymbol(onset + position, symbol)
            for bar, onset in zip(played, onsets, strict=True)
            for position, symbol in bar.chords
        ),
        source=source,
        remarks=(*score.remarks, *remarks, *left_out),
        further_voices=voices,
        rhythm=printable.line(score.rhythm),
    )
    check(tune)
    return tune


def further_voices(
    lines: Iterable[tuple[str, tuple[Note, ...]]],
) -> tuple[tuple[Voice, ...], list[str]]:
    """Return the voices that sound and are within the limits, and remarks on those that are not.

    Args:
        lines: name and notes of each voice beside the melody. One without a name has its number,
            2 for the first.
    """
    voices: list[Voice] = []
    remarks = []
    for name, notes in lines:
        if not notes:
            continue
        voice = Voice(printable.line(name) or str(len(voices) + 2), notes)
        try:
            if len(voices) == limits.MAX_VOICES - 1:
                raise UnreadableTuneError(f"more than {limits.MAX_VOICES} are not read")
            _check_line(notes)
        except UnreadableTuneError as error:
            remarks.append(left_out(voice.name, error))
        else:
            voices.append(voice)
    return tuple(voices), remarks


def left_out(name: str, reason: UnreadableTuneError) -> str:
    """Return the remark on a further voice that cannot be read."""
    return f"its voice {printable.line(name)} is left out: {reason}"


def _onsets(played: Sequence[Bar]) -> list[Fraction]:
    """Place the bars one after the other; an upbeat starts after the rest before it."""
    measure = measure_length(played[0].meter)
    now = max(measure - played[0].length, Fraction(0))
    onsets = []
    for bar in played:
        onsets.append(now)
        now += bar.length
    return onsets


def _meter_changes(played: Sequence[Bar], onsets: Sequence[Fraction]) -> tuple[MeterChange, ...]:
    """List the changes of meter, each from its first barline: an upbeat is still before it."""
    changes: list[MeterChange] = []
    meter = played[0].meter
    for bar, onset in zip(played, onsets, strict=True):
        if bar.meter != meter:
            meter = bar.meter
            upbeat = bar.length if bar.length < measure_length(meter) else 0
            barline = onset + upbeat
            if changes and changes[-1].onset == barline:
                changes.pop()
            changes.append(MeterChange(barline, meter))
    return tuple(changes)


def _notes(played: Iterable[Sequence[WrittenNote]], onsets: Sequence[Fraction]) -> tuple[Note, ...]:
    """Join tied notes that meet, across barlines and repeats."""
    notes: list[Note] = []
    tied = False
    for written, start in zip(played, onsets, strict=True):
        for onset, duration, pitch, ties in written:
            last = notes[-1] if tied else None
            note = Note(start + onset, duration, pitch)
            if last and last.pitch == pitch and last.onset + last.duration == note.onset:
                notes[-1] = replace(last, duration=last.duration + duration)
            else:
                notes.append(note)
            tied = ties
    return tuple(notes)


def check(tune: Tune) -> None:
    """Refuse what is no folk melody.

    Raises:
        UnreadableTuneError: naming the limit.
    """
    if not tune.notes:
        raise UnreadableTuneError("it has no notes")
    _check_line(tune.notes)
    if any(chord.onset > limits.MAX_LENGTH for chord in tune.chords[-1:]):
        raise UnreadableTuneError(_TOO_LONG)
    for meter in {tune.meter, *(change.meter for change in tune.meter_changes)}:
        check_meter(meter)


def _check_line(notes: Sequence[Note]) -> None:
    """Raise an UnreadableTuneError, naming the limit, if a line of notes is beyond one."""
    if len(notes) > limits.MAX_NOTES:
        raise UnreadableTuneError(f"it has more than {limits.MAX_NOTES:,} notes")
    if notes[-1].onset + notes[-1].duration > limits.MAX_LENGTH:
        raise UnreadableTuneError(_TOO_LONG)
    for note in notes:
        if not limits.LOWEST_PITCH <= note.pitch <= limits.HIGHEST_PITCH:
            raise UnreadableTuneError(f"its MIDI pitch {note.pitch} is not on a piano")
        if note.onset.denominator > limits.MAX_DENOMINATOR:
            raise UnreadableTuneError("its note lengths share no usable grid")


def check_meter(meter: str) -> None:
    """Refuse a meter that notation does not have: its beats are halves, quarters, eighths.

    Raises:
        UnreadableTuneError: naming it.
    """
    unit = int(meter.partition("/")[2])
    written = unit & (unit - 1) == 0
    if not (written and limits.SHORTEST_MEASURE <= measure_length(meter) <= limits.LONGEST_MEASURE):
        raise UnreadableTuneError(f"its meter is {meter}")
