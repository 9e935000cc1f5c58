"""What a model is: anything that gives the next step's probabilities."""

from typing import Literal, Protocol, runtime_checkable

import numpy as np

Context = Literal["window", "tune"]


@runtime_checkable
class Model(Protocol):
    """A distribution over the next step, given the steps before it.

    With ``window`` context a row depends on the 32 steps before it and on its place in the
    measure; with ``tune`` context on every earlier step of the tune. Rows are float32.
    """

    @property
    def context(self) -> Context:
        """How far back the model sees."""

    def log_probs(self, tokens: np.ndarray) -> np.ndarray:
        """Score a tune from its start.

        Args:
            tokens: the tune, integers of shape ``[time]``.

        Returns:
            ``[time, vocabulary]``: row t is ln p(token t | the tokens before t that the model may
            see). It never depends on token t or later, and its exponentials sum to one.

        Raises:
            ValueError: if a token is outside the vocabulary.
        """

    def next_log_probs(self, histories: np.ndarray) -> np.ndarray:
        """Give the step that follows each of several beginnings of tunes.

        Args:
            histories: tunes so far, from their starts: ``[batch, time]`` with time ≥ 1.

        Returns:
            ``[batch, vocabulary]``: the row that `log_probs` would give for step ``time``.
        """
