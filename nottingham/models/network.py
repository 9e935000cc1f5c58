"""The recurrent network: embedding, recurrence, softmax.

There are only 89 tokens, so embedding times input weights is a small table that each step looks
up. With ``positions`` the network is also told which step of the measure it is to predict.
"""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float, Int, Key

from nottingham.encoding import vocabulary
from nottingham.models import cudnn, recurrence
from nottingham.models.recurrence import CELLS

Hidden = Float[Array, "time batch units"]
Logits = Float[Array, "*rows vocabulary"]
State = Any
"""What a network carries from step to step, for each tune of a batch; its first part is h."""

_FORGET_BIAS = 1.0  # remember at first: Jozefowicz et al. (2015)


class Network(nnx.Module):
    """Embed, recur, and give the logits of the step that follows."""

    def __init__(
        self,
        *,
        cell: str,
        units: int,
        embedding: int,
        positions: int | None,
        precision: str,
        rngs: nnx.Rngs,
    ) -> None:
        """Draw the initial weights.

        Args:
            cell: a key of `CELLS`.
            units: size of the hidden state.
            embedding: size of a token's vector.
            positions: steps in a measure, if the network is told where in it a step lies.
            precision: ``float32`` or ``bfloat16``, in which the recurrence multiplies matrices.
            rngs: where the weights are drawn from.
        """
        gates = CELLS[cell].gates
        self.cell = cell
        self.precision = precision
        self.embed = nnx.Embed(vocabulary.SIZE, embedding, rngs=rngs)
        self.position = nnx.Embed(positions, embedding, rngs=rngs) if positions else None
        self.input = nnx.Linear(embedding, gates * units, use_bias=False, rngs=rngs)
        self.bias = nnx.Param(_first_bias(cell, units))
        square = nnx.initializers.orthogonal()
        kernels = [square(rngs.params(), (units, units)) for _ in range(gates)]
        self.recurrent = nnx.Param(jnp.concatenate(kernels, axis=1))
        self.output = nnx.Linear(units, vocabulary.SIZE, rngs=rngs)

    def hidden(self, tokens: Int[Array, "time batch"], first: Int[Array, " batch"]) -> Hidden:
        """Run over stretches of tunes from h_0 = 0.

        Args:
            tokens: the stretches.
            first: the place of each stretch's first step in its tune.

        Returns:
            The state after each token, from which `logits` predicts the next one.
        """
        classes = self._classes(tokens, first + jnp.arange(1, len(tokens) + 1)[:, None])
        if cudnn.serves(self.cell, self.precision):
            inputs = self._embeddings()[classes].sum(axis=2)
            return cudnn.lstm(inputs, self.input.kernel[...], self.bias[...], self.recurrent[...])
        return recurrence.run(CELLS[self.cell], self._table(), self._recurrent(), classes)

    def start(self, batch: int) -> State:
        """Give the state before the first step of some tunes: h_0 = 0."""
        return recurrence.start(CELLS[self.cell], batch, self.recurrent.shape[0])

    def stepper(self) -> Callable[[State, Array, Array], State]:
        """Give a function that takes a step, with all prepared that is the same at each.

        It takes the state, the token of each tune and the place of the step that follows it,
        both ``[batch]``, and gives the state after the token.
        """
        table, recurrent = self._table(), self._recurrent()

        def step(state: State, tokens: Array, following: Array) -> State:
            classes = self._classes(tokens, following)
            return recurrence.step(CELLS[self.cell], state, table, recurrent, classes)

        return step

    def logits(self, hidden: Float[Array, "*rows units"]) -> Logits:
        """Give the logits of the step that follows each state."""
        logits: Logits = self.output(hidden)
        return logits

    def _classes(self, tokens: Array, following: Array) -> Array:
        """Name the rows of `_embeddings` that each step adds up: ``[…, kinds]``."""
        if self.position is None:
            return tokens[..., None]
        places = following % self.position.num_embeddings
        return jnp.stack([tokens, vocabulary.SIZE + places], axis=-1)

    def _embeddings(self) -> Float[Array, "classes embedding"]:
        tokens = self.embed.embedding[...]
        if self.position is None:
            return tokens
        return jnp.concatenate([tokens, self.position.embedding[...]])

    def _table(self) -> Float[Array, "classes gates_units"]:
        """Give the embeddings times the input weights; a token's rows have the bias."""
        table = self._embeddings() @ self.input.kernel[...]
        return table.at[: vocabulary.SIZE].add(self.bias[...])

    def _recurrent(self) -> Float[Array, "units gates_units"]:
        return self.recurrent[...].astype(self.precision)


def _first_bias(cell: str, units: int) -> Float[Array, " gates_units"]:
    """Give the bias before training: an LSTM's forget gates start open."""
    bias = jnp.zeros(CELLS[cell].gates * units)
    return bias.at[units : 2 * units].set(_FORGET_BIAS) if cell == "lstm" else bias


def drop(hidden: Hidden, rate: float, keys: Key[Array, " batch"]) -> Hidden:
    """Silence units at random, the same ones through all of a stretch: Gal & Ghahramani (2016).

    Each stretch has a key of its own, so that how a batch is split makes no difference.
    """
    units = hidden.shape[2:]
    kept = jax.vmap(lambda key: jax.random.bernoulli(key, 1 - rate, units))(keys)
    return jnp.where(kept, hidden / (1 - rate), 0.0)


def last_log_probs(
    network: Network, windows: Int[Array, "time batch"], first: Int[Array, " batch"]
) -> Float[Array, "batch vocabulary"]:
    """Give ln p of the step after each window."""
    return jax.nn.log_softmax(network.logits(network.hidden(windows, first)[-1]))


def build(settings: Mapping[str, Any], *, seed: int) -> Network:
    """Build a network with fresh weights from what ``settings.json`` holds."""
    names = ("cell", "units", "embedding", "positions", "precision")
    return Network(**{name: settings[name] for name in names}, rngs=nnx.Rngs(seed))
