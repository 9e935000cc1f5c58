"""What a model is: anything that gives the next step's probabilities."""

from collections.abc import Sequence
from typing import Literal, Protocol, runtime_checkable

import numpy as np

from nottingham.models.choice import Choice

Context = Literal["window", "tune"]

REAL = "real"
"""What stands for the real tunes where models are named."""


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


@runtime_checkable
class Batched(Model, Protocol):
    """A model that is much faster with many tunes at once."""

    def log_probs_of(self, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Score several tunes: what `Model.log_probs` gives for each."""

    def continued(
        self,
        primers: np.ndarray,
        draws: np.ndarray,
        *,
        carry: bool,
        choice: Choice,
        allowed: np.ndarray,
    ) -> np.ndarray:
        """Continue several tunes; see `nottingham.models.sampler`.

        Args:
            primers: beginnings of tunes, ``[batch, time]``.
            draws: a number from [0, 1) for each new step, ``[steps, batch]``: how far up the
                distribution the step is found.
            carry: whether the state is kept from the first step on, whatever the context.
            choice: how a step is drawn.
            allowed: the tokens that each new step may have, ``[steps, batch or 1, vocabulary]``.

        Returns:
            ``[batch, time + steps]``, uint8.
        """
