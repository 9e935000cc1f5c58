"""How surprising a tune is to a model, measure by measure."""

import numpy as np
from jaxtyping import Float, Integer

from nottingham.models.base import Model


def bits(
    model: Model, tokens: Integer[np.ndarray, " time"], steps_per_measure: int
) -> Float[np.ndarray, " measures"]:
    """Give −log₂ p of each measure, given all that comes before it and the model may see.

    Args:
        model: what is surprised.
        tokens: a tune from its start.
        steps_per_measure: the grid; the last measure may be a part of one.
    """
    rows = model.log_probs(tokens).astype(np.float64)
    steps = -np.take_along_axis(rows, tokens[:, None].astype(int), axis=1)[:, 0] / np.log(2)
    starts = np.arange(0, len(tokens), steps_per_measure)
    measures: np.ndarray = np.add.reduceat(steps, starts) if len(tokens) else np.zeros(0)
    return measures
