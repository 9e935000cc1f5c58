"""Tunes as ABC notation (standard 2.1), in the tune's own key, with bars and ties."""

from fractions import Fraction
from pathlib import Path

from nottingham.corpus.tune import Tune
from nottingham.files import write_text
from nottingham.generation import notation
from nottingham.generation.notation import Event

_EIGHTH = Fraction(1, 2)
_MEASURES_PER_LINE = 4
_ACCIDENTALS = {-1: "_", 0: "=", 1: "^"}


def write(tune: Tune, path: Path | str) -> None:
    """Write a tune as an ABC file."""
    write_text(path, text(tune))


def text(tune: Tune) -> str:
    """Write a tune as ABC.

    The title becomes one line of plain characters, whatever it holds.
    """
    title = "".join(c if c.isprintable() and c not in "%\\" else " " for c in tune.title)
    tonic, _, mode = tune.key.partition(" ")
    header = f"X:1\nT:{title}\nM:{tune.meter}\nL:1/8\nK:{tonic}{mode if mode != 'major' else ''}\n"
    written, meter = [], tune.meter
    for measure in notation.measures(tune):
        change = "" if measure.meter == meter else f"[M:{measure.meter}] "
        written.append(change + _measure(measure.events, tune.key))
        meter = measure.meter
    lines = (
        " | ".join(written[i : i + _MEASURES_PER_LINE])
        for i in range(0, len(written), _MEASURES_PER_LINE)
    )
    return header + " |\n".join(lines) + " |]\n"


def _measure(events: tuple[Event, ...], key: str) -> str:
    """Write one measure. An accidental holds to its end, but programs differ in whether and in
    which octaves: where one could be in force, every note of its letter says what it is.
    """
    in_force = {letter: {accidental} for letter, accidental in notation.altered(key).items()}
    written = []
    for event in events:
        name = "z" if event.pitch is None else _name(event.pitch, key, in_force)
        written.append(f"{name}{_length(event.length)}{'-' if event.tied else ''}")
    return " ".join(written)


def _name(pitch: int, key: str, in_force: dict[str, set[int]]) -> str:
    letter, accidental, octave = notation.spell(pitch, key)
    sign = "" if in_force[letter] == {accidental} else _ACCIDENTALS[accidental]
    in_force[letter].add(accidental)
    if octave > 4:
        return sign + letter.lower() + "'" * (octave - 5)
    return sign + letter + "," * (4 - octave)


def _length(duration: Fraction) -> str:
    eighths = duration / _EIGHTH
    return "" if eighths == 1 else str(eighths)
