"""Tunes as ABC notation (standard 2.1), in the tune's own key, with bars and ties.

What comes twice in a row stands once, between repeat signs. A chord symbol stands in front of a
note or a rest: where one falls inside a note, the note is written as two that are tied. Further
voices are written below the melody, line by line.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm
from pathlib import Path

from nottingham import printable
from nottingham.files import write_text
from nottingham.formats import fold
from nottingham.formats.fold import Bar
from nottingham.music import dances, notation
from nottingham.music.accidentals import InForce
from nottingham.music.notation import Event
from nottingham.music.tune import Tune, Voice

_EIGHTH = Fraction(1, 2)
_LONG_SHORT = Fraction(3, 4), Fraction(1, 4)
"""The notes of a broken rhythm, in quarter notes."""
_MOST_PARTS = 9  # of a tuplet, and its notes: ABC has one digit for them
_MODES = {"major": "", "minor": "m"}
_ACCIDENTALS = {-1: "_", 0: "=", 1: "^"}
_SIGNS = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in '"%&\\'})
"""Signs that would end a name or be read otherwise, with ABC's escapes for them."""


def write(tune: Tune, path: Path | str) -> None:
    """Write a tune as an ABC file."""
    write_text(path, text(tune))


def text(tune: Tune, *, number: int = 1) -> str:
    """Write a tune as ABC.

    The title becomes one line of plain characters, whatever it holds.

    Args:
        tune: what is written.
        number: of the tune in a tunebook.
    """
    tonic, _, mode = tune.key.partition(" ")
    beat = notation.beat(tune.meter) / 4
    fields = {
        "X": str(number),
        "T": _plain(tune.title),
        "R": _plain(tune.rhythm),
        "N": _plain(tune.credit),
        "M": tune.meter,
        "L": "1/8",
        "Q": f"{beat}={dances.beats_per_minute(tune)}",
    }
    key = f"{tonic}{_MODES.get(mode, mode)}" or "none"  # abc2midi refuses an empty field
    header = "".join(f"{name}:{value}\n" for name, value in fields.items() if value or name == "T")
    header += f"{_voice_fields(tune)}K:{key}\n"
    voices = [_lines(tune, voice) for voice in (None, *tune.further_voices)]
    if len(voices) == 1:
        return header + "".join(voices[0])
    systems = zip(*voices, strict=True)
    return header + "".join(
        f"[V:{number}] {line}" for system in systems for number, line in enumerate(system, start=1)
    )


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() and c not in "%\\" else " " for c in text)


def _voice_fields(tune: Tune) -> str:
    """Write the fields that name the voices of a tune, if it has several."""
    if not tune.further_voices:
        return ""
    fields = []
    for number, voice in enumerate(tune.voices, start=1):
        plain = printable.line(voice.name).translate(_SIGNS)
        name = f' name="{plain}"' if number > 1 else ""
        low = " clef=bass" if notation.clef(voice) == "bass" else ""
        fields.append(f"V:{number}{name}{low}\n")
    return "".join(fields)


def _lines(tune: Tune, voice: Voice | None) -> list[str]:
    """Write a voice as lines."""
    bars = fold.bars(tune)
    if not bars:
        return ["|]\n"]
    if voice:
        of_voice = notation.measures(tune, voice)
        bars = [replace(bar, measure=one) for bar, one in zip(bars, of_voice, strict=True)]
    return _written(bars, None, tune.key, tune.meter)


def excerpt(tune: Tune, first: int, last: int) -> str:
    """Write some measures of the melody as lines of ABC, repeats played out.

    Args:
        tune: which has them.
        first: the number of the first one, as players count them: `measures.number`.
        last: the number of the last one.
    """
    upbeat, bars = bool(tune.upbeat), fold.plain(tune)
    some, after = bars[first - 1 + upbeat : last + upbeat], bars[last + upbeat :]
    meter = some[0].measure.meter
    return "".join(_written(some, after[0] if after else None, tune.key, meter))


def _written(bars: Sequence[Bar], after_all: Bar | None, key: str, meter: str) -> list[str]:
    """Write bars as lines, and the barline before the one that comes after all of them."""
    found = []
    following = iter([*bars[1:], after_all])
    for line in fold.lines(bars):
        text = "|:" if line[0].opens else ""
        for bar in line:
            change = "" if bar.measure.meter == meter else f"[M:{bar.measure.meter}] "
            meter = bar.measure.meter
            after = next(following)
            text += f" {change}{_measure(bar, key)} {_barline(bar, after)}"
            text += ":" if after and after.opens and bar is not line[-1] else ""
        found.append(f"{text.strip()}\n")
    return found


def _barline(bar: Bar, after: Bar | None) -> str:
    """Write the barline between two bars, with what begins there."""
    if not after:
        return ":|" if bar.closes else "|]"
    sign = ":|" if bar.closes else "||" if bar.double else "|"
    return f"{sign}{after.ending}" if after.ending else sign


def _measure(bar: Bar, key: str) -> str:
    """Write one bar, whose notes within a beam are joined."""
    in_force, meter = InForce(key), bar.measure.meter
    written, moment, beam = "", bar.offset, notation.beam(meter)
    for group in _groups(notation.at_chords(bar.measure), bar.offset):
        parts, time = _tuplet(group)
        for position, event in enumerate(group):
            sign = _sign(parts, time, len(group) - position) if position % _MOST_PARTS == 0 else ""
            name = "z" if event.pitch is None else _name(event.pitch, key, in_force)
            length, mark = event.length * parts / time, ""
            if parts == time and len(group) == 2:
                length, mark = _EIGHTH, "><"[group[0].length < group[1].length] * (not position)
            space = "" if not written or moment % beam else " "
            chord = f'"{event.chord}"' if event.chord else ""
            written += f"{space}{chord}{sign}{name}{_length(length)}"
            written += f"{'-' if event.tied else ''}{mark}"
            moment += event.length
    return written


def _groups(events: Iterable[Event], offset: Fraction) -> Iterator[list[Event]]:
    """Part a bar where halving it often enough gets: between two such positions are tuplets.

    The two notes of a broken rhythm, such as ``B>A``, are a group, too.
    """
    group: list[Event] = []
    position = begins = offset
    for event in events:
        if (
            group
            and _odd(position) == 1
            and not (len(group) == 1 and begins % _EIGHTH == 0 and _is_broken(group[0], event))
        ):
            yield group
            group, begins = [], position
        group.append(event)
        position += event.length
    if group:
        yield group


def _is_broken(first: Event, second: Event) -> bool:
    """Return whether two notes of the time of two eighths are written as a broken rhythm."""
    notes = first.pitch is not None and second.pitch is not None
    lengths = first.length, second.length
    apart = first.tied or second.chord
    return notes and not apart and lengths in (_LONG_SHORT, _LONG_SHORT[::-1])


def _tuplet(group: list[Event]) -> tuple[int, int]:
    """Return a group's tuplet, its parts and the parts whose time they take: 3 and 2 for a triplet.

    What has more parts than ABC can count is no tuplet (1 and 1): its lengths are written as they
    are, which not every program understands.
    """
    parts = lcm(*(_odd(event.length) for event in group))
    if not 1 < parts <= _MOST_PARTS:
        return 1, 1
    return parts, 2 ** (parts.bit_length() - 1)


def _sign(parts: int, time: int, notes: int) -> str:
    """Write a tuplet's sign, for as many notes as one digit counts."""
    if parts == time:
        return ""
    return "(3" if parts == notes == 3 else f"({parts}:{time}:{min(notes, _MOST_PARTS)}"


def _odd(length: Fraction) -> int:
    """Return the odd part of a length's denominator: 1 where halves, quarters and so on will do."""
    return length.denominator // (length.denominator & -length.denominator)


def _name(pitch: int, key: str, in_force: InForce) -> str:
    spelled = notation.spell(pitch, key)
    sign = _ACCIDENTALS[spelled.accidental] if in_force.in_abc(spelled) else ""
    if spelled.octave > 4:
        return sign + spelled.letter.lower() + "'" * (spelled.octave - 5)
    return sign + spelled.letter + "," * (4 - spelled.octave)


def _length(duration: Fraction) -> str:
    """Write a length in eighths as players do: nothing for one, ``/`` for a half, ``3/2``."""
    eighths = duration / _EIGHTH
    part = "" if eighths.denominator == 1 else f"/{eighths.denominator}"
    part = "/" if part == "/2" and eighths.numerator == 1 else part
    return ("" if eighths.numerator == 1 else str(eighths.numerator)) + part
