"""Tunes as ABC notation (standard 2.1), in the tune's own key, with bars and ties.

A chord symbol stands in front of a note or a rest: where one falls inside a note, the note is
written as two that are tied. Further voices are written below the melody, line by line.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import lcm
from pathlib import Path

from nottingham import printable
from nottingham.files import write_text
from nottingham.music import notation
from nottingham.music.accidentals import InForce
from nottingham.music.notation import Event, Measure
from nottingham.music.tune import Tune, Voice, measure_length

_EIGHTH = Fraction(1, 2)
_MEASURES_PER_LINE = 4
_MOST_PARTS = 9  # of a tuplet, and its notes: ABC has one digit for them
_ACCIDENTALS = {-1: "_", 0: "=", 1: "^"}
_SIGNS = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in '"%&\\'})
"""Signs that would end a name or be read otherwise, with ABC's escapes for them."""


def write(tune: Tune, path: Path | str) -> None:
    """Write a tune as an ABC file."""
    write_text(path, text(tune))


def text(tune: Tune) -> str:
    """Write a tune as ABC.

    The title becomes one line of plain characters, whatever it holds.
    """
    title = "".join(c if c.isprintable() and c not in "%\\" else " " for c in tune.title)
    tonic, _, mode = tune.key.partition(" ")
    key = f"{tonic}{mode if mode != 'major' else ''}" or "none"  # abc2midi refuses an empty field
    rhythm = f"R:{tune.rhythm}\n" if tune.rhythm else ""
    header = f"X:1\nT:{title}\n{rhythm}M:{tune.meter}\nL:1/8\n{_voice_fields(tune)}K:{key}\n"
    voices = [_lines(tune, voice) for voice in (None, *tune.further_voices)]
    if len(voices) == 1:
        return header + "".join(voices[0])
    systems = zip(*voices, strict=True)
    return header + "".join(
        f"[V:{number}] {line}" for system in systems for number, line in enumerate(system, start=1)
    )


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
    """Write a voice as lines of a few measures."""
    upbeat = notation.upbeat(tune)
    missing = measure_length(tune.meter) - upbeat if upbeat else Fraction(0)
    written, meter = [], tune.meter
    for measure in notation.measures(tune, voice):
        change = "" if measure.meter == meter else f"[M:{measure.meter}] "
        written.append(change + _measure(measure, tune.key, missing))
        meter, missing = measure.meter, Fraction(0)
    starts = range(0, max(len(written), 1), _MEASURES_PER_LINE)
    lines = [" | ".join(written[start : start + _MEASURES_PER_LINE]) for start in starts]
    return [f"{line} |\n" for line in lines[:-1]] + [f"{lines[-1]} |]\n"]


def _measure(measure: Measure, key: str, missing: Fraction) -> str:
    """Write one measure, whose notes within a beat are joined.

    What is missing before an upbeat is part of its beats.
    """
    in_force = InForce(key)
    written, moment, beat = "", missing, notation.beat(measure.meter)
    for group in _groups(notation.at_chords(measure)):
        parts, time = _tuplet(group)
        for position, event in enumerate(group):
            sign = _sign(parts, time, len(group) - position) if position % _MOST_PARTS == 0 else ""
            name = "z" if event.pitch is None else _name(event.pitch, key, in_force)
            length = _length(event.length * parts / time)
            space = "" if not written or moment % beat else " "
            chord = f'"{event.chord}"' if event.chord else ""
            written += f"{space}{chord}{sign}{name}{length}{'-' if event.tied else ''}"
            moment += event.length
    return written


def _groups(events: Iterable[Event]) -> Iterator[list[Event]]:
    """Part a measure where halving it often enough gets: between two such positions are tuplets."""
    group: list[Event] = []
    position = Fraction(0)
    for event in events:
        group.append(event)
        position += event.length
        if _odd(position) == 1:
            yield group
            group = []
    if group:
        yield group


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
    eighths = duration / _EIGHTH
    return "" if eighths == 1 else str(eighths)
