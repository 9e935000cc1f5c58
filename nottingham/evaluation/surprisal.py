"""The surprisal of tunes under a model, measure by measure."""

from collections.abc import Sequence

import numpy as np

from nottingham.models.base import Model
from nottingham.representation import clock


def bits(model: Model, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return −log₂ p of each measure, given the tokens before it, the header left out.

    A measure in which no token begins, but a long note is held, has no bits. An end belongs to the
    measure of the token before it.

    Args:
        model: what predicts.
        tunes: tokens from the start of each, of shape ``[time]``; the last measure may be a part
            of one.

    Returns:
        For each tune an array of shape ``[measures]``, in bits.
    """
    found = []
    for tokens, rows in zip(tunes, model.score(tunes), strict=True):
        chosen = np.take_along_axis(rows.astype(np.float64), tokens[:, None].astype(int), axis=1)
        vocabulary = model.representation.vocabulary
        measure = clock.read(model.representation, tokens).measure[:-1]
        measure = np.where(vocabulary.ends[tokens], np.roll(measure, 1), measure)
        music = vocabulary.kind[tokens] >= vocabulary.headers
        surprisal = -chosen[:, 0] * music / np.log(2)
        found.append(np.bincount(measure, surprisal))
    return found
