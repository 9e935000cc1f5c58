"""Pitches by name: ``A3``, ``Bb4``, ``F#5``; C4 is middle C, MIDI number 60."""

import re

NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
"""The pitch class of each letter without an accidental."""
_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def read(text: str) -> int:
    """Return the MIDI number of a note.

    Raises:
        ValueError: if it is no note.
    """
    found = re.fullmatch(r"([A-Ga-g])(#|b)?(-?\d)", text.strip())
    if not found:
        raise ValueError(f"{text!r} is no note")
    letter, sign, octave = found.groups()
    return NATURAL[letter.upper()] + {"#": 1, "b": -1, None: 0}[sign] + 12 * (int(octave) + 1)


def name(pitch: int) -> str:
    """Return the name of a MIDI number, with a sharp where it needs a sign: 61 is ``C#4``."""
    return f"{_SHARPS[pitch % 12]}{pitch // 12 - 1}"
