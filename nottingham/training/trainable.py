"""What training needs of a network: another architecture is one file that has these methods."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Array, Float, Int, Key

from nottingham.models.base import Context, Model
from nottingham.representation import Representation
from nottingham.representation.clock import Clock


@runtime_checkable
class Trainable(Protocol):
    """A Flax module (``nnx.Module``) that predicts the token after each token of a segment.

    Its inputs are a tree of arrays of its own, ``[time, batch, …]`` each.
    """

    @property
    def representation(self) -> Representation:
        """How tunes are written as tokens."""

    def inputs(self, tokens: Int[Array, "time batch"], times: Clock) -> Any:
        """Return the inputs after each token of segments.

        Args:
            tokens: the segments; the first token may be `Vocabulary.none`, the start of a tune.
            times: when the token after each of these begins: ``[time, batch]``.
        """

    def stored_inputs(self, tunes: Sequence[np.ndarray]) -> Any:
        """Return what can be computed once of whole tunes, each from its start on: ``[time]``.

        Returns:
            A tree of arrays, ``[tokens, …]`` each, the tunes one after the other, to be cut into
            segments and completed by `with_times`; None where inputs are of a segment alone.
        """

    def with_times(self, stored: Any, times: Clock) -> Any:
        """Return the inputs from segments of `stored_inputs`, and when the next tokens begin."""

    def pitches(self, inputs: Any) -> Int[Array, "rows batch"]:
        """Return every MIDI pitch in the inputs of each segment, `NO_PITCH` for none."""

    def transposed(
        self, inputs: Any, table: Int[Array, "shifts tokens"], semitones: Int[Array, " batch"]
    ) -> Any:
        """Return the inputs of transposed segments.

        Args:
            inputs: of segments.
            table: of `Vocabulary.transposition`.
            semitones: for each segment.
        """

    def predict(
        self,
        inputs: Any,
        *,
        last: int,
        dropout: float = 0.0,
        keys: Key[Array, " batch"] | None = None,
    ) -> Float[Array, "last batch vocabulary"]:
        """Return the logits of the token after each of the last tokens.

        Args:
            inputs: of segments, which begin from a fresh state.
            last: the number of predictions.
            dropout: the share of units to drop.
            keys: of each segment's dropout mask.
        """


@runtime_checkable
class Architecture(Protocol):
    """How a network is built from settings, and what model is made of it."""

    @property
    def context(self) -> Context:
        """The model's."""

    @property
    def numbers_per_token(self) -> int:
        """The least numbers that the gradient keeps of a token: a preflight's estimate."""

    def build(self, seed: int) -> Trainable:
        """Return a network with the weights that it begins with."""

    def model(self, network: Any) -> Model:
        """Return the model of a trained network."""
