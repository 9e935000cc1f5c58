"""Is it music? What can be counted in a melody: motion, cadences, chords, repetition, scale.

All is counted on the grid, for written tunes as for real ones, so that both are heard alike. What
the poster claims of its samples ("small steps and alternating between ascending and descending",
"the I-IV-V-I progression", "plausible music after 100 beats") is here as figures.
"""

from collections.abc import Iterator
from itertools import groupby

import numpy as np
from jaxtyping import Float, Integer

from nottingham.representation import vocabulary

STEP, LEAP = 2, 5
"""Semitones: at most a step, at least a leap (a fourth)."""
SECTION = 8
"""Measures in a section of a dance."""
_ALIKE = 0.75  # of the steps of two sections: they count as the same
_LATE, _EARLY = 100, 32  # steps: the poster's beats
_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_CHORDS = {"I": (0, 4, 7), "IV": (5, 9, 0), "V": (7, 11, 2)}
_CHORDS_IN_MINOR = {"I": (0, 3, 7), "IV": (5, 8, 0), "V": (7, 11, 2)}
_PROGRESSION = ["I", "IV", "V", "I"]


def figures(
    tokens: Integer[np.ndarray, " time"], *, tonic: int, minor: bool, steps_per_measure: int
) -> dict[str, float | None]:
    """Count what can be counted in a tune; None where there is nothing to count.

    Args:
        tokens: the tune.
        tonic: its tonic, a pitch class.
        minor: whether its third is minor.
        steps_per_measure: the grid.

    Returns:
        ``steps``, ``leaps``: shares of the moves from note to note, repeated notes aside.
        ``turns``: share of moves that go the other way than the one before.
        ``cadences``: share of sections whose last measure has the tonic at its middle.
        ``progression``: 1 if the chords that it implies go I–IV–V–I anywhere, else 0.
        ``coherence``: overlap of the pitch classes before step 32 with those from step 100 on.
        ``repeats_4``, ``repeats_8``, ``repeats_16``: share of steps equal to the one so many
        measures before.
        ``aabb``: 1 if its first four sections are alike in pairs and the pairs differ, else 0.
        ``pitch_class_entropy``: in bits, and ``scale_consistency``, as MusPy defines them, for the
        notes of the grid.
    """
    moves = _moves(tokens)
    return {
        "steps": _mean(np.abs(moves) <= STEP),
        "leaps": _mean(np.abs(moves) >= LEAP),
        "turns": _mean(np.sign(moves[1:]) != np.sign(moves[:-1])),
        "cadences": _mean(_cadences(tokens, tonic, steps_per_measure)),
        "progression": _progression(tokens, tonic, minor, steps_per_measure),
        "coherence": _coherence(tokens),
        **{
            f"repeats_{measures}": _repeats(tokens, measures * steps_per_measure)
            for measures in (4, 8, 16)
        },
        "aabb": _aabb(tokens, steps_per_measure),
        "pitch_class_entropy": _pitch_class_entropy(tokens),
        "scale_consistency": _scale_consistency(tokens),
    }


def notes(tokens: Integer[np.ndarray, " time"]) -> list[tuple[int, int]]:
    """Give the notes of the grid: MIDI pitch and duration in steps."""
    runs = ((token, len(list(run))) for token, run in groupby(tokens.tolist()))
    return [
        (pitch, length) for token, length in runs if (pitch := vocabulary.pitch(token)) is not None
    ]


def _moves(tokens: Integer[np.ndarray, " time"]) -> Integer[np.ndarray, " moves"]:
    moves = np.diff([pitch for pitch, _ in notes(tokens)])
    moving: np.ndarray = moves[moves != 0].astype(int)
    return moving


def _mean(found: Float[np.ndarray, " n"] | np.ndarray) -> float | None:
    return float(np.mean(found)) if len(found) else None


def _classes(tokens: Integer[np.ndarray, " time"]) -> Float[np.ndarray, " 12"]:
    """Count the steps on which each pitch class sounds."""
    sounding = tokens[tokens != vocabulary.REST].astype(int)
    return np.bincount((sounding + vocabulary.LOWEST_PITCH - 1) % 12, minlength=12).astype(float)


def _first_full_measure(tokens: Integer[np.ndarray, " time"], steps_per_measure: int) -> int:
    """Give the step with which the first section begins, behind an upbeat."""
    return steps_per_measure if len(tokens) and tokens[0] == vocabulary.REST else 0


def _sections(
    tokens: Integer[np.ndarray, " time"], steps_per_measure: int
) -> list[Integer[np.ndarray, " section"]]:
    first, length = _first_full_measure(tokens, steps_per_measure), SECTION * steps_per_measure
    whole = (len(tokens) - first) // length
    return [tokens[first + i * length :][:length] for i in range(whole)]


def _cadences(
    tokens: Integer[np.ndarray, " time"], tonic: int, steps_per_measure: int
) -> np.ndarray:
    middles = [
        section[-steps_per_measure + steps_per_measure // 2]
        for section in _sections(tokens, steps_per_measure)
    ]
    return np.array([_classes(np.array([token]))[tonic] > 0 for token in middles])


def _progression(
    tokens: Integer[np.ndarray, " time"], tonic: int, minor: bool, steps_per_measure: int
) -> float | None:
    chords = [name for name, _ in groupby(_chords(tokens, tonic, minor, steps_per_measure))]
    if not chords:
        return None
    places = range(len(chords) - len(_PROGRESSION) + 1)
    return float(any(chords[i : i + len(_PROGRESSION)] == _PROGRESSION for i in places))


def _chords(
    tokens: Integer[np.ndarray, " time"], tonic: int, minor: bool, steps_per_measure: int
) -> Iterator[str]:
    """Name the chord that fits best for each half measure in which anything sounds."""
    half = max(1, steps_per_measure // 2)
    first = _first_full_measure(tokens, steps_per_measure)
    triads = _CHORDS_IN_MINOR if minor else _CHORDS
    for start in range(first, len(tokens) - half + 1, half):
        heard = np.roll(_classes(tokens[start : start + half]), -tonic)
        fits = {name: heard[list(triad)].sum() for name, triad in triads.items()}
        if heard.any():
            yield max(fits, key=lambda name: fits[name])


def _coherence(tokens: Integer[np.ndarray, " time"]) -> float | None:
    early, late = _classes(tokens[:_EARLY]), _classes(tokens[_LATE:])
    if not early.any() or not late.any():
        return None
    return float(np.minimum(early / early.sum(), late / late.sum()).sum())


def _repeats(tokens: Integer[np.ndarray, " time"], lag: int) -> float | None:
    return _mean(tokens[lag:] == tokens[:-lag])


def _aabb(tokens: Integer[np.ndarray, " time"], steps_per_measure: int) -> float | None:
    sections = _sections(tokens, steps_per_measure)
    if len(sections) < 4:
        return None
    first, second, third, fourth = sections[:4]

    def alike(one: np.ndarray, other: np.ndarray) -> bool:
        return bool(np.mean(one == other) >= _ALIKE)

    return float(alike(first, second) and alike(third, fourth) and not alike(first, third))


def _pitch_class_entropy(tokens: Integer[np.ndarray, " time"]) -> float | None:
    """Give the entropy of pitch classes among notes: Wu & Yang (2020)."""
    counts = np.bincount([pitch % 12 for pitch, _ in notes(tokens)], minlength=12)
    if not counts.any():
        return None
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log2(shares)).sum() + 0.0)


def _scale_consistency(tokens: Integer[np.ndarray, " time"]) -> float | None:
    """Give the largest share of notes in one scale: Mogren (2016).

    MusPy takes the scales of major and of natural minor, which has the notes of a major one.
    """
    counts = np.bincount([pitch % 12 for pitch, _ in notes(tokens)], minlength=12)
    if not counts.any():
        return None
    fits = [np.roll(counts, -root)[list(_MAJOR)].sum() for root in range(12)]
    return float(max(fits) / counts.sum())
