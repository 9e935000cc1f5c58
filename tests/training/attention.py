"""Another architecture, in one file: one layer of causal self-attention over a window.

Its receptive field is the window, so that a segment of training and a window of the model agree. It
shows what training asks of a network (`nottingham.training.trainable`), and nothing is registered.
"""

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from nottingham.models.base import Model

UNITS = 16


class Attention(nnx.Module):
    """Attend from each token to those of a window, by content and by distance."""

    def __init__(self, representation, rngs):
        size, window = representation.vocabulary.size, representation.window
        self.representation = representation
        self.embed = nnx.Embed(size + 1, UNITS, rngs=rngs)  # the last one: no token
        self.query, self.key, self.value = (
            nnx.Linear(UNITS, UNITS, use_bias=False, rngs=rngs) for _ in range(3)
        )
        self.distance = nnx.Param(jnp.zeros(window))
        self.output = nnx.Linear(2 * UNITS, size, rngs=rngs)

    def inputs(self, tokens, times):
        return tokens

    def stored_inputs(self, tunes):
        return None

    def with_times(self, stored, times):
        raise AssertionError("there are no stored inputs")

    def pitches(self, inputs):
        return jnp.append(jnp.asarray(self.representation.vocabulary.pitch), 0)[inputs]

    def transposed(self, inputs, table, semitones):
        return table[table.shape[0] // 2 + semitones, inputs]

    def predict(self, inputs, *, last, dropout=0.0, keys=None):
        window = self.representation.window
        x = self.embed(inputs)  # [time, batch, units]
        is_token = inputs < self.representation.vocabulary.size
        back = jnp.arange(len(x))[:, None] - jnp.arange(len(x))
        seen = (back >= 0) & (back < window) & (is_token.T[:, None] | (back == 0))
        scores = jnp.einsum("tbu,sbu->bts", self.query(x), self.key(x)) / UNITS**0.5
        scores += self.distance[...][jnp.clip(back, 0, window - 1)]
        weights = jax.nn.softmax(jnp.where(seen, scores, -jnp.inf))
        attended = jnp.einsum("bts,sbu->tbu", weights, self.value(x))
        return self.output(jnp.concatenate([x, attended], axis=-1)[-last:])


@dataclass
class AttentionModel(Model):
    """The model of the network: its state is a window of tokens, ``[window, batch]``."""

    network: Attention
    context = "window"

    def __post_init__(self):
        self.representation = self.network.representation
        self._logits = jax.jit(partial(self.network.predict, last=1))

    def start(self, batch):
        none = self.representation.vocabulary.none
        return np.full((self.representation.window, batch), none, np.int32)

    def step(self, state, tokens):
        return np.concatenate([state[1:], tokens[None]])

    def log_probs(self, state):
        return np.asarray(jax.nn.log_softmax(self._logits(state)[0]))

    def save(self, folder):
        raise AssertionError("it stays in memory")


@dataclass(frozen=True)
class AttentionArchitecture:
    """How training builds the network and its model."""

    representation: object
    context = "window"
    numbers_per_token = 4 * UNITS

    def build(self, seed):
        return Attention(self.representation, nnx.Rngs(seed))

    def model(self, network):
        return AttentionModel(network)
