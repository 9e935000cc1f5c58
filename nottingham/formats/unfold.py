"""A written melody as it sounds: in playing order, with ties joined, on the barlines' grid."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from nottingham import printable
from nottingham.formats.notated import UNTITLED, Score, Stretch
from nottingham.formats.order import playing_order
from nottingham.music import limits
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.tune import ChordSymbol, MeterChange, Note, Tune, measure_length


def perform(score: Score, *, id: str, source: str, jumps: bool = True) -> Tune:
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
    played = [score.stretches[index] for index in order]
    if not played:
        raise UnreadableTuneError("it has no notes")
    onsets = _onsets(played)
    tune = Tune(
        id=id,
        title=printable.line(score.title) or UNTITLED,
        meter=played[0].meter,
        meter_changes=_meter_changes(played, onsets),
        key=score.key,
        notes=_notes(played, onsets),
        chords=tuple(
            ChordSymbol(onset + place, symbol)
            for stretch, onset in zip(played, onsets, strict=True)
            for place, symbol in stretch.chords
        ),
        source=source,
        remarks=(*score.remarks, *remarks),
    )
    check(tune)
    return tune


def _onsets(played: Sequence[Stretch]) -> list[Fraction]:
    """Place the stretches one behind the other; an upbeat starts after the rest before it."""
    measure = measure_length(played[0].meter)
    now = max(measure - played[0].length, Fraction(0))
    onsets = []
    for stretch in played:
        onsets.append(now)
        now += stretch.length
    return onsets


def _meter_changes(
    played: Sequence[Stretch], onsets: Sequence[Fraction]
) -> tuple[MeterChange, ...]:
    """List the changes of meter, each from its first barline: an upbeat is still before it."""
    changes: list[MeterChange] = []
    meter = played[0].meter
    for stretch, onset in zip(played, onsets, strict=True):
        if stretch.meter != meter:
            meter = stretch.meter
            upbeat = stretch.length if stretch.length < measure_length(meter) else 0
            barline = onset + upbeat
            if changes and changes[-1].onset == barline:
                changes.pop()
            changes.append(MeterChange(barline, meter))
    return tuple(changes)


def _notes(played: Sequence[Stretch], onsets: Sequence[Fraction]) -> tuple[Note, ...]:
    """Join tied notes that meet, across barlines and repeats."""
    notes: list[Note] = []
    tied = False
    for stretch, start in zip(played, onsets, strict=True):
        for onset, duration, pitch, ties in stretch.notes:
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
    if len(tune.notes) > limits.MAX_NOTES:
        raise UnreadableTuneError(f"it has more than {limits.MAX_NOTES:,} notes")
    if tune.end > limits.MAX_LENGTH:
        raise UnreadableTuneError(f"it is longer than {int(limits.MAX_LENGTH):,} quarter notes")
    for meter in {tune.meter, *(change.meter for change in tune.meter_changes)}:
        check_meter(meter)
    for note in tune.notes:
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
