"""The surprisal of a tune under a model, measure by measure."""

import numpy as np
from jaxtyping import Float, Integer

from nottingham.models.base import Model
from nottingham.representation import clock


def bits(model: Model, tokens: Integer[np.ndarray, " time"]) -> Float[np.ndarray, " measures"]:
    """Return −log₂ p of each measure, given all that comes before it and the model may see.

    Args:
        model: what predicts.
        tokens: a tune from its start; its last measure may be a part of one.
    """
    (rows,) = (found.astype(np.float64) for found in model.score([tokens]))
    steps = -np.take_along_axis(rows, tokens[:, None].astype(int), axis=1)[:, 0] / np.log(2)
    measure = clock.read(model.representation, tokens).measure[:-1]
    starts = np.flatnonzero(np.diff(measure, prepend=-1))
    measures: np.ndarray = np.add.reduceat(steps, starts) if len(tokens) else np.zeros(0)
    return measures
