"""The base class of models: distributions over the next token, given the tokens before it.

A model takes the tokens of several tunes step by step, so that no prediction can depend on what is
yet to come. Scoring and generation are written once, on `Model.start`, `Model.step` and
`Model.log_probs`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Literal

import numpy as np

from nottingham.representation import Representation

Context = Literal["window", "tune"]


class Model(ABC):
    """A distribution over the next token, given the tokens before it.

    With ``window`` context a prediction depends on the last tokens, as many as the
    representation's window has, and on when the next one begins; with ``tune`` context
    on every earlier token of the tune.
    """

    representation: Representation
    """How tunes are written as the tokens that it predicts."""
    context: Context
    """What a prediction depends on."""

    @abstractmethod
    def start(self, batch: int) -> Any:
        """Return the state before the first token of a batch of tunes."""

    @abstractmethod
    def step(self, state: Any, tokens: Any) -> Any:
        """Return the state after one more token of each tune, ``[batch]``."""

    @abstractmethod
    def log_probs(self, state: Any) -> Any:
        """Return ln p of each token that may come next: ``[batch, vocabulary]``, float32.

        The exponentials of a row sum to one.
        """

    def score(self, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return ln p of every token of the vocabulary at each position of each tune.

        A model may have a faster way than this one, step by step.

        Args:
            tunes: tokens of shape ``[time]``, from the start of each tune.

        Returns:
            Rows ``[time, vocabulary]``; row t is what `log_probs` returns after the first t
            tokens.

        Raises:
            ValueError: if a token is outside the vocabulary.
        """
        for tokens in tunes:
            self.representation.vocabulary.check(tokens)
        if not tunes:
            return []
        padded = np.zeros((max(map(len, tunes)), len(tunes)), np.int32)
        for column, tokens in enumerate(tunes):
            padded[: len(tokens), column] = tokens
        rows = np.asarray(self.run(_predict, (padded,), None))
        return [rows[: len(tokens), column] for column, tokens in enumerate(tunes)]

    def unbounded(self) -> "Model":
        """Return the model that generates: with a network's state carried through whole tunes."""
        return self

    def eager(self) -> "Model":
        """Return the model whose steps take NumPy's arrays at once, without compiling anything."""
        return self

    def guided(self, weight: float) -> "Model":
        """Return the model with a weight on the logits that need no past.

        They are those of the header and of the position in the tune; 1 leaves them as trained.
        What the header says of form and endings may weigh more. A model that has none returns
        itself.
        """
        return self

    def run(self, function: "ModelFunction", arrays: Any, options: Hashable) -> Any:
        """Call a function of this model; a model whose state is JAX's compiles it."""
        return function(self, loop, arrays, options)

    @abstractmethod
    def save(self, folder: Any) -> None:
        """Write the model's folder."""


Scan = Callable[[Callable[[Any, Any], tuple[Any, Any]], Any, Any], tuple[Any, Any]]
ModelFunction = Callable[[Model, Scan, Any, Any], Any]
"""Takes a model, `jax.lax.scan` or `loop`, a tree of arrays, and options; returns a tree."""


def loop(step: Callable[[Any, Any], tuple[Any, Any]], state: Any, inputs: Any) -> tuple[Any, Any]:
    """Fold a step over inputs, as `jax.lax.scan` does.

    Args:
        step: takes a state and an input; returns the next state and an output or None.
        state: the first state.
        inputs: an array, or a tuple of arrays, ``[steps, ...]``.

    Returns:
        The last state, and the outputs, ``[steps, ...]``; None for none.
    """
    outputs = []
    for now in zip(*inputs, strict=True) if isinstance(inputs, tuple) else inputs:
        state, output = step(state, now)
        outputs.append(output)
    if not outputs or outputs[0] is None:
        return state, None
    return state, np.stack(outputs)


def _predict(model: Model, scan: Scan, arrays: Any, options: Any) -> Any:
    """Return the rows before each token, ``[time, batch, vocabulary]``."""
    (tokens,) = arrays

    def predict(state: Any, now: Any) -> tuple[Any, Any]:
        return model.step(state, now), model.log_probs(state)

    rows = scan(predict, model.start(tokens.shape[1]), tokens)[1]
    if rows is None:
        return np.zeros((0, tokens.shape[1], model.representation.vocabulary.size), np.float32)
    return rows
