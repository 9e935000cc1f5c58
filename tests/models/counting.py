"""Small models that count, without a choice on validation tunes."""

from collections.abc import Sequence

import numpy as np

from nottingham.models.counting.copy import Copy
from nottingham.models.counting.kneser_ney import KneserNey, tables_for
from nottingham.models.counting.ngram import count_tunes
from nottingham.models.lookback import MATCH_CLASSES, Lookback
from nottingham.representation.grid import Grid

GRID = Grid(8)


def kneser_ney(tunes: Sequence[np.ndarray], order: int) -> KneserNey:
    """Count n-grams of one n, as `kneser_ney.fit` does."""
    size = GRID.vocabulary.size
    tables = tables_for([count_tunes(tunes, n, size) for n in range(1, order + 1)])
    return KneserNey(GRID, tables)


def copy(tunes: Sequence[np.ndarray], order: int) -> Copy:
    """Mix n-grams with candidates by weights that differ between the classes of matches."""
    lookback = Lookback(Grid(1), 512, (4, 12), last=False, longest=True)
    weights = np.random.default_rng(0).dirichlet(np.ones(lookback.candidates + 1), MATCH_CLASSES)
    return Copy(lookback, kneser_ney(tunes, order), weights)
