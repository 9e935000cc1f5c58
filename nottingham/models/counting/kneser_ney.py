"""n-gram counts with interpolated modified Kneser-Ney smoothing: Chen & Goodman (1999), eq. 26.

    p(x | context) = (count(context, x) - D) / count(context) + γ(context) p(x | shorter context)

The discount D depends on whether the count is 1, 2 or more, and γ hands on what was discounted.
Below the highest n an n-gram counts by how many different tokens stand before it, rather than by
how often it occurs; below n = 1 every token is equally likely. For the highest n it counts by the
tunes that it occurs in: dances play each part twice, so that n-grams occur twice rather than once
and four times rather than three, and the discounts are estimated from how common these counts are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int, Integer

from nottingham.dataset import split
from nottingham.dataset.streams import Dataset
from nottingham.models import storage
from nottingham.models.counting.ngram import (
    Candidate,
    Counting,
    Table,
    as_arrays,
    count_tunes,
    longest,
    shapes,
    tables_of,
    target_windows,
)
from nottingham.models.counting.settings import NgramSettings
from nottingham.representation import Representation

_MOST = 3
"""From this count on, the discount is the same."""


@dataclass(frozen=True)
class KneserNey(Counting):
    """A Kneser-Ney model: n = ``len(tables)``."""

    representation: Representation
    tables: Sequence[Table]
    """Counts for n = 1, 2, …: of tokens that stand before, for the highest n of tunes."""

    def probabilities(
        self, contexts: Integer[np.ndarray, "rows length"]
    ) -> Float[np.ndarray, "rows vocabulary"]:
        """See `Counting`."""
        length, size = contexts.shape[1], self.representation.vocabulary.size
        rows = np.full((len(contexts), size), 1 / size)
        for reach, table, discount in zip(
            range(length + 1), self.tables, self._discounts, strict=False
        ):
            counts = table.after(contexts[:, length - reach :])
            taken = discount[np.minimum(counts, _MOST)]
            total = counts.sum(axis=1, keepdims=True)
            handed_on = taken.sum(axis=1, keepdims=True) * rows
            rows = np.where(total, (counts - taken + handed_on) / np.maximum(total, 1), rows)
        return rows

    @cached_property
    def _discounts(self) -> list[np.ndarray]:
        return [discounts(table.counts) for table in self.tables]

    def save(self, folder: Path | str) -> None:
        """Write the model's folder."""
        settings = {"kind": "kneser-ney", "order": self.order}
        storage.save(folder, settings, self.representation, as_arrays(self.tables))


def load(
    folder: Path | str, settings: Mapping[str, Any], representation: Representation
) -> KneserNey:
    """Read what `KneserNey.save` wrote."""
    order = int(settings["order"])
    arrays = storage.load_arrays(folder, shapes(order))
    tables = tables_of(arrays, order, representation.vocabulary.size)
    return KneserNey(representation, tables)


def discounts(counts: Int[np.ndarray, " kinds"]) -> Float[np.ndarray, " discounts"]:
    """Estimate what to take from counts of 0, 1, 2, and 3 and more, from how common these are.

    Where too few are seen for the estimate, or it would leave nothing to hand on, half a count is
    taken.
    """
    n1, n2, n3, n4 = (int(np.sum(counts == k)) for k in range(1, 5))
    half = np.array([0.0, 0.5, 0.5, 0.5])
    if not (n1 and n2 and n3):
        return half
    share = n1 / (n1 + 2 * n2)
    found = [1 - 2 * share * n2 / n1, 2 - 3 * share * n3 / n2, 3 - 4 * share * n4 / n3]
    return np.array([0.0, *found]) if min(found) > 0 else half


def tables_for(by_tune: Sequence[Table]) -> list[Table]:
    """Return the counts of `KneserNey` from those of tunes: below the last, of what is before."""
    size = by_tune[-1].size
    heads = [longer.codes % size**n for n, longer in enumerate(by_tune[1:], start=1)]
    return [*(Table.count(codes, size) for codes in heads), by_tune[-1]]


def fit(dataset: Dataset, *, max_order: int) -> tuple[KneserNey, list[Candidate]]:
    """Count n-grams in the training tunes and choose n on the validation tunes.

    Returns:
        The model of the smallest validation log-loss, and every candidate tried.
    """
    tunes, representation = dataset.tunes(split.TRAIN), dataset.representation
    max_order = min(max_order, longest(representation.vocabulary.size))
    orders = range(1, max_order + 1)
    by_tune = [count_tunes(tunes, order, representation.vocabulary.size) for order in orders]
    windows = target_windows(dataset, split.VALID, max_order)
    contexts, targets = windows[:, :-1], windows[:, -1:].astype(np.int64)
    models = [KneserNey(representation, tables_for(by_tune[:order])) for order in orders]
    tried = []
    for order, model in enumerate(models, start=1):
        rows = model.probabilities(contexts[:, max_order - order :])
        loss = -np.log(np.take_along_axis(rows, targets, axis=1)).mean()
        tried.append(Candidate(order, "kneser-ney", float(loss)))
    best = min(tried, key=lambda candidate: candidate.log_loss)
    return models[best.order - 1], tried


def fit_section(
    dataset: Dataset, section: NgramSettings, fitted: Any
) -> tuple[KneserNey, list[Candidate]]:
    """See `registry.Kind`."""
    return fit(dataset, max_order=section.max_order)
