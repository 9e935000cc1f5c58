"""How like real tunes a set of written ones is, by histograms: Yang & Lerch (2018).

A histogram describes a tune. Within a set, the distances between all pairs of tunes have a
distribution, and so have those between the tunes of one set and those of another. Where the
distances across are distributed as those within, the sets are alike.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Integer
from scipy.spatial.distance import cdist, pdist
from scipy.stats import entropy, gaussian_kde

from nottingham.evaluation.musicality import notes

_OCTAVE = 12
_LONGEST = 16  # steps: longer notes count as this long
_POINTS = 1000

Histograms = Float[np.ndarray, "tunes bins"]


class Likeness(NamedTuple):
    """How the distances between two sets compare with those within the real one."""

    overlap: float
    """The area that both densities cover: 1 where they are the same."""
    divergence: float
    """Kullback–Leibler divergence of the density within from that across, in nats."""


def histograms(
    tunes: Sequence[np.ndarray], tonics: Sequence[int]
) -> dict[str, Float[np.ndarray, "tunes bins"]]:
    """Describe each tune by the shares of its pitch classes, intervals and durations.

    Args:
        tunes: tokens of shape ``[time]``, with two notes at least.
        tonics: of each tune, as a pitch class.

    Returns:
        ``pitch_class`` above the tonic, by note, 12 bins; ``interval`` from −12 to 12 semitones,
        wider ones at the ends; ``duration`` from 1 to 16 steps.
    """
    found: dict[str, list[np.ndarray]] = {"pitch_class": [], "interval": [], "duration": []}
    for tokens, tonic in zip(tunes, tonics, strict=True):
        pitches, durations = (np.array(part) for part in zip(*notes(tokens), strict=True))
        intervals = np.clip(np.diff(pitches), -_OCTAVE, _OCTAVE) + _OCTAVE
        found["pitch_class"].append(_shares((pitches - tonic) % 12, 12))
        found["interval"].append(_shares(intervals, 2 * _OCTAVE + 1))
        found["duration"].append(_shares(np.minimum(durations, _LONGEST) - 1, _LONGEST))
    return {name: np.stack(rows) for name, rows in found.items()}


def likeness(written: Histograms, real: Histograms) -> Likeness:
    """Compare the distances between written and real tunes with those among real ones."""
    within, across = pdist(real), cdist(written, real).reshape(-1)
    points = np.linspace(0, max(within.max(), across.max()) * 1.1, _POINTS)
    one, other = (gaussian_kde(distances)(points) for distances in (within, across))
    step = points[1] - points[0]
    least = np.finfo(float).tiny
    return Likeness(
        overlap=float(np.minimum(one, other).sum() * step),
        divergence=float(entropy(one + least, other + least)),
    )


def _shares(values: Integer[np.ndarray, " n"], bins: int) -> Float[np.ndarray, " bins"]:
    counts = np.bincount(values, minlength=bins)
    shares: np.ndarray = counts / counts.sum()
    return shares
