"""n-gram counts with additive smoothing, the poster's classical rival.

    p(x | the n - 1 tokens before) = (count(context, x) + c) / (count(context) + c k)

with k the size of the vocabulary. Near the start of a tune, where fewer than n - 1 tokens lie
after, the shorter n-gram is used. An n-gram is stored as one integer, its tokens as digits to
base k, so that the continuations of a context are neighbours in a sorted table.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Integer
from numpy.lib.stride_tricks import sliding_window_view

from nottingham.dataset import split
from nottingham.dataset.streams import Dataset
from nottingham.files import write_csv
from nottingham.models import storage
from nottingham.models.base import Context, Model
from nottingham.models.counting.settings import NgramSettings
from nottingham.representation import Representation


@dataclass(frozen=True)
class Table:
    """How often each n-gram of one n occurs."""

    codes: np.ndarray
    """The n-grams that occur, sorted: ``[kinds]``, int64."""
    counts: np.ndarray
    """How often each occurs: ``[kinds]``, int64."""
    size: int
    """The base of the integers: the size of the vocabulary."""

    @classmethod
    def count(cls, codes: np.ndarray, size: int) -> "Table":
        """Count n-grams, ``[n-grams]``, given as integers to base ``size`` in any order."""
        return cls(*np.unique(codes, return_counts=True), size)

    def of(self, codes: np.ndarray) -> np.ndarray:
        """Look up the counts of n-grams of any shape ``[...]``; they have the same."""
        if not len(self.codes):
            return np.zeros(codes.shape, np.int64)
        indices = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        found: np.ndarray = np.where(self.codes[indices] == codes, self.counts[indices], 0)
        return found

    def after(self, contexts: Integer[np.ndarray, "rows length"]) -> np.ndarray:
        """Look up the count of every token after each context: ``[rows, k]``."""
        return self.of(encode(contexts, self.size)[:, None] * self.size + np.arange(self.size))

    def totals(self, contexts: np.ndarray) -> np.ndarray:
        """Sum the counts of all n-grams that begin with each context: both ``[...]``."""
        sums = np.concatenate([[0], np.cumsum(self.counts)])
        first = np.searchsorted(self.codes, contexts * self.size)
        last = np.searchsorted(self.codes, (contexts + 1) * self.size)
        totals: np.ndarray = sums[last] - sums[first]
        return totals


def encode(ngrams: np.ndarray, size: int) -> np.ndarray:
    """Return n-grams of shape ``[..., n]`` as integers of shape ``[...]``, 0 for n = 0.

    Args:
        ngrams: tokens.
        size: of the vocabulary, the base of the integers.
    """
    weights = size ** np.arange(ngrams.shape[-1] - 1, -1, -1, dtype=np.int64)
    codes: np.ndarray = ngrams.astype(np.int64) @ weights
    return codes


def longest(size: int) -> int:
    """Return the largest n whose n-grams over a vocabulary of this size are integers of 63 bits."""
    return int(63 / np.log2(size))


def count_all(tunes: Sequence[np.ndarray], max_order: int, size: int) -> list[Table]:
    """Count the n-grams within tunes, each ``[time]``: a table for each n = 1 … ``max_order``."""
    orders = range(1, max_order + 1)
    return [Table.count(_all_ngrams(tunes, order, size), size) for order in orders]


def count_tunes(tunes: Sequence[np.ndarray], order: int, size: int) -> Table:
    """Count in how many tunes, each ``[time]``, each n-gram of n = ``order`` occurs."""
    found = [np.unique(_all_ngrams([tokens], order, size)) for tokens in tunes]
    return Table.count(np.concatenate(found), size)


def _all_ngrams(tunes: Sequence[np.ndarray], order: int, size: int) -> np.ndarray:
    """Return every n-gram of every tune as an integer."""
    tokens = np.concatenate(tunes)
    if len(tokens) < order:
        return np.zeros(0, np.int64)
    tune = np.repeat(np.arange(len(tunes)), [len(t) for t in tunes])
    within = tune[: len(tokens) - order + 1] == tune[order - 1 :]
    return encode(sliding_window_view(tokens, order)[within], size)


class Counting(Model):
    """A model that looks up the counts of what followed the last tokens."""

    context: Context = "window"

    tables: Sequence[Table]
    """Counts for n = 1, 2, …"""

    @property
    def order(self) -> int:
        """The length of the longest n-gram: the predicted token and n - 1 before it."""
        return len(self.tables)

    @abstractmethod
    def probabilities(
        self, contexts: Integer[np.ndarray, "rows length"]
    ) -> Float[np.ndarray, "rows vocabulary"]:
        """Return p of every token after contexts of up to ``order`` - 1 tokens."""

    @property
    def _reach(self) -> int:
        """The last tokens that decide: those of a context, and one for the grammar."""
        return max(1, self.order - 1)

    def start(self, batch: int) -> Integer[np.ndarray, "batch length"]:
        """See `Model`: the last tokens."""
        return np.zeros((batch, 0), np.int64)

    def step(
        self,
        state: Integer[np.ndarray, "batch length"],
        tokens: Integer[np.ndarray, " batch"],
    ) -> Integer[np.ndarray, "batch next_length"]:
        """See `Model`."""
        longer = np.concatenate([state, tokens[:, None]], axis=1)
        return longer[:, max(0, longer.shape[1] - self._reach) :]

    def log_probs(
        self, state: Integer[np.ndarray, "batch length"]
    ) -> Float[np.ndarray, "batch vocabulary"]:
        """See `Model`: what the grammar rules out is left to the other tokens."""
        length, may_follow = state.shape[1], self.representation.vocabulary.may_follow
        rows = self.probabilities(state[:, max(0, length - self.order + 1) :])
        if not may_follow.all():
            last = state[:, -1] if length else np.full(len(state), len(may_follow) - 1)
            rows = np.where(may_follow[last], rows, 0)
            rows /= rows.sum(axis=1, keepdims=True)
        with np.errstate(divide="ignore"):
            logs: np.ndarray = np.log(rows).astype(np.float32)
        return logs

    def score(self, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Score the contexts of a tune together; see `Model.score`."""
        return [self._score_one(tokens) for tokens in tunes]

    def _score_one(self, tokens: np.ndarray) -> np.ndarray:
        self.representation.vocabulary.check(tokens)
        reach = self._reach
        rows = [self.log_probs(tokens[None, :t]) for t in range(min(reach, len(tokens)))]
        if len(tokens) > reach:
            rows.append(self.log_probs(sliding_window_view(tokens, reach + 1)[:, :-1]))
        size = self.representation.vocabulary.size
        return np.concatenate([np.zeros((0, size), np.float32), *rows])


@dataclass(frozen=True)
class Ngram(Counting):
    """An n-gram model with additive smoothing: n = ``len(tables)``."""

    representation: Representation
    tables: Sequence[Table]
    """Counts for n = 1, 2, …"""
    smoothing: float

    def probabilities(
        self, contexts: Integer[np.ndarray, "rows length"]
    ) -> Float[np.ndarray, "rows vocabulary"]:
        """See `Counting`."""
        smoothed = self.tables[contexts.shape[1]].after(contexts) + self.smoothing
        rows: np.ndarray = smoothed / smoothed.sum(axis=1, keepdims=True)
        return rows

    def save(self, folder: Path | str) -> None:
        """Write the model's folder."""
        settings = {"kind": "ngram", "order": self.order, "smoothing": self.smoothing}
        storage.save(folder, settings, self.representation, as_arrays(self.tables))


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


def tables_of(arrays: Mapping[str, np.ndarray], order: int, size: int) -> list[Table]:
    """Take the tables for n up to ``order`` from the arrays of `as_arrays`, each ``[kinds]``."""
    orders = range(1, order + 1)
    return [Table(arrays[f"{n}.codes"], arrays[f"{n}.counts"], size) for n in orders]


def load(folder: Path | str, settings: Mapping[str, Any], representation: Representation) -> Ngram:
    """Read what `Ngram.save` wrote."""
    order = int(settings["order"])
    smoothing = float(settings["smoothing"])
    if not 0 < smoothing < np.inf:
        raise ValueError(f"a smoothing of {smoothing}")
    arrays = storage.load_arrays(folder, shapes(order))
    return Ngram(
        representation, tables_of(arrays, order, representation.vocabulary.size), smoothing
    )


@dataclass(frozen=True)
class Candidate:
    """A choice of n and smoothing, and its log-loss on the validation tunes, in nats per token."""

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
    size = dataset.representation.vocabulary.size
    max_order = min(max_order, longest(size))
    tables = count_all(dataset.tunes(split.TRAIN), max_order, size)
    windows = target_windows(dataset, split.VALID, max_order)
    tried = []
    for order, table in enumerate(tables, start=1):
        grams = encode(windows[:, max_order - order :], size)
        counts, totals = table.of(grams), table.totals(grams // size)
        for c in smoothing:
            loss = -np.log((counts + c) / (totals + c * size)).mean()
            tried.append((Candidate(order, f"c={c:g}", float(loss)), c))
    best, c = min(tried, key=lambda choice: choice[0].log_loss)
    fitted = Ngram(dataset.representation, tables[: best.order], c)
    return fitted, [candidate for candidate, _ in tried]


def fit_section(
    dataset: Dataset, section: NgramSettings, fitted: Any
) -> tuple[Ngram, list[Candidate]]:
    """See `registry.Kind`."""
    return fit(dataset, max_order=section.max_order, smoothing=section.smoothing)


def write_candidates(path: Path | str, tried: Sequence[Candidate]) -> None:
    """Write all validation log-losses as CSV: a row an n, a column a smoothing, as first tried."""
    choices = list(dict.fromkeys(candidate.smoothing for candidate in tried))
    losses = {(c.order, c.smoothing): c.log_loss for c in tried}
    orders = sorted({candidate.order for candidate in tried})
    rows = [[n, *(losses[n, c] for c in choices)] for n in orders]
    write_csv(path, ["n", *choices], rows)


def target_windows(dataset: Dataset, part: int, order: int) -> Integer[np.ndarray, "targets order"]:
    """Return every target of a part of the split with the ``order`` - 1 tokens before it."""
    first = dataset.representation.window - order + 1
    long = [tokens[first:] for tokens in dataset.long_tunes(part)]
    return np.concatenate([sliding_window_view(tokens, order) for tokens in long])
