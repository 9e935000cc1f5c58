"""MusicXML as a written melody: the only module that reads with music21.

The melody is the top line of the first part. Where the score has jumps (D.C., D.S., codas),
music21 unfolds it; repeats and endings alone are left to `order.playing_order`.
"""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from music21 import bar, chord, converter, harmony, key, meter, note, repeat, spanner, stream
from music21.exceptions21 import Music21Exception

from nottingham.corpus import limits
from nottingham.corpus.abc import fields
from nottingham.corpus.limits import UnreadableTuneError
from nottingham.corpus.score import UNTITLED, Score, Stretch, WrittenNote, top_line

_ERRORS = (
    Music21Exception,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,  # a packed file that is encrypted, or packed in an unknown way
    SyntaxError,  # xml.etree's ParseError is one
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def read(content: bytes) -> Score:
    """Read a MusicXML file, packed (``.mxl``) or not.

    Raises:
        UnreadableTuneError: saying why.
    """
    try:
        text = _unpacked(content)
        limits.check_size(text)
        if b"<!ENTITY" in text:
            raise UnreadableTuneError("it declares XML entities, which MusicXML has no use for")
        if text.count(b"<note") > limits.MAX_NOTES:
            raise UnreadableTuneError(f"it has more than {limits.MAX_NOTES:,} notes")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # forceSource: never a pickle that an earlier run left in a shared temporary folder
            score = converter.parseData(text.decode(), format="musicxml", forceSource=True)
            return _score(score)
    except _ERRORS as error:
        raise UnreadableTuneError(f"{type(error).__name__}: {error}") from error


def _unpacked(content: bytes) -> bytes:
    """Take the score out of a packed file; the limit holds before anything is unpacked."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for entry in packed.infolist():
            inside = not entry.filename.startswith("META-INF")
            if inside and entry.filename.endswith((".xml", ".musicxml")):
                if entry.file_size > limits.MAX_BYTES:
                    raise UnreadableTuneError(f"it unpacks to {entry.file_size:,} bytes")
                return packed.read(entry)
    raise UnreadableTuneError("it holds no score")


def _score(score: Any) -> Score:
    parts = list(score.parts)
    if not parts:
        raise UnreadableTuneError("it has no part")
    part = parts[0]
    if part.recurse().getElementsByClass(repeat.RepeatExpression):
        part = part.expandRepeats()
    title = score.metadata.bestTitle if score.metadata is not None else None
    return Score(title=title or UNTITLED, key=_key(part), stretches=tuple(_stretches(part)))


def _key(part: Any) -> str:
    signature = part.flatten().getElementsByClass(key.KeySignature).first()
    if signature is None:
        return ""
    named = signature if isinstance(signature, key.Key) else signature.asKey()
    found = fields.key(f"{named.tonic.name.replace('-', 'b')} {named.mode}")
    return found[0] if found else ""


def _stretches(part: Any) -> Iterable[Stretch]:
    endings = _endings(part)
    current = "4/4"
    for measure in part.getElementsByClass(stream.Measure):
        flat = measure.flatten()
        for signature in flat.getElementsByClass(meter.TimeSignature):
            current = signature.ratioString
        left, right = measure.leftBarline, measure.rightBarline
        yield Stretch(
            length=_exact(measure.highestTime),
            meter=current,
            notes=tuple(top_line(_sounding(flat.notes))),
            chords=tuple(
                (_exact(symbol.offset), symbol.figure)
                for symbol in flat.getElementsByClass(harmony.Harmony)
            ),
            opens=_is_repeat(left, "start"),
            closes=_times_back(right),
            double=right is not None and right.type in ("double", "final"),
            endings=endings.get(id(measure), frozenset()),
        )


def _endings(part: Any) -> dict[int, frozenset[int]]:
    """Find the measures that begin an ending, by identity, and the passes they are played in."""
    found = {}
    for bracket in part.recurse().getElementsByClass(spanner.RepeatBracket):
        first = bracket.getFirst()
        if first is not None:
            found[id(first)] = frozenset(n for n in bracket.numberRange if 0 < n < 100)
    return found


def _is_repeat(barline: Any, direction: str) -> bool:
    return isinstance(barline, bar.Repeat) and barline.direction == direction


def _times_back(barline: Any) -> int:
    if not _is_repeat(barline, "end"):
        return 0
    return max(1, (barline.times or 2) - 1)


def _exact(length: Any) -> Fraction:
    """Take a music21 offset or duration, a binary float or a fraction, as the fraction it is."""
    return Fraction(length).limit_denominator(limits.MAX_DENOMINATOR)


def _sounding(elements: Iterable[Any]) -> Iterable[WrittenNote]:
    """List every note that takes time; unpitched percussion and chord symbols are none."""
    for element in elements:
        if isinstance(element, harmony.Harmony) or not element.quarterLength:
            continue
        if isinstance(element, chord.Chord):
            pitch = max(p.midi for p in element.pitches)
        elif isinstance(element, note.Note):
            pitch = element.pitch.midi
        else:
            continue
        ties = element.tie is not None and element.tie.type in ("start", "continue")
        onset, duration = _exact(element.offset), _exact(element.quarterLength)
        yield WrittenNote(onset, duration, pitch, ties)
