"""Whole tunes of any length in calls of one size, so that one compiled function serves all."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
from jaxtyping import Int

TUNES, STEPS = 64, 32
"""Tunes and tokens in a call."""


def through(
    consume: Callable[[Any, Int[np.ndarray, "steps tunes"]], tuple[Any, Any]],
    start: Any,
    tunes: Sequence[np.ndarray],
) -> list[Any]:
    """Run tunes from their start, many at once.

    Args:
        consume: takes a state and the next `STEPS` tokens of `TUNES` tunes; returns the state
            after them and a tree of arrays, ``[STEPS, TUNES, …]`` each.
        start: the state before the first token.
        tunes: tokens of shape ``[time]``.

    Returns:
        For each tune what ``consume`` returned for its tokens: a tree of arrays, ``[time, …]``
        each.
    """
    found: dict[int, Any] = {}
    by_length = sorted(range(len(tunes)), key=lambda i: len(tunes[i]))
    for i in range(0, len(tunes), TUNES):
        some = by_length[i : i + TUNES]
        batch, state, parts = _padded([tunes[k] for k in some]), start, []
        for first in range(0, len(batch), STEPS):
            state, part = consume(state, batch[first : first + STEPS])
            parts.append(part)
        whole = jax.tree.map(lambda *x: np.concatenate(x), *parts)
        for column, k in enumerate(some):
            found[k] = _of_one(whole, column, len(tunes[k]))
    return [found[k] for k in range(len(tunes))]


def _padded(tunes: Sequence[np.ndarray]) -> Int[np.ndarray, "steps tunes"]:
    """Lay tunes side by side, zeros after them and beside them; at least one call's worth."""
    calls = max(1, -(-max(len(tokens) for tokens in tunes) // STEPS))
    batch = np.zeros((calls * STEPS, TUNES), np.int32)
    for column, tokens in enumerate(tunes):
        batch[: len(tokens), column] = tokens
    return batch


def _of_one(whole: Any, column: int, length: int) -> Any:
    def cut(array: np.ndarray) -> Any:
        return array[:length, column]

    return jax.tree.map(cut, whole)
