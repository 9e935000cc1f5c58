"""Timing of MIDI notes: whether it was written or played, and the moments that onsets stand for.

**Written.** Onsets that all lie on parts of a quarter note that notation has (`LEVELS`), as exactly
as ticks can say it, were written: nothing is moved. A third that was rounded to a tick, 341/1024,
is 1/3; a file of which every note starts one tick late (abc2midi writes them so) loses this tick.
Both are how programs count and no remark is made. The coarsest level that holds all onsets counts.
One that more than half of the ticks lie on would hold any onsets, and tells nothing.

**Played.** All other onsets are compared with `GRIDS`. Given a grid, an onset is drawn from a
mixture of one normal distribution around each of the grid's moments in a beat, with one standard
deviation and one offset (the delay of the whole file) for all, and of a uniform one for ornaments.
The parameters are fitted by expectation maximisation, grids are compared by the Bayesian
information criterion (Schwarz 1978), and each onset moves to its likeliest moment, with a remark.
A tune is refused if a uniform distribution explains its onsets as well, if more than `MAX_WRONG` of
them are expected at a wrong moment, or if more than `MAX_LOST` of its notes coincide with a later
one, and would be left out as ornaments are.

**Ends.** The gate is the (high) median share of the time to the next onset that notes sound. In a
written file with a gate of 1, to the tick, or with all ends on sixteenths and triplets, ends are
written too: only those one tick from the next onset, or from a part of 1/24, are moved,
onto it. Otherwise notes were shortened: one that sounds for three quarters of the time to the next
onset lasts until then, and any other ends at the moment of the grid nearest to its length divided
by the gate. So a quarter of 95 % is a quarter, and a rest stays a rest. By a gate under `MIN_GATE`
nothing is divided.

`MAX_WRONG` was chosen with 40 of the 1,195 tunes of Breathnach's *Ceol Rince na hÉireann*, played
at 110 quarter notes a minute with normal jitter of onsets, a gate of 0.95 ± 0.03 and 480 ticks:

    jitter                  5 ms  10 ms  20 ms  30 ms  40 ms
    all onsets recovered      35     35     22     13      7
    up to 2 % are wrong        0      0      1      0      1
    more are                   0      0      0      0      1
    refused                    5      5     17     27     31

With jitter of 10 ms and a tempo 0.3 % off, 13 are recovered and 26 refused; at 1 %, and with onsets
at random, all are refused. `MAX_WRONG` of 0.02 reads 33 of 40 at 20 ms, but 6 wrongly at 30 ms.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from statistics import median_high
from typing import NamedTuple

import numpy as np

from nottingham.formats.notated import WrittenNote
from nottingham.music.limits import UnreadableTuneError

LEVELS = ((4, 3), (4, 3, 8, 12, 5), (4, 3, 8, 12, 5, 32, 48, 40, 7))
"""Equal parts of a quarter note: to sixteenths and triplets; to 32nds, their triplets and
quintuplets; to 128ths, ornaments of 1/48, quintuplets from any 32nd on, and septuplets."""
GRIDS = {
    "eighths": (2,),
    "triplets": (3,),
    "sixteenths": (4,),
    "eighths and triplets": (2, 3),
    "sixteenths and triplets": (4, 3),
    "sixteenth triplets": (6,),
    "thirty-seconds": (8,),
}
"""Equal parts of a quarter note that played onsets are moved to."""
MAX_WRONG = 0.01
"""Share of a tune's onsets, as the fitted mixture expects them."""
MAX_LOST = 0.05
"""Share of a tune's notes."""
MIN_GATE = Fraction(1, 2)
_LEGATO = Fraction(3, 4)
_FINEST_END = 24
"""Parts of a quarter note: where a note ends that is not the last of a triplet of sixteenths."""
_ROUGH_TICK = Fraction(1, 48)
"""Ticks of this length or longer are no rounding errors."""
_UNIFORM = 0.01
"""Weight of the uniform distribution: what is rarer off a grid than this is an ornament."""
_OFFSETS = (-0.08, 0.0, 0.08)
"""Of the file in quarter notes: where fits start."""
_MAX_OFFSET = 0.125
_MIN_DEVIATION = 0.002
_ITERATIONS = 30


class _Timing(NamedTuple):
    """The moments that onsets stand for."""

    moments: dict[Fraction, Fraction]
    parts: Sequence[int]
    """Of a quarter note, to which ends are moved too."""
    grid: str
    """Its name if the onsets were played; empty if they were written."""


class _Fit(NamedTuple):
    """A mixture fitted to onsets."""

    score: float
    """Log-likelihood above a uniform distribution's, less the criterion's penalty."""
    grid: str
    wrong: float
    """Share of the onsets expected at a wrong moment."""
    shifts: np.ndarray
    """From each position in a beat to its likeliest moment, in quarter notes: ``[positions]``."""
    nearest: list[Fraction]
    """That moment in its own beat, ``[positions]``."""


def quantise(
    notes: Sequence[WrittenNote], ticks_per_beat: int
) -> tuple[list[WrittenNote], tuple[str, ...]]:
    """Move notes to the moments that they stand for.

    Args:
        notes: of one track, in any order, at whole ticks.
        ticks_per_beat: ticks in a quarter note.

    Returns:
        The notes by onset, and remarks on what was changed.

    Raises:
        UnreadableTuneError: if the onsets fit no grid.
    """
    if not notes:
        return [], ()
    onsets = sorted({note.onset for note in notes})
    timing = _written(onsets, ticks_per_beat) or _played(onsets)
    kept = _one_at_a_time(sorted(notes), timing.moments)
    lost = len(notes) - len(kept)
    if lost > MAX_LOST * len(notes):
        raise UnreadableTuneError(
            f"its timing fits no grid: on that of {timing.grid or 'its ticks'}, {lost} of its "
            f"{len(notes)} notes start together with the next one; quantise it in a sequencer"
        )
    moved, gate = _with_ends(kept, timing, Fraction(1, ticks_per_beat))
    return moved, tuple(_remarks(timing, lost, gate))


def written_moments(onsets: Iterable[Fraction], ticks_per_beat: int) -> dict[Fraction, Fraction]:
    """Map onsets at whole ticks to the moments that they were written for.

    Where no part of a quarter note that notation has explains all of them, they are these moments.
    """
    distinct = sorted(set(onsets))
    timing = _written(distinct, ticks_per_beat)
    return timing.moments if timing else {onset: onset for onset in distinct}


def _remarks(timing: _Timing, lost: int, gate: Fraction) -> list[str]:
    remarks = []
    mean = float(sum(abs(new - old) for old, new in timing.moments.items())) / len(timing.moments)
    if timing.grid and mean:
        remarks.append(
            f"its onsets are not written ones, and were moved to {timing.grid}, by {mean:.3f} of a "
            "quarter note on average"
        )
    if lost:
        remarks.append(f"{lost} of its notes were left out: on the grid they last for no time")
    if gate < 1:
        remarks.append(
            f"its notes were lengthened: they sound for {float(gate):.0%} of the time to the next "
            "one (median)"
        )
    return remarks


def _written(onsets: Sequence[Fraction], ticks_per_beat: int) -> _Timing | None:
    """Find the coarsest level that holds all onsets, perhaps a tick late."""
    ticks = [int(onset * ticks_per_beat) for onset in onsets]
    for level in LEVELS:
        moments = _in_ticks(level, ticks_per_beat)
        tells = 2 * len(moments) <= ticks_per_beat
        if not tells and level is not LEVELS[0]:
            break
        for late in (0, 1) if tells else (0,):
            split = [divmod(tick - late, ticks_per_beat) for tick in ticks]
            if all(tick in moments for _, tick in split):
                found = [beat + moments[tick] for beat, tick in split]
                return _Timing(dict(zip(onsets, found, strict=True)), LEVELS[0], "")
    return None


def _in_ticks(level: Sequence[int], ticks_per_beat: int) -> dict[int, Fraction]:
    """Map ticks of a quarter note to the moments that they are, or are rounded from."""
    moments: dict[int, Fraction] = {}
    for parts in level:
        for k in range(parts):
            exact = Fraction(k * ticks_per_beat, parts)
            for tick in (floor(exact), ceil(exact)):
                if tick < ticks_per_beat:
                    moments.setdefault(tick, Fraction(k, parts))
    return moments


def _played(onsets: Sequence[Fraction]) -> _Timing:
    """Move onsets to the grid that explains them best.

    Raises:
        UnreadableTuneError: if none does.
    """
    positions, position_of, counts = np.unique(
        [float(onset % 1) for onset in onsets], return_inverse=True, return_counts=True
    )
    fits = [_fit(positions, counts, grid, offset) for grid in GRIDS for offset in _OFFSETS]
    best = max(fits, key=lambda fit: fit.score)
    if best.score <= 0 or best.wrong > MAX_WRONG:
        raise UnreadableTuneError(
            "its timing fits no grid: it was played without regard to the file's beat, or too "
            "unevenly; quantise it in a sequencer"
        )
    moments = {}
    for onset, position in zip(onsets, position_of, strict=True):
        beat = round(float(onset) + best.shifts[position] - float(best.nearest[position]))
        moments[onset] = max(beat + best.nearest[position], Fraction(0))
    return _Timing(moments, GRIDS[best.grid], best.grid)


def _fit(positions: np.ndarray, counts: np.ndarray, grid: str, offset: float) -> _Fit:
    """Fit a grid's mixture to the positions of onsets in a beat, by expectation maximisation.

    Args:
        positions: distinct, in quarter notes from 0 to 1, ``[positions]``.
        counts: onsets at each of them, ``[positions]``.
        grid: which.
        offset: where to start from.
    """
    marks = sorted({Fraction(k, parts) for parts in GRIDS[grid] for k in range(parts)})
    centres = np.array([float(mark) for mark in marks])
    gap = float(min(after - before for before, after in pairwise([*marks, Fraction(1)])))
    widest = min(_MAX_OFFSET, gap / 2)
    offset, deviation = max(-widest, min(offset, widest)), gap / 4
    weights = np.full(len(marks), (1 - _UNIFORM) / len(marks))
    for _ in range(_ITERATIONS):
        away = (positions[:, None] - centres - offset + 0.5) % 1 - 0.5
        normal = np.exp(-0.5 * (away / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi))
        density = weights * normal
        total = density.sum(axis=1) + _UNIFORM
        share = density / total[:, None] * counts[:, None]
        mass = share.sum()
        weights = (1 - _UNIFORM) * share.sum(axis=0) / mass
        offset = max(-widest, min(offset + (share * away).sum() / mass, widest))
        deviation = max(float(np.sqrt((share * away**2).sum() / mass)), _MIN_DEVIATION)
    onsets, best = counts.sum(), density.argmax(axis=1)
    parameters = len(marks) + 1  # weights that sum to 1, deviation, offset
    rows = np.arange(len(positions))
    return _Fit(
        score=float((counts * np.log(total)).sum() - parameters / 2 * np.log(onsets)),
        grid=grid,
        wrong=float(1 - (counts * density[rows, best] / total).sum() / onsets),
        shifts=-away[rows, best] - offset,
        nearest=[marks[k] for k in best],
    )


def _one_at_a_time(
    notes: Sequence[WrittenNote], moments: dict[Fraction, Fraction]
) -> list[WrittenNote]:
    """Of notes moved to one moment, keep those that still sound when the last of them begins."""
    last: dict[Fraction, Fraction] = {}
    for note in notes:
        last[moments[note.onset]] = note.onset
    return [
        note
        for note in notes
        if note.onset == (begun := last[moments[note.onset]]) or note.onset + note.duration > begun
    ]


def _with_ends(
    notes: Sequence[WrittenNote], timing: _Timing, tick: Fraction
) -> tuple[list[WrittenNote], Fraction]:
    """Move notes to their moments and ends; return the gate too, 1 where ends were written."""
    error = tick if tick < _ROUGH_TICK else Fraction(0)
    following = dict(pairwise(sorted(set(timing.moments.values()))))
    starts = [timing.moments[note.onset] for note in notes]
    gate = (
        median_high(
            min((note.duration + error) / (following[start] - start), Fraction(1))
            for note, start in zip(notes, starts, strict=True)
            if start in following
        )
        if following
        else Fraction(1)
    )
    written = not timing.grid and (
        gate == 1
        or all(
            abs(end - _nearest(end, timing.parts)) <= error
            for end in (note.onset + note.duration for note in notes)
        )
    )
    moved = []
    for note, start in zip(notes, starts, strict=True):
        following_onset = following.get(start)
        if written:
            end = _written_end(note, start, following_onset, error)
        else:
            end = _played_end(note.duration, start, following_onset, gate, timing.parts)
        moved.append(note._replace(onset=start, duration=end - start))
    return moved, Fraction(1) if written else gate


def _written_end(
    note: WrittenNote, start: Fraction, following: Fraction | None, error: Fraction
) -> Fraction:
    end = note.onset + note.duration
    if following is not None and abs(end - following) <= error:
        return following
    moment = _nearest(end, (*LEVELS[1], _FINEST_END))
    return moment if abs(end - moment) <= error and moment > start else end


def _played_end(
    duration: Fraction,
    start: Fraction,
    following: Fraction | None,
    gate: Fraction,
    parts: Sequence[int],
) -> Fraction:
    if following is not None and duration >= _LEGATO * (following - start):
        return following
    end = _nearest(start + (duration / gate if gate >= MIN_GATE else duration), parts)
    end = max(end, min(Fraction(floor(start * n) + 1, n) for n in parts))
    return end if following is None else min(end, following)


def _nearest(moment: Fraction, parts: Sequence[int]) -> Fraction:
    return min((Fraction(round(moment * n), n) for n in parts), key=lambda m: abs(m - moment))
