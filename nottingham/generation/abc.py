"""Tunes as ABC notation (standard 2.1), in the tune's own key, with bars and ties."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from nottingham.corpus.tune import Note, Tune, measure_length
from nottingham.files import write_text

_EIGHTH = Fraction(1, 2)
_MEASURES_PER_LINE = 4
_LETTERS = "CDEFGAB"
_NATURAL = dict(zip(_LETTERS, (0, 2, 4, 5, 7, 9, 11), strict=True))
_FIFTHS = "FCGDAEB"  # the order in which sharps come; flats come in reverse
_MODES = {
    "lydian": 1,
    "major": 0,
    "mixolydian": -1,
    "dorian": -2,
    "minor": -3,
    "phrygian": -4,
    "locrian": -5,
}
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
    measures = [_measure(events, _signature(tune.key)) for events in _measures(tune)]
    lines = (
        " | ".join(measures[i : i + _MEASURES_PER_LINE])
        for i in range(0, len(measures), _MEASURES_PER_LINE)
    )
    return header + " |\n".join(lines) + " |]\n"


def _signature(key: str) -> dict[str, int]:
    """Say for each letter by how many semitones the key signature moves it."""
    signature = dict.fromkeys(_LETTERS, 0)
    tonic, _, mode = key.partition(" ")
    if tonic:
        fifths = _FIFTHS.index(tonic[0]) - 1 + _MODES.get(mode, 0)
        fifths += 7 * (tonic.count("#") - tonic.count("b"))
        for letter in _FIFTHS[: max(fifths, 0)] + _FIFTHS[::-1][: max(-fifths, 0)]:
            signature[letter] += 1 if fifths > 0 else -1
    return signature


def _measures(tune: Tune) -> Iterator[list[tuple[Note | None, Fraction, bool]]]:
    """Yield each measure's events: a note (None: rest), its length here, whether it goes on."""
    length = measure_length(tune.meter)
    events = list(_with_rests(tune.notes))
    start = Fraction(0)
    while events:
        measure = []
        while events and events[0][1] < start + length:
            note, onset, end = events.pop(0)
            cut = min(end, start + length)
            goes_on = end > cut
            measure.append((note, cut - onset, goes_on))
            if goes_on:
                events.insert(0, (note, cut, end))
        yield measure
        start += length


def _with_rests(notes: tuple[Note, ...]) -> Iterator[tuple[Note | None, Fraction, Fraction]]:
    """Yield notes and the rests between them: the note or None, onset, end."""
    now = Fraction(0)
    for note in notes:
        if note.onset > now:
            yield None, now, note.onset
        now = note.onset + note.duration
        yield note, note.onset, now


def _measure(events: list[tuple[Note | None, Fraction, bool]], signature: dict[str, int]) -> str:
    """Write one measure. An accidental holds to its end, but programs differ in whether and in
    which octaves: where one could be in force, every note of its letter says what it is.
    """
    in_force: dict[str, set[int]] = {}
    written = []
    for note, length, goes_on in events:
        name = "z" if note is None else _name(note.pitch, signature, in_force)
        tie = "-" if goes_on and note is not None else ""
        written.append(f"{name}{_length(length)}{tie}")
    return " ".join(written)


def _name(pitch: int, signature: dict[str, int], in_force: dict[str, set[int]]) -> str:
    letter, accidental = _spell(pitch % 12, signature)
    octave = (pitch - _NATURAL[letter] - accidental) // 12 - 5  # 0 for the octave of middle C
    expected = in_force.setdefault(letter, {signature[letter]})
    sign = "" if expected == {accidental} else _ACCIDENTALS[accidental]
    expected.add(accidental)
    if octave > 0:
        return sign + letter.lower() + "'" * (octave - 1)
    return sign + letter + "," * -octave


def _spell(pitch_class: int, signature: dict[str, int]) -> tuple[str, int]:
    """Choose letter and accidental: the key's own note, else a natural, else as the key leans."""
    leaning = 1 if sum(signature.values()) >= 0 else -1
    candidates = [
        *signature.items(),
        *((c, 0) for c in _LETTERS),
        *((c, leaning) for c in _LETTERS),
    ]
    for letter, accidental in candidates:
        if abs(accidental) <= 1 and (_NATURAL[letter] + accidental) % 12 == pitch_class:
            return letter, accidental
    raise AssertionError(pitch_class)


def _length(duration: Fraction) -> str:
    eighths = duration / _EIGHTH
    return "" if eighths == 1 else str(eighths)
