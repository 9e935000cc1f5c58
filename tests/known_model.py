"""A model of which every probability is known."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nottingham.models.base import Context, Model
from nottingham.representation import Grid, Representation

Rule = Callable[[np.ndarray], np.ndarray]
"""Takes tokens so far, ``[batch, time]``; returns p of each next one, ``[batch, vocabulary]``."""


class KnownModel(Model):
    """Predicts by a rule."""

    def __init__(
        self, rule: Rule, *, representation: Representation | None = None, context: Context = "tune"
    ) -> None:
        self._rule, self.context = rule, context
        self.representation = representation or Grid(8)

    def start(self, batch: int) -> np.ndarray:
        """Return the tokens of each tune, which need not have as many: an array of tuples."""
        return _tuples([()] * batch)

    def step(self, state: np.ndarray, tokens: np.ndarray) -> np.ndarray:
        return _tuples([(*row, token) for row, token in zip(state, tokens.tolist(), strict=True)])

    def log_probs(self, state: np.ndarray) -> np.ndarray:
        rows = np.zeros((len(state), self.representation.vocabulary.size), np.float32)
        lengths = np.array([len(row) for row in state], int)
        for length in np.unique(lengths):
            alike = np.flatnonzero(lengths == length)
            before = np.array([state[row] for row in alike], int).reshape(len(alike), length)
            rows[alike] = np.log(self._rule(before))
        return rows

    def save(self, folder: Any) -> None:
        raise AssertionError("nobody saves it")


def _tuples(rows: list[tuple[int, ...]]) -> np.ndarray:
    found = np.empty(len(rows), object)
    found[:] = rows
    return found


def expecting(tokens: Any, probability: Any, *, size: int = 89) -> np.ndarray:
    """Return rows in which one token each has a probability, and the others share the rest."""
    tokens, probability = np.broadcast_arrays(tokens, probability)
    rows = np.repeat((1 - probability)[:, None] / (size - 1), size, axis=1)
    rows[np.arange(len(tokens)), tokens] = probability
    return rows
