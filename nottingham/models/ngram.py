"""n-gram counts with additive smoothing, the poster's classical rival.

    p(x | the n - 1 steps before) = (count(context, x) + c) / (count(context) + c k)

with k the size of the vocabulary. Near the start of a tune, where fewer than n - 1 steps lie
behind, the shorter n-gram is used. An n-gram is stored as one integer, its tokens as digits to
base k, so that the continuations of a context are neighbours in a sorted table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nottingham.encoding import split, vocabulary
from nottingham.encoding.windows import CONTEXT, Streams
from nottingham.files import write_csv
from nottingham.models import storage
from nottingham.models.base import Context


@dataclass(frozen=True)
class Table:
    """How often each n-gram of one n occurs."""

    codes: np.ndarray
    """The n-grams that occur, sorted: ``[kinds]``, int64."""
    counts: np.ndarray
    """How often each occurs: ``[kinds]``, int64."""

    @classmethod
    def count(cls, codes: np.ndarray) -> "Table":
        """Count n-grams given as integers in any order."""
        return cls(*np.unique(codes, return_counts=True))

    def of(self, codes: np.ndarray) -> np.ndarray:
        """Look up the counts of n-grams of any shape."""
        if not len(self.codes):
            return np.zeros(codes.shape, np.int64)
        places = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        found: np.ndarray = np.where(self.codes[places] == codes, self.counts[places], 0)
        return found

    def totals(self, contexts: np.ndarray) -> np.ndarray:
        """Sum the counts of all n-grams that begin with each context."""
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
    """Count the n-grams within each tune for n = 1 … ``max_order``, one table an n."""
    return [Table.count(_all_ngrams(tunes, order)) for order in range(1, max_order + 1)]


def _all_ngrams(tunes: Sequence[np.ndarray], order: int) -> np.ndarray:
    """Give every n-gram of every tune as an integer."""
    tokens = np.concatenate(tunes)
    if len(tokens) < order:
        return np.zeros(0, np.int64)
    tune = np.repeat(np.arange(len(tunes)), [len(t) for t in tunes])
    within = tune[: len(tokens) - order + 1] == tune[order - 1 :]
    return encode(sliding_window_view(tokens, order)[within])


@dataclass(frozen=True)
class Ngram:
    """An n-gram model: n = ``len(tables)``."""

    tables: Sequence[Table]
    """Counts for n = 1, 2, …"""
    smoothing: float
    context: Context = "window"

    def log_probs(self, tokens: np.ndarray) -> np.ndarray:
        """Score a tune; see `Model.log_probs`."""
        vocabulary.check(tokens)
        behind = len(self.tables) - 1
        starts = [self._rows(tokens[None, :t]) for t in range(min(behind, len(tokens)))]
        if len(tokens) <= behind:
            return np.concatenate(starts) if starts else np.zeros((0, vocabulary.SIZE), np.float32)
        contexts = sliding_window_view(tokens, behind)[: len(tokens) - behind] if behind else None
        full = self._rows(np.zeros((len(tokens), 0)) if contexts is None else contexts)
        return np.concatenate([*starts, full])

    def next_log_probs(self, histories: np.ndarray) -> np.ndarray:
        """Give the next step of each tune; see `Model.next_log_probs`."""
        vocabulary.check(histories)
        behind = min(len(self.tables) - 1, histories.shape[1])
        return self._rows(histories[:, histories.shape[1] - behind :])

    def save(self, folder: Path | str) -> None:
        """Write the model's folder."""
        arrays = {}
        for order, table in enumerate(self.tables, start=1):
            arrays[f"{order}.codes"], arrays[f"{order}.counts"] = table.codes, table.counts
        settings = {"kind": "ngram", "order": len(self.tables), "smoothing": self.smoothing}
        storage.save(folder, settings, arrays)

    def _rows(self, contexts: np.ndarray) -> np.ndarray:
        """Give ln p of every token after contexts of shape ``[rows, length]``."""
        table = self.tables[contexts.shape[1]]
        codes = encode(contexts)[:, None] * vocabulary.SIZE + np.arange(vocabulary.SIZE)
        smoothed = table.of(codes) + self.smoothing
        rows: np.ndarray = np.log(smoothed / smoothed.sum(axis=1, keepdims=True))
        return rows.astype(np.float32)


def load(folder: Path | str, settings: dict[str, Any]) -> Ngram:
    """Read what `Ngram.save` wrote."""
    orders = range(1, int(settings["order"]) + 1)
    names = [f"{order}.{part}" for order in orders for part in ("codes", "counts")]
    arrays = storage.load_arrays(folder, dict.fromkeys(names, (None,)))
    tables = [Table(arrays[f"{order}.codes"], arrays[f"{order}.counts"]) for order in orders]
    return Ngram(tables, float(settings["smoothing"]))


@dataclass(frozen=True)
class Candidate:
    """One choice of n and c and its log-loss on the validation tunes, in nats per step."""

    order: int
    smoothing: float
    log_loss: float


def fit(
    streams: Streams, *, max_order: int, smoothing: Sequence[float]
) -> tuple[Ngram, list[Candidate]]:
    """Count n-grams in the training tunes and choose n and c on the validation tunes.

    Returns:
        The model of the smallest validation log-loss, and every candidate tried.
    """
    tables = count_all(streams.tunes(split.TRAIN), max_order)
    windows = _target_windows(streams.tunes(split.VALID), max_order)
    tried = []
    for order, table in enumerate(tables, start=1):
        grams = encode(windows[:, max_order - order :])
        counts, totals = table.of(grams), table.totals(grams // vocabulary.SIZE)
        for c in smoothing:
            loss = -np.log((counts + c) / (totals + c * vocabulary.SIZE)).mean()
            tried.append(Candidate(order, c, float(loss)))
    best = min(tried, key=lambda candidate: candidate.log_loss)
    return Ngram(tables[: best.order], best.smoothing), tried


def write_candidates(path: Path | str, tried: Sequence[Candidate]) -> None:
    """Write the validation log-loss of every n and c as CSV: a row an n, a column a c."""
    choices = sorted({candidate.smoothing for candidate in tried})
    losses = {(c.order, c.smoothing): c.log_loss for c in tried}
    orders = sorted({candidate.order for candidate in tried})
    rows = [[n, *(losses[n, c] for c in choices)] for n in orders]
    write_csv(path, ["n", *(f"c={c:g}" for c in choices)], rows)


def _target_windows(tunes: Sequence[np.ndarray], order: int) -> np.ndarray:
    """Give every target with the ``order`` - 1 steps before it: ``[targets, order]``."""
    long = [tokens[CONTEXT - order + 1 :] for tokens in tunes if len(tokens) > CONTEXT]
    return np.concatenate([sliding_window_view(tokens, order) for tokens in long])
