"""Sampling: the next step is drawn from the model's distribution, again and again."""

import numpy as np

from nottingham.models.base import Model


def continue_tunes(model: Model, primers: np.ndarray, *, steps: int, seed: int) -> np.ndarray:
    """Continue several tunes at once.

    Args:
        model: what gives the distribution of each step.
        primers: beginnings of tunes, ``[batch, time]`` with time ≥ 1.
        steps: how many steps to draw for each.
        seed: the same seed draws the same steps.

    Returns:
        The primers with their continuations, ``[batch, time + steps]``, uint8.
    """
    draw = np.random.default_rng(seed)
    batch, time = primers.shape
    tunes = np.zeros((batch, time + steps), np.uint8)
    tunes[:, :time] = primers
    for t in range(time, time + steps):
        rows = np.exp(model.next_log_probs(tunes[:, :t]).astype(np.float64))
        reached = np.cumsum(rows, axis=1)
        tunes[:, t] = (reached > draw.random((batch, 1)) * reached[:, -1:]).argmax(axis=1)
    return tunes
