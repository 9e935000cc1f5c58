"""ABC, MIDI and MusicXML into tunes: the only module that reads with music21.

The melody is the top line of the first part, in the playing order that music21's
``expandRepeats`` finds; where that goes astray, a tune stays as written. Tied notes are one note;
grace notes, which take no time, are left out.
"""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from music21 import bar, chord, converter, harmony, key, meter, note, repeat, spanner, stream
from music21.exceptions21 import Music21Exception

from nottingham.corpus.tune import ChordSymbol, MeterChange, Note, Tune, measure_length

_UNTITLED = "Untitled"
_MUSIC21_ERRORS = (
    Music21Exception,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
_Event = TypeVar("_Event", Note, ChordSymbol, MeterChange)


class UnreadableTuneError(Exception):
    """A tune that cannot be read, with the reason."""


@dataclass(frozen=True)
class Reading:
    """A tune, and whether its repeats are unfolded or it stands as written."""

    tune: Tune
    unfolded: bool


def read_abc(text: str, *, id: str, source: str) -> Reading:
    """Read one ABC tune.

    Raises:
        UnreadableTuneError: saying why.
    """
    return _read(text, "abc", id=id, source=source)


def read_file(path: Path, *, id: str, source: str) -> Reading:
    """Read a MIDI or MusicXML file as one tune.

    Raises:
        UnreadableTuneError: saying why.
    """
    return _read(path, None, id=id, source=source)


def _read(notation: str | Path, format_: str | None, *, id: str, source: str) -> Reading:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # forceSource: never a pickle that an earlier run left in a shared temporary folder
            score = converter.parse(notation, format=format_, forceSource=True)
            part, unfolded = _in_playing_order(_first_part(score))
            tune = _tune(part, title=_title(score), id=id, source=source)
    except _MUSIC21_ERRORS as error:
        raise UnreadableTuneError(f"{type(error).__name__}: {error}") from error
    if not tune.notes:
        raise UnreadableTuneError("it has no notes")
    return Reading(tune, unfolded)


def _in_playing_order(part: Any) -> tuple[Any, bool]:
    """Unfold repeats, or say that music21 could not: it gave up, or played more than all twice."""
    if not part.getElementsByClass(stream.Measure):  # a tune without barlines
        return part, True
    _open_repeats(part)
    try:
        played = part.expandRepeats()
    except repeat.ExpanderException:
        return part, False
    if played.highestTime > 2 * part.highestTime:
        return part, False
    return played, True


def _open_repeats(part: Any) -> None:
    """Write the opening sign that every closing one implies for the section behind it.

    Without it music21 repeats ``A :| B :|`` as A A B A A B.
    """
    in_endings = {
        id(measure)
        for bracket in part.recurse().getElementsByClass(spanner.RepeatBracket)
        for measure in bracket.getSpannedElements()
    }
    opening, closed = None, False
    for measure in part.getElementsByClass(stream.Measure):
        if closed and id(measure) not in in_endings:
            opening, closed = measure, False
        if _is_repeat(measure.leftBarline, "start"):
            opening = None
        if _is_repeat(measure.rightBarline, "end"):
            if opening is not None:
                opening.leftBarline = bar.Repeat(direction="start")
            opening, closed = None, True


def _is_repeat(barline: Any, direction: str) -> bool:
    return isinstance(barline, bar.Repeat) and barline.direction == direction


def _first_part(score: Any) -> Any:
    if isinstance(score, stream.Opus):
        score = score.scores[0]
    parts = list(score.parts)
    return parts[0] if parts else score


def _title(score: Any) -> str:
    title = score.metadata.title if score.metadata is not None else None
    return title or _UNTITLED


def _tune(part: Any, *, title: str, id: str, source: str) -> Tune:
    meters = _meters(part)
    first = meters[0].meter
    shift = _upbeat_rest(part, measure_length(first))
    flat = part.flatten()
    chords = [
        ChordSymbol(_exact(c.offset), c.figure) for c in flat.getElementsByClass(harmony.Harmony)
    ]
    return Tune(
        id=id,
        title=title,
        meter=first,
        meter_changes=tuple(_shifted(meters[1:], shift)),
        key=_key(part),
        notes=tuple(_shifted(_melody(_sounding(flat.notes)), shift)),
        chords=tuple(_shifted(chords, shift)),
        source=source,
    )


def _shifted(events: Iterable[_Event], shift: Fraction) -> Iterable[_Event]:
    return (replace(event, onset=event.onset + shift) for event in events)


def _exact(length: Any) -> Fraction:
    """Take a music21 offset or duration, a binary float or a fraction, as the fraction it is."""
    return Fraction(length)


def _meters(part: Any) -> list[MeterChange]:
    """List the meter at the start (4/4 where none is given) and every change after it."""
    meters = [MeterChange(Fraction(0), "4/4")]
    for signature in part.flatten().getElementsByClass(meter.TimeSignature):
        change = MeterChange(_exact(signature.offset), signature.ratioString)
        if change.onset == meters[-1].onset:
            meters[-1] = change
        elif change.meter != meters[-1].meter:
            meters.append(change)
    return meters


def _upbeat_rest(part: Any, measure: Fraction) -> Fraction:
    """Measure the rest before the upbeat, so that the first barline falls on the grid."""
    first = part.getElementsByClass(stream.Measure).first()
    return _exact(first.paddingLeft) % measure if first is not None else Fraction(0)


def _key(part: Any) -> str:
    signature = part.flatten().getElementsByClass(key.Key).first()
    if signature is None:
        return ""
    return f"{signature.tonic.name.replace('-', 'b')} {signature.mode}"


def _sounding(elements: Iterable[Any]) -> list[tuple[Note, bool]]:
    """List every note that takes time, and whether it is tied to the one before."""
    sounding = []
    for element in elements:
        if isinstance(element, harmony.Harmony) or not element.quarterLength:
            continue
        if isinstance(element, chord.Chord):
            pitch = max(p.midi for p in element.pitches)
        elif isinstance(element, note.Note):
            pitch = element.pitch.midi
        else:
            continue  # unpitched percussion
        tied = element.tie is not None and element.tie.type in ("stop", "continue")
        onset, duration = _exact(element.offset), _exact(element.quarterLength)
        sounding.append((Note(onset, duration, pitch), tied))
    return sounding


def _melody(sounding: Sequence[tuple[Note, bool]]) -> list[Note]:
    """Join ties and keep the top line: of notes that start together the highest stays, and a
    note that still sounds when the next one starts ends there.
    """
    melody: list[Note] = []
    for current, tied in sorted(sounding, key=lambda s: (s[0].onset, -s[0].pitch)):
        if not melody:
            melody.append(current)
            continue
        last = melody[-1]
        if current.onset == last.onset:
            continue
        if tied and last.pitch == current.pitch and last.onset + last.duration == current.onset:
            melody[-1] = replace(last, duration=last.duration + current.duration)
            continue
        melody[-1] = replace(last, duration=min(last.duration, current.onset - last.onset))
        melody.append(current)
    return melody
