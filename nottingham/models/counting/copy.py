"""The classical rival with a memory: what followed before, mixed with an n-gram model.

    p(x) = Σ w_k [x = candidate k] + w p(x | n - 1 steps before)

The candidates are those of `nottingham.models.lookback`; the weight of one that is missing goes to
the n-gram model. The weights depend on how long the passage is that the tune has just repeated, and
are fitted on the validation tunes by expectation maximisation: Jelinek & Mercer (1980), whose
interpolation stands here for the escapes of prediction by partial matching.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jaxtyping import Float, Integer

from nottingham.dataset import split
from nottingham.dataset.streams import CONTEXT, Dataset
from nottingham.models import storage
from nottingham.models.base import Context
from nottingham.models.choice import Choice
from nottingham.models.counting.kneser_ney import KneserNey
from nottingham.models.counting.ngram import as_arrays, shapes, tables_of
from nottingham.models.lookback import HORIZONS, NOTHING, RUN_CLASSES, Memory, Recall
from nottingham.representation import vocabulary

_LOOKBACKS = (4, 8, 16)
"""Measures. On a fine grid, those that the memory does not reach are left out."""

_ROUNDS = 200
_PRIOR = 0.1
"""Targets that each part is taken to have explained beforehand."""


@dataclass(frozen=True)
class Copy:
    """A mixture of candidates and an n-gram model."""

    memory: Memory
    ngram: KneserNey
    weights: Float[np.ndarray, "classes parts"]
    """For each class of the longest run: the weight of each candidate, and of the n-gram model."""

    context: Context = field(default="tune", init=False)

    def log_probs(self, tokens: np.ndarray) -> np.ndarray:
        """Score a tune; see `Model.log_probs`."""
        return self.log_probs_of([tokens])[0]

    def log_probs_of(self, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Score several tunes, all heard at once; see `Batched`."""
        below = [self.ngram.log_probs(tokens) for tokens in tunes]
        heard = self.memory.over([tokens[:-1] for tokens in tunes])
        ends = np.cumsum([len(tokens[:-1]) for tokens in tunes])
        found = []
        for rows, end in zip(below, ends, strict=True):
            known = Recall(*(part[end - len(rows[1:]) : end] for part in heard))
            found.append(np.concatenate([rows[:1], self._mixed(known, rows[1:])]))
        return found

    def continued(
        self,
        primers: np.ndarray,
        draws: np.ndarray,
        *,
        carry: bool,
        choice: Choice,
        allowed: np.ndarray,
    ) -> np.ndarray:
        """Continue several tunes; its memory always goes on, step by step. See `Batched`."""
        vocabulary.check(primers)
        tunes = np.concatenate([primers, np.zeros(draws.T.shape, np.uint8)], axis=1)
        heard, first = self.memory.start(len(primers)), primers.shape[1]
        for step in primers.T:
            heard = _hear(self.memory, heard, step.astype(np.int32))
        for t, (draw, tokens) in enumerate(zip(draws, allowed, strict=True), start=first):
            recall = jax.tree.map(np.asarray, heard.recall)
            rows = self._mixed(recall, self.ngram.next_log_probs(tunes[:, :t]))
            tunes[:, t] = choice.draw(rows.astype(np.float64), draw, tokens)
            heard = _hear(self.memory, heard, tunes[:, t].astype(np.int32))
        return tunes

    def next_log_probs(self, histories: np.ndarray) -> np.ndarray:
        """Give the next step of each tune; see `Model.next_log_probs`."""
        below = self.ngram.next_log_probs(histories)
        heard = self.memory.over(list(histories))
        length = histories.shape[1]
        last = Recall(*(part[length - 1 :: length] for part in heard))
        return self._mixed(last, below)

    def save(self, folder: Path | str) -> None:
        """Write the model's folder."""
        settings = {
            "kind": "copy",
            "lookbacks": self.memory.lookbacks,
            "order": self.ngram.order,
        }
        storage.save(folder, settings, {"weights": self.weights, **as_arrays(self.ngram.tables)})

    def _mixed(self, recall: Recall, below: np.ndarray) -> np.ndarray:
        """Mix rows ``[rows, k]`` of the n-gram model with what is recalled before each."""
        weights = self.weights[_longest_run(recall)]
        missing = recall.candidates == NOTHING
        rest = weights[:, -1] + np.sum(weights[:, :-1] * missing, axis=1)
        rows = rest[:, None] * np.exp(below.astype(np.float64))
        for k in range(self.memory.candidates):
            there = np.flatnonzero(~missing[:, k])
            rows[there, recall.candidates[there, k]] += weights[there, k]
        logs: np.ndarray = np.log(rows).astype(np.float32)
        return logs


_hear = jax.jit(Memory.step, static_argnums=0)


def load(folder: Path | str, settings: Mapping[str, Any]) -> Copy:
    """Read what `Copy.save` wrote."""
    order, memory = int(settings["order"]), _memory(settings["lookbacks"])
    parts = {"weights": (RUN_CLASSES, memory.candidates + 1)}
    arrays = storage.load_arrays(folder, shapes(order) | parts)
    return Copy(memory, KneserNey(tables_of(arrays, order)), arrays["weights"])


def fit(dataset: Dataset, ngram: KneserNey) -> Copy:
    """Fit the weights on the validation tunes.

    Args:
        dataset: the tunes and their split.
        ngram: fitted on the training tunes.
    """
    lookbacks = [measures * dataset.steps_per_measure for measures in _LOOKBACKS]
    memory = _memory([steps for steps in lookbacks if steps < HORIZONS["tune"]])
    tunes = [tokens for tokens in dataset.tunes(split.VALID) if len(tokens) > CONTEXT]
    heard = memory.over(tunes)
    ends = np.cumsum([len(tokens) for tokens in tunes])
    places = np.concatenate(
        [np.arange(e - len(t) + CONTEXT - 1, e - 1) for e, t in zip(ends, tunes, strict=True)]
    )
    recall = Recall(*(part[places] for part in heard))
    targets = np.concatenate([tokens[CONTEXT:] for tokens in tunes])
    below = np.concatenate(
        [ngram.log_probs(t)[np.arange(CONTEXT, len(t)), t[CONTEXT:]] for t in tunes]
    )
    hit = recall.candidates == targets[:, None]
    missing = recall.candidates == NOTHING
    fallback = np.exp(below.astype(np.float64))[:, None]
    parts = np.concatenate([np.where(missing, fallback, hit), fallback], axis=1)
    return Copy(memory, ngram, mixture_weights(parts, _longest_run(recall)))


def mixture_weights(
    parts: Float[np.ndarray, "targets parts"], classes: Integer[np.ndarray, " targets"]
) -> Float[np.ndarray, "classes parts"]:
    """Find the weights under which a mixture makes the targets likeliest, for each class.

    Args:
        parts: p(target) by each part of the mixture.
        classes: below `RUN_CLASSES`. One without targets weighs all parts alike.
    """
    weights = np.full((RUN_CLASSES, parts.shape[1]), 1 / parts.shape[1])
    for _ in range(_ROUNDS):
        shares = weights[classes] * parts
        shares /= shares.sum(axis=1, keepdims=True)
        sums = np.full_like(weights, _PRIOR)  # so that no part is ever ruled out
        np.add.at(sums, classes, shares)
        weights = sums / sums.sum(axis=1, keepdims=True)
    return weights


def _memory(lookbacks: Sequence[int]) -> Memory:
    return Memory(HORIZONS["tune"], tuple(lookbacks), longest=True)


def _longest_run(recall: Recall) -> Integer[np.ndarray, " rows"]:
    """Give the class of the longest run, which is the candidate before the last."""
    return np.asarray(recall.runs)[:, -2]
