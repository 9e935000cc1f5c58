"""95 % confidence intervals by bootstrap over tunes.

Steps of one tune resemble each other, so whole tunes are resampled. Two models are
compared on the same tunes, drawn together: a paired interval is much narrower than the intervals of
the two.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from jaxtyping import Int

from nottingham.evaluation.metrics import Ratio, rounded

Interval = tuple[float, float]

_DRAWS = 10_000
_LEVELS = (2.5, 97.5)
LEAST_TUNES = 10
"""Figures of fewer tunes have no interval."""


def intervals(
    figures: Sequence[Ratio], tune: Int[np.ndarray, " items"], *, seed: int
) -> list[Interval | None]:
    """Return the interval of each figure by the percentile bootstrap: Efron & Tibshirani (1993).

    Args:
        figures: all over the same items; for the difference of two models, of their differences.
        tune: which tune each item is of, from 0 on.
        seed: the same seed draws the same tunes.

    Returns:
        The 2.5th and the 97.5th percentile; None for a figure to which fewer than 10 tunes add.
    """
    if not len(tune):
        return [None] * len(figures)
    tunes = int(tune.max()) + 1
    draws = _draws(tunes, seed)
    values = np.stack([np.bincount(tune, figure.values, tunes) for figure in figures], axis=1)
    counted = np.stack([np.bincount(tune, figure.counted, tunes) for figure in figures], axis=1)
    sums, totals = draws @ values, draws @ counted
    found = np.divide(sums, totals, out=np.full_like(sums, np.nan), where=totals > 0)
    return [
        _percentiles(column) if np.sum(of > 0) >= LEAST_TUNES else None
        for column, of in zip(found.T, counted.T, strict=True)
    ]


def calibration_interval(
    gaps: Sequence[Ratio], tune: Int[np.ndarray, " items"], *, seed: int
) -> Interval | None:
    """Return the interval of a calibration error, the sum of the sizes of its bins' gaps.

    Chance makes gaps larger rather than smaller, and resampling adds to it: where models are
    nearly calibrated, the interval lies a little high.
    """
    if not len(tune) or tune.max() + 1 < LEAST_TUNES:
        return None
    tunes = int(tune.max()) + 1
    draws = _draws(tunes, seed)
    values = np.stack([np.bincount(tune, gap.values, tunes) for gap in gaps], axis=1)
    totals = draws @ np.bincount(tune, minlength=tunes)
    return _percentiles(np.abs(draws @ values).sum(axis=1) / totals)


@lru_cache(maxsize=4)
def _draws(tunes: int, seed: int) -> Int[np.ndarray, "draws tunes"]:
    """Resample tunes: how often each is drawn."""
    every = np.full(tunes, 1 / tunes)
    return np.random.default_rng(seed).multinomial(tunes, every, _DRAWS)


def _percentiles(drawn: np.ndarray) -> Interval:
    low, high = np.nanpercentile(drawn, _LEVELS)
    return rounded(low), rounded(high)
