"""Sampling: the next step is drawn from the model's distribution, again and again."""

import numpy as np

from nottingham.models.base import Batched, Model


def continue_tunes(
    model: Model, primers: np.ndarray, *, steps: int, seed: int, carry: bool = False
) -> np.ndarray:
    """Continue several tunes at once.

    Args:
        model: what gives the distribution of each step.
        primers: beginnings of tunes, ``[batch, time]`` with time ≥ 1.
        steps: how many steps to draw for each.
        seed: the same seed draws the same steps.
        carry: whether a network keeps its state from the first step on, rather than start anew
            at the edge of the context that it is evaluated with. Other models do not heed it.

    Returns:
        The primers with their continuations, ``[batch, time + steps]``, uint8.
    """
    draws = np.random.default_rng(seed).random((steps, len(primers)))
    if isinstance(model, Batched):
        return model.continued(primers, draws, carry=carry)
    return by_rows(model, primers, draws)


def by_rows(model: Model, primers: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Continue tunes by asking for one row after the other.

    Args:
        model: what gives the distribution of each step.
        primers: beginnings of tunes, ``[batch, time]`` with time ≥ 1.
        draws: a number from [0, 1) for each new step, ``[steps, batch]``: how far up the
            distribution the step is found.

    Returns:
        ``[batch, time + steps]``, uint8.
    """
    batch, time = primers.shape
    tunes = np.zeros((batch, time + len(draws)), np.uint8)
    tunes[:, :time] = primers
    for t, draw in enumerate(draws, start=time):
        rows = np.exp(model.next_log_probs(tunes[:, :t]).astype(np.float64))
        reached = np.cumsum(rows, axis=1)
        tunes[:, t] = (reached > draw[:, None] * reached[:, -1:]).argmax(axis=1)
    return tunes
