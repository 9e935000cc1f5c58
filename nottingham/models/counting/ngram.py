"""n-gram counts with additive smoothing, the poster's classical rival.

    p(x | the n - 1 steps before) = (count(context, x) + c) / (count(context) + c k)

with k the size of the vocabulary. Near the start of a tune, where fewer than n - 1 steps lie
behind, the shorter n-gram is used. An n-gram is stored as one integer, its tokens as digits to
base k, so that the continuations of a context are neighbours in a sorted table.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Integer
from numpy.lib.stride_tricks import sliding_window_view

from nottingham.dataset import split
from nottingham.dataset.streams import CONTEXT, Dataset
from nottingham.files import write_csv
from nottingham.models import storage
from nottingham.models.base import Context
from nottingham.representation import vocabulary


@dataclass(frozen=True)
class Table:
    """How often each n-gram of one n occurs."""

    codes: np.ndarray
    """The n-grams that occur, sorted: ``[kinds]``, int64."""
    counts: np.ndarray
    """How often each occurs: ``[kinds]``, int64."""

    @classmethod
    def count(cls, codes: np.ndarray) -> "Table":
        """Count n-grams, ``[n-grams]``, given as integers in any order."""
        return cls(*np.unique(codes, return_counts=True))

    def of(self, codes: np.ndarray) -> np.ndarray:
        """Look up the counts of n-grams of any shape ``[...]``; they have the same."""
        if not len(self.codes):
            return np.zeros(codes.shape, np.int64)
        places = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        found: np.ndarray = np.where(self.codes[places] == codes, self.counts[places], 0)
        return found

    def after(self, contexts: Integer[np.ndarray, "rows length"]) -> np.ndarray:
        """Look up the count of every token after each context: ``[rows, k]``."""
        return self.of(encode(contexts)[:, None] * vocabulary.SIZE + np.arange(vocabulary.SIZE))

    def totals(self, contexts: np.ndarray) -> np.ndarray:
        """Sum the counts of all n-grams that begin with each context: both ``[...]``."""
        sums = np.concatenate([[0], np.cumsum(self.counts)])
        first = np.searchsorted(self.codes, contexts * vocabulary.SIZE)
        last = np.searchsorted(self.codes, (contexts + 1) * vocabulary.SIZE)
        totals: np.ndarray = sums[last] - sums[first]
        return totals


def encode(ngrams: np.ndarray) -> np.ndarray:
    """Turn n-grams of shape ``[..., n]`` into integers of shape ``[...]``; n = 0 gives 0."""
    weights = vocabulary.SIZE ** np.arange(ngrams.shape[-1] - 1, -1, -1, dtype=np.int64)
    codes: np.ndarray = ngrams.astype(np.int64) @ weights
    return codes


def count_all(tunes: Sequence[np.ndarray], max_order: int) -> list[Table]:
    """Count the n-grams within tunes, each ``[time]``: a table for each n = 1 … ``max_order``."""
    return [Table.count(_all_ngrams(tunes, order)) for order in range(1, max_order + 1)]


def count_tunes(tunes: Sequence[np.ndarray], order: int) -> Table:
    """Count in how many tunes, each ``[time]``, each n-gram of n = ``order`` occurs."""
    return Table.count(np.concatenate([np.unique(_all_ngrams([t], order)) for t in tunes]))


def _all_ngrams(tunes: Sequence[np.ndarray], order: int) -> np.ndarray:
    """Give every n-gram of every tune as an integer."""
    tokens = np.concatenate(tunes)
    if len(tokens) < order:
        return np.zeros(0, np.int64)
    tune = np.repeat(np.arange(len(tunes)), [len(t) for t in tunes])
    within = tune[: len(tokens) - order + 1] == tune[order - 1 :]
    return encode(sliding_window_view(tokens, order)[within])


class Counting(ABC):
    """A model that predicts from at most so many steps before, by looking them up."""

    context: Context = "window"

    tables: Sequence[Table]
    """Counts for n = 1, 2, …"""

    @property
    def order(self) -> int:
        """How long an n-gram is: the predicted step and n - 1 before it."""
        return len(self.tables)

    @abstractmethod
    def probabilities(self, contexts: Integer[np.ndarray, "rows length"]) -> np.ndarray:
        """Give p of every token after contexts of up to ``order`` - 1 steps: ``[rows, k]``."""

    def log_probs(self, tokens: np.ndarray) -> np.ndarray:
        """Score a tune; see `Model.log_probs`."""
        vocabulary.check(tokens)
        behind = self.order - 1
        rows = [self._rows(tokens[None, :t]) for t in range(min(behind, len(tokens)))]
        if len(tokens) > behind:
            rows.append(self._rows(sliding_window_view(tokens, self.order)[:, :-1]))
        return np.concatenate([np.zeros((0, vocabulary.SIZE), np.float32), *rows])

    def next_log_probs(self, histories: np.ndarray) -> np.ndarray:
        """Give the next step of each tune; see `Model.next_log_probs`."""
        vocabulary.check(histories)
        behind = min(self.order - 1, histories.shape[1])
        return self._rows(histories[:, histories.shape[1] - behind :])

    def _rows(self, contexts: np.ndarray) -> np.ndarray:
        rows: np.ndarray = np.log(self.probabilities(contexts))
        return rows.astype(np.float32)


@dataclass(frozen=True)
class Ngram(Counting):
    """An n-gram model with additive smoothing: n = ``len(tables)``."""

    tables: Sequence[Table]
    """Counts for n = 1, 2, …"""
    smoothing: float

    def probabilities(self, contexts: Integer[np.ndarray, "rows length"]) -> np.ndarray:
        """See `Counting`."""
        smoothed = self.tables[contexts.shape[1]].after(contexts) + self.smoothing
        rows: np.ndarray = smoothed / smoothed.sum(axis=1, keepdims=True)
        return rows

    def save(self, folder: Path | str) -> None:
        """Write the model's folder."""
        settings = {"kind": "ngram", "order": self.order, "smoothing": self.smoothing}
        storage.save(folder, settings, as_arrays(self.tables))


def as_arrays(tables: Sequence[Table]) -> dict[str, np.ndarray]:
    """Name the arrays, each ``[kinds]``, of the tables for n from 1 on."""
    arrays = {}
    for order, table in enumerate(tables, start=1):
        arrays[f"{order}.codes"], arrays[f"{order}.counts"] = table.codes, table.counts
    return arrays


def shapes(order: int) -> dict[str, tuple[int | None, ...]]:
    """Name the arrays of `as_arrays` for n up to ``order``, of any length."""
    names = [f"{n}.{part}" for n in range(1, order + 1) for part in ("codes", "counts")]
    return dict.fromkeys(names, (None,))


def tables_of(arrays: Mapping[str, np.ndarray], order: int) -> list[Table]:
    """Take the tables for n up to ``order`` from the arrays of `as_arrays`, each ``[kinds]``."""
    return [Table(arrays[f"{n}.codes"], arrays[f"{n}.counts"]) for n in range(1, order + 1)]


def load(folder: Path | str, settings: Mapping[str, Any]) -> Ngram:
    """Read what `Ngram.save` wrote."""
    order = int(settings["order"])
    smoothing = float(settings["smoothing"])
    if not 0 < smoothing < np.inf:
        raise ValueError(f"a smoothing of {smoothing}")
    return Ngram(tables_of(storage.load_arrays(folder, shapes(order)), order), smoothing)


@dataclass(frozen=True)
class Candidate:
    """One choice of n and smoothing, and its log-loss on the validation tunes, in nats per step."""

    order: int
    smoothing: str
    log_loss: float


def fit(
    dataset: Dataset, *, max_order: int, smoothing: Sequence[float]
) -> tuple[Ngram, list[Candidate]]:
    """Count n-grams in the training tunes and choose n and c on the validation tunes.

    Returns:
        The model of the smallest validation log-loss, and every candidate tried.
    """
    tables = count_all(dataset.tunes(split.TRAIN), max_order)
    windows = target_windows(dataset.tunes(split.VALID), max_order)
    tried = []
    for order, table in enumerate(tables, start=1):
        grams = encode(windows[:, max_order - order :])
        counts, totals = table.of(grams), table.totals(grams // vocabulary.SIZE)
        for c in smoothing:
            loss = -np.log((counts + c) / (totals + c * vocabulary.SIZE)).mean()
            tried.append((Candidate(order, f"c={c:g}", float(loss)), c))
    best, c = min(tried, key=lambda choice: choice[0].log_loss)
    return Ngram(tables[: best.order], c), [candidate for candidate, _ in tried]


def write_candidates(path: Path | str, tried: Sequence[Candidate]) -> None:
    """Write all validation log-losses as CSV: a row an n, a column a smoothing, as first tried."""
    choices = list(dict.fromkeys(candidate.smoothing for candidate in tried))
    losses = {(c.order, c.smoothing): c.log_loss for c in tried}
    orders = sorted({candidate.order for candidate in tried})
    rows = [[n, *(losses[n, c] for c in choices)] for n in orders]
    write_csv(path, ["n", *choices], rows)


def target_windows(tunes: Sequence[np.ndarray], order: int) -> np.ndarray:
    """Give every target with the ``order`` - 1 steps before it: ``[targets, order]``."""
    long = [tokens[CONTEXT - order + 1 :] for tokens in tunes if len(tokens) > CONTEXT]
    return np.concatenate([sliding_window_view(tokens, order) for tokens in long])
