"""Measures of melodies: motion, cadences, chords, repetition, scale.

All are counted on the ticks of a representation, for generated tunes as for real ones, so that the
two can be compared. What the poster claims of its samples ("small steps and alternating between
ascending and descending", "the I-IV-V-I progression", "plausible music after 100 beats") is here
as figures. A melody is given as its notes and as the pitch that sounds at each tick.
"""

from collections.abc import Iterator
from itertools import groupby

import numpy as np
from jaxtyping import Float, Int, Integer

from nottingham.music.timeline import SECTION
from nottingham.representation.vocabulary import NO_PITCH

Notes = Int[np.ndarray, "notes 2"]
"""The MIDI pitch and the duration in ticks of each note."""
Sounding = Integer[np.ndarray, " ticks"]
"""The MIDI pitch at each tick, or `NO_PITCH`."""

STEP, LEAP = 2, 5
"""Semitones: at most a step, at least a leap (a fourth)."""
_ALIKE = 0.75  # of the ticks of two sections: they count as the same
_EARLY, _LATE = 4, 12.5  # measures: the poster's 32 and 100 beats
_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_CHORDS = {"I": (0, 4, 7), "IV": (5, 9, 0), "V": (7, 11, 2)}
_CHORDS_IN_MINOR = {"I": (0, 3, 7), "IV": (5, 8, 0), "V": (7, 11, 2)}
_PROGRESSION = ["I", "IV", "V", "I"]


def figures(
    notes: Notes, sounding: Sounding, *, tonic: int, minor: bool, measure: int
) -> dict[str, float | None]:
    """Count what can be counted in a tune; None where there is nothing to count.

    Args:
        notes: of the tune.
        sounding: the same tune by ticks.
        tonic: its tonic, a pitch class.
        minor: whether its third is minor.
        measure: the ticks of a measure.

    Returns:
        ``steps``, ``leaps``: shares of the moves from note to note, repeated notes aside.
        ``turns``: share of moves that go the other way than the one before.
        ``cadences``: share of sections whose last measure has the tonic at its middle.
        ``progression``: 1 if the chords that it implies go I–IV–V–I anywhere, else 0.
        ``coherence``: overlap of the pitch classes of the first 4 measures with those after 12½.
        ``repeats_4``, ``repeats_8``, ``repeats_16``: share of ticks equal to the one so many
        measures before.
        ``aabb``: 1 if its first four sections are alike in pairs and the pairs differ, else 0.
        ``pitch_class_entropy``: in bits, and ``scale_consistency``, as MusPy defines them.
    """
    pitches = notes[:, 0]
    moves = np.diff(pitches)
    moves = moves[moves != 0]
    return {
        "steps": _mean(np.abs(moves) <= STEP),
        "leaps": _mean(np.abs(moves) >= LEAP),
        "turns": _mean(np.sign(moves[1:]) != np.sign(moves[:-1])),
        "cadences": _mean(_cadences(sounding, tonic, measure)),
        "progression": _progression(sounding, tonic, minor, measure),
        "coherence": _coherence(sounding, measure),
        **{f"repeats_{lag}": _repeats(sounding, lag * measure) for lag in (4, 8, 16)},
        "aabb": _aabb(sounding, measure),
        "pitch_class_entropy": _pitch_class_entropy(pitches),
        "scale_consistency": _scale_consistency(pitches),
    }


def _mean(found: np.ndarray) -> float | None:
    return float(np.mean(found)) if len(found) else None


def _classes(sounding: Sounding) -> Float[np.ndarray, " 12"]:
    """Count the ticks at which each pitch class sounds."""
    return np.bincount(sounding[sounding != NO_PITCH] % 12, minlength=12).astype(float)


def _first_full_measure(sounding: Sounding, measure: int) -> int:
    """Return the tick with which the first section begins, after an upbeat."""
    return measure if len(sounding) and sounding[0] == NO_PITCH else 0


def _sections(sounding: Sounding, measure: int) -> list[np.ndarray]:
    first, length = _first_full_measure(sounding, measure), SECTION * measure
    whole = (len(sounding) - first) // length
    return [sounding[first + i * length :][:length] for i in range(whole)]


def _cadences(sounding: Sounding, tonic: int, measure: int) -> np.ndarray:
    middles = [section[-measure + measure // 2] for section in _sections(sounding, measure)]
    return np.array([pitch != NO_PITCH and pitch % 12 == tonic for pitch in middles])


def _progression(sounding: Sounding, tonic: int, minor: bool, measure: int) -> float | None:
    chords = [name for name, _ in groupby(_chords(sounding, tonic, minor, measure))]
    if not chords:
        return None
    positions = range(len(chords) - len(_PROGRESSION) + 1)
    return float(any(chords[i : i + len(_PROGRESSION)] == _PROGRESSION for i in positions))


def _chords(sounding: Sounding, tonic: int, minor: bool, measure: int) -> Iterator[str]:
    """Name the chord that fits best for each half measure in which anything sounds."""
    half = max(1, measure // 2)
    first = _first_full_measure(sounding, measure)
    triads = _CHORDS_IN_MINOR if minor else _CHORDS
    for start in range(first, len(sounding) - half + 1, half):
        present = np.roll(_classes(sounding[start : start + half]), -tonic)
        fits = {name: present[list(triad)].sum() for name, triad in triads.items()}
        if present.any():
            yield max(fits, key=lambda name: fits[name])


def _coherence(sounding: Sounding, measure: int) -> float | None:
    first, second = (int(measures * measure) for measures in (_EARLY, _LATE))
    early, late = _classes(sounding[:first]), _classes(sounding[second:])
    if not early.any() or not late.any():
        return None
    return float(np.minimum(early / early.sum(), late / late.sum()).sum())


def _repeats(sounding: Sounding, lag: int) -> float | None:
    return _mean(sounding[lag:] == sounding[:-lag])


def _aabb(sounding: Sounding, measure: int) -> float | None:
    sections = _sections(sounding, measure)
    if len(sections) < 4:
        return None
    first, second, third, fourth = sections[:4]

    def alike(one: np.ndarray, other: np.ndarray) -> bool:
        return bool(np.mean(one == other) >= _ALIKE)

    return float(alike(first, second) and alike(third, fourth) and not alike(first, third))


def _pitch_class_entropy(pitches: Int[np.ndarray, " notes"]) -> float | None:
    """Return the entropy of pitch classes among notes: Wu & Yang (2020)."""
    counts = np.bincount(pitches % 12, minlength=12)
    if not counts.any():
        return None
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log2(shares)).sum() + 0.0)


def _scale_consistency(pitches: Int[np.ndarray, " notes"]) -> float | None:
    """Return the largest share of notes in one scale: Mogren (2016).

    MusPy takes the scales of major and of natural minor, which has the notes of a major one.
    """
    counts = np.bincount(pitches % 12, minlength=12)
    if not counts.any():
        return None
    fits = [np.roll(counts, -root)[list(_MAJOR)].sum() for root in range(12)]
    return float(max(fits) / counts.sum())
