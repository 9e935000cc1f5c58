"""Keys as musicians name them: ``D``, ``Em``, ``A dorian``."""

import re
from collections.abc import Iterable
from typing import Any

from nottingham.corpus.abc import fields
from nottingham.corpus.abc.fields import NATURAL
from nottingham.corpus.limits import UnreadableTuneError
from nottingham.corpus.tune import Note
from nottingham.errors import InputError


def read(text: str) -> str:
    """Name a key in full, as in ``D major``.

    Args:
        text: a tonic, then nothing or ``major``, ``m`` or ``minor``, or another mode.

    Raises:
        InputError: if it is no key.
    """
    text = text.strip()
    try:
        found = fields.key(text[:1].upper() + text[1:])
    except UnreadableTuneError:
        found = None
    if not found or not found[0]:
        raise InputError(
            f"key {text!r}: no such key; write a tonic and, but for major, a mode, as in D, Em, "
            "F#m, Bb, A dorian or D mixolydian"
        )
    return found[0]


def pitch(text: str) -> int:
    """Give the MIDI number of a note such as ``A3``, ``Bb4`` or ``F#5``; C4 is middle C.

    Raises:
        ValueError: if it is no note.
    """
    found = re.fullmatch(r"([A-Ga-g])(#|b)?(-?\d)", text.strip())
    if not found:
        raise ValueError(f"{text!r} is no note")
    letter, sign, octave = found.groups()
    return NATURAL[letter.upper()] + {"#": 1, "b": -1, None: 0}[sign] + 12 * (int(octave) + 1)


def tonic(key: str) -> int:
    """Give a key's tonic as a pitch class: C 0."""
    name = key.partition(" ")[0]
    return (NATURAL[name[0]] + name.count("#") - name.count("b")) % 12


def is_minor(key: str) -> bool:
    """Say whether the third above a key's tonic is minor."""
    return (tonic(key) + 3) % 12 in scale(key)


def scale(key: str) -> frozenset[int]:
    """Give the pitch classes of a key: those of its signature; in minor, melodic minor's as well.

    In folk tunes the sixth and the seventh of minor are as often high as low.
    """
    _, alterations = fields.key(key) or ("", {})
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

    melody: Any = stream.Stream()
    for one in notes:
        melody.append(note.Note(one.pitch, quarterLength=one.duration))
    if not melody:
        raise ValueError("no notes are in no key")
    found = melody.analyze("key.aarden")
    return f"{found.tonic.name.replace('-', 'b')} {found.mode}"


def distance(key: str, other: str) -> int:
    """Give by how many semitones to transpose from a key to another, by the shorter way.

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
