"""The tune-context model around a network: its state and its memory go on over the whole tune."""

from collections.abc import Sequence

import numpy as np

from nottingham.models.base import Context
from nottingham.models.recurrent.model import Recurrent
from nottingham.representation import vocabulary


class TuneModel(Recurrent):
    """A network that hears a tune from its start, and predicts each step from all before it."""

    context: Context = "tune"

    def log_probs_of(self, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Score several tunes; see `Batched`."""
        for tokens in tunes:
            vocabulary.check(tokens)
        return self._rows_of(tunes)

    def next_log_probs(self, histories: np.ndarray) -> np.ndarray:
        """Give the next step of each tune; see `Model.next_log_probs`."""
        vocabulary.check(histories)
        return self._rows_after(histories)
