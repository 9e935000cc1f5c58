"""Keys as musicians name them: ``D``, ``Em``, ``A dorian``."""

import re
from collections.abc import Iterable
from typing import Any

from nottingham.errors import InputError
from nottingham.music.pitches import NATURAL
from nottingham.music.tune import Note

NAMED = re.compile(r"([A-Ga-g])(?:([#b♯♭])|\s+(sharp|flat)\b)?\s*([A-Za-z]*)")
"""A tonic and a mode, as in ``F#m``, ``B flat`` or ``A dorian``; see `parse`."""
_MODES = {
    "maj": ("major", 0),
    "ion": ("ionian", 0),
    "mix": ("mixolydian", -1),
    "dor": ("dorian", -2),
    "min": ("minor", -3),
    "aeo": ("aeolian", -3),
    "phr": ("phrygian", -4),
    "loc": ("locrian", -5),
    "lyd": ("lydian", 1),
}
"""The mode's name, and how many fifths its signature lies above its tonic's major."""
FIFTHS = "FCGDAEB"
"""The letters in the order in which sharps come; flats come in reverse."""


def parse(found: re.Match[str]) -> tuple[str, dict[str, int]]:
    """Return the full name and the signature of a key.

    Args:
        found: a match of `NAMED`.

    Returns:
        The name, as in ``B dorian``, and the alteration of each natural note
        (``{"F": 1, "C": 1}``).

    Raises:
        ValueError: if there is no such mode.
    """
    letter, sign, word, mode = found.groups(default="")
    mode = mode.lower()
    if mode in ("", "exp"):
        name, shift = "major", 0
    elif mode == "m":
        name, shift = "minor", -3
    elif mode[:3] in _MODES:
        name, shift = _MODES[mode[:3]]
    else:
        raise ValueError(f"there is no mode {mode!r}")
    letter, sign = letter.upper(), {"": "", "#": "#", "♯": "#", "sharp": "#"}.get(sign or word, "b")
    fifths = FIFTHS.index(letter) - 1 + 7 * {"#": 1, "": 0, "b": -1}[sign] + shift
    return f"{letter}{sign} {name}", _signature(fifths)


def signature(key: str) -> dict[str, int]:
    """Return the alteration of each note that the signature of a key alters.

    Args:
        key: as in ``D major``; without one, nothing is altered.

    Raises:
        ValueError: if there is no such key.
    """
    if not key:
        return {}
    found = NAMED.fullmatch(key)
    if not found:
        raise ValueError(f"there is no key {key!r}")
    return parse(found)[1]


def read(text: str) -> str:
    """Name a key in full, as in ``D major``.

    Args:
        text: a tonic, then nothing or ``major``, ``m`` or ``minor``, or another mode.

    Raises:
        InputError: if it is no key.
    """
    found = NAMED.fullmatch(text.strip())
    try:
        if not found:
            raise ValueError(f"there is no key {text!r}")
        return parse(found)[0]
    except ValueError as error:
        raise InputError(
            f"key {text!r}: no such key; write a tonic and, but for major, a mode, as in D, Em, "
            "F#m, Bb, A dorian or D mixolydian"
        ) from error


def _signature(fifths: int) -> dict[str, int]:
    """Return the alterations of a signature of a number of sharps or, where negative, flats."""
    letters = FIFTHS if fifths >= 0 else FIFTHS[::-1]
    alterations: dict[str, int] = {}
    for position in range(abs(fifths)):
        letter = letters[position % 7]
        alterations[letter] = alterations.get(letter, 0) + (1 if fifths > 0 else -1)
    return alterations


def tonic(key: str) -> int:
    """Return a key's tonic as a pitch class: C 0."""
    name = key.partition(" ")[0]
    return (NATURAL[name[0]] + name.count("#") - name.count("b")) % 12


def mode(key: str) -> str:
    """Return a key's mode; ionian is major, and aeolian is minor."""
    name = key.partition(" ")[2]
    return {"ionian": "major", "aeolian": "minor"}.get(name, name)


def is_minor(key: str) -> bool:
    """Return whether the third above a key's tonic is minor."""
    return (tonic(key) + 3) % 12 in scale(key)


def scale(key: str) -> frozenset[int]:
    """Return the pitch classes of a key: those of its signature; in minor, melodic minor's as well.

    In folk tunes the sixth and the seventh of minor are as often high as low.
    """
    alterations = signature(key)
    found = {(n + alterations.get(letter, 0)) % 12 for letter, n in NATURAL.items()}
    if key.endswith("minor"):
        found |= {(tonic(key) + step) % 12 for step in (9, 11)}
    return frozenset(found)


def find(notes: Iterable[Note]) -> str:
    """Name the key that some notes are likely to be in: music21's, by Aarden and Essen's weights.

    Raises:
        ValueError: if there are no notes.
    """
    from music21 import note, stream  # here: it takes a while to import
    from music21.analysis.discrete import AardenEssen

    melody: Any = stream.Stream()
    for one in notes:
        melody.append(note.Note(one.pitch, quarterLength=one.duration))
    if not melody:
        raise ValueError("no notes are in no key")
    (tonic, mode, _), _ = AardenEssen().process(melody)
    return f"{tonic.name.replace('-', 'b')} {mode}"


def distance(key: str, other: str) -> int:
    """Return the semitones by which to transpose from a key to another, by the shorter way.

    Raises:
        InputError: if they differ in mode.
    """
    modes = {name.partition(" ")[2] for name in (key, other)}
    if len(modes) > 1:
        mode = key.partition(" ")[2]
        raise InputError(
            f"a tune in {key} cannot be moved to {other}: the modes differ; name a {mode} key"
        )
    return (tonic(other) - tonic(key) + 6) % 12 - 6
