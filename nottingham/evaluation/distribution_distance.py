"""Distances between sets of tunes, by histograms: Yang & Lerch (2018).

A histogram describes a tune. Within a set, the distances between all pairs of tunes have a
distribution, and so have those between the tunes of one set and those of another. Where the
distances across are distributed as those within, the sets are alike; the overlapping area of the
two densities and their Kullback–Leibler divergence say by how much.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Integer
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.distance import cdist
from scipy.stats import entropy

from nottingham.evaluation.bootstrap import LEAST_TUNES
from nottingham.evaluation.metrics import rounded

_OCTAVE = 12
_LONGEST = 16  # ticks: longer notes count as this long
_BINS, _MARGIN = 1000, 1.2
_DRAWS, _LEVELS = 200, (2.5, 97.5)
_NAMES = ("overlap", "divergence")


def histograms(
    tunes: Sequence[np.ndarray], tonics: Sequence[int]
) -> dict[str, Float[np.ndarray, "tunes bins"]]:
    """Describe each tune by the shares of its pitch classes, intervals and durations.

    Args:
        tunes: the MIDI pitch and the duration in ticks of each note: ``[notes, 2]``.
        tonics: of each tune, as a pitch class.

    Returns:
        ``pitch_class`` above the tonic, by note, 12 bins; ``interval`` from −12 to 12 semitones,
        wider ones at the ends; ``duration`` from 1 to 16 ticks. All zeros where there is nothing to
        count: no notes, or one without an interval.
    """
    found: dict[str, list[np.ndarray]] = {"pitch_class": [], "interval": [], "duration": []}
    for notes, tonic in zip(tunes, tonics, strict=True):
        pitches, durations = notes.T
        intervals = np.clip(np.diff(pitches), -_OCTAVE, _OCTAVE) + _OCTAVE
        found["pitch_class"].append(_shares((pitches - tonic) % 12, 12))
        found["interval"].append(_shares(intervals, 2 * _OCTAVE + 1))
        found["duration"].append(_shares(np.minimum(durations, _LONGEST) - 1, _LONGEST))
    return {name: np.stack(rows) for name, rows in found.items()}


def distances(
    written: Float[np.ndarray, "tunes bins"], real: Float[np.ndarray, "others bins"], *, seed: int
) -> dict[str, dict[str, Any]]:
    """Compare the distances between written and real tunes with those among real ones.

    Args:
        written: a histogram a tune.
        real: a histogram a tune.
        seed: of the intervals.

    Returns:
        ``overlap``: the area that both densities cover, 1 where they are the same.
        ``divergence``: the Kullback–Leibler divergence, in nats, of the density within the real
        set from the one across. Each with a 95 % interval by bootstrap over the tunes of both; None
        where either set has fewer than 10 tunes.
    """
    if min(len(written), len(real)) < LEAST_TUNES:
        return {name: {"value": None, "interval": None} for name in _NAMES}
    within, across = cdist(real, real), cdist(written, real)
    reach = float(max(within.max(), across.max())) * _MARGIN or 1.0
    draw = np.random.default_rng(seed)
    found = [_compared(within[np.triu_indices(len(real), 1)], across.reshape(-1), reach)]
    for _ in range(_DRAWS):
        mine, theirs = (draw.integers(0, len(one), len(one)) for one in (written, real))
        pairs = theirs[:, None] != theirs  # a tune drawn twice is no pair
        found.append(
            _compared(
                within[np.ix_(theirs, theirs)][pairs], across[np.ix_(mine, theirs)].ravel(), reach
            )
        )
    values = np.array(found)
    ends = np.percentile(values[1:], _LEVELS, axis=0).T
    return {
        name: {"value": rounded(value), "interval": [rounded(low), rounded(high)]}
        for name, value, (low, high) in zip(_NAMES, values[0], ends, strict=True)
    }


def density(values: Float[np.ndarray, " n"], reach: float) -> Float[np.ndarray, " bins"]:
    """Estimate a density from 0 to ``reach``: Gaussian kernels as wide as Scott's rule has them.

    The values are counted in narrow bins first, which is much quicker than a kernel for each. Where
    all are the same, a kernel is as wide as a bin.
    """
    counts, _ = np.histogram(values, _BINS, (0.0, reach))
    bin_width = reach / _BINS
    width = max(np.std(values) * len(values) ** -0.2, bin_width)
    smooth = gaussian_filter1d(counts.astype(float), width / bin_width, mode="constant")
    found: np.ndarray = smooth / smooth.sum() / bin_width
    return found


def _compared(
    within: Float[np.ndarray, " n"], across: Float[np.ndarray, " m"], reach: float
) -> tuple[float, float]:
    one, other = density(within, reach), density(across, reach)
    bin_width = reach / _BINS
    least = np.finfo(float).tiny
    overlap = np.minimum(one, other).sum() * bin_width
    return float(overlap), float(entropy(one + least, other + least))


def _shares(values: Integer[np.ndarray, " n"], bins: int) -> Float[np.ndarray, " bins"]:
    counts = np.bincount(values, minlength=bins)
    shares: np.ndarray = counts / max(1, counts.sum())
    return shares
