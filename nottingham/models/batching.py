"""Whole tunes of any length, heard in calls of one fixed size, so that one program serves all."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
from jaxtyping import Int

from nottingham.dataset.streams import CONTEXT

TUNES, STEPS = 64, CONTEXT
"""Tunes and steps in a call."""


def through(
    hear: Callable[[Any, Int[np.ndarray, "steps tunes"], int], tuple[Any, Any]],
    start: Any,
    tunes: Sequence[np.ndarray],
) -> list[Any]:
    """Hear tunes from their start, many at once.

    Args:
        hear: takes a state, the next `STEPS` steps of `TUNES` tunes and the place of the first;
            gives the state behind them and a tree of arrays, ``[STEPS, TUNES, …]`` each.
        start: the state before the first step.
        tunes: tokens of shape ``[time]``.

    Returns:
        For each tune what ``hear`` gave of its steps: a tree of arrays, ``[time, …]`` each.
    """
    found: dict[int, Any] = {}
    by_length = sorted(range(len(tunes)), key=lambda i: len(tunes[i]))
    for i in range(0, len(tunes), TUNES):
        some = by_length[i : i + TUNES]
        batch, state, parts = _padded([tunes[k] for k in some]), start, []
        for first in range(0, len(batch), STEPS):
            state, part = hear(state, batch[first : first + STEPS], first)
            parts.append(part)
        whole = jax.tree.map(lambda *x: np.concatenate(x), *parts)
        for place, k in enumerate(some):
            found[k] = _of_one(whole, place, len(tunes[k]))
    return [found[k] for k in range(len(tunes))]


def _padded(tunes: Sequence[np.ndarray]) -> Int[np.ndarray, "steps tunes"]:
    """Lay tunes side by side, with rests behind them and beside them; at least one call's worth."""
    calls = max(1, -(-max(len(tokens) for tokens in tunes) // STEPS))
    batch = np.zeros((calls * STEPS, TUNES), np.int32)
    for place, tokens in enumerate(tunes):
        batch[: len(tokens), place] = tokens
    return batch


def _of_one(whole: Any, place: int, length: int) -> Any:
    def cut(array: np.ndarray) -> Any:
        return array[:length, place]

    return jax.tree.map(cut, whole)
