"""Small models that count, without a choice on validation tunes."""

from collections.abc import Sequence

import numpy as np

from nottingham.models.counting.copy import Copy
from nottingham.models.counting.kneser_ney import KneserNey, tables_for
from nottingham.models.counting.ngram import count_tunes
from nottingham.models.lookback import MATCH_CLASSES, Lookback
from tests.models.stepping import GRID, SIZE


def kneser_ney(tunes: Sequence[np.ndarray], order: int) -> KneserNey:
    """Count n-grams of one n, as `kneser_ney.fit` does."""
    return KneserNey(GRID, tables_for([count_tunes(tunes, n, SIZE) for n in range(1, order + 1)]))


def copy(tunes: Sequence[np.ndarray], order: int, lookbacks: tuple[int, ...] = (4, 12)) -> Copy:
    """Mix n-grams with what lies so many steps before, by other weights for each class of runs."""
    lookback = Lookback(GRID, 512, lookbacks, longest=True)
    weights = np.random.default_rng(0).dirichlet(np.ones(lookback.candidates + 1), MATCH_CLASSES)
    return Copy(lookback, kneser_ney(tunes, order), weights)
