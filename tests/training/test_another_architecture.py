"""Another architecture costs one file: self-attention, trained as recurrent networks are."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from nottingham.dataset import split
from nottingham.models.base import Model
from nottingham.representation import Grid
from nottingham.training import loop
from tests.training.small import scored, settings

GRID, UNITS = Grid(8), 24
NEAR = 8
"""Tokens that attention sees."""


class Attention(nnx.Module):
    """One head of causal self-attention over the last tokens; see `Trainable`."""

    representation = GRID

    def __init__(self, rngs):
        self.embed = nnx.Embed(GRID.vocabulary.size + 1, UNITS, rngs=rngs)
        self.place = nnx.Embed(NEAR, UNITS, rngs=rngs)
        self.queries, self.keys, self.values = (
            nnx.Linear(UNITS, UNITS, rngs=rngs) for _ in range(3)
        )
        self.output = nnx.Linear(2 * UNITS, GRID.vocabulary.size, rngs=rngs)

    def inputs(self, tokens, times):
        return tokens

    def stored_inputs(self, tunes):
        return None

    def with_times(self, stored, times):
        return stored

    def pitches(self, inputs):
        return jnp.asarray(GRID.vocabulary.pitch_or_none)[inputs]

    def transposed(self, inputs, table, semitones):
        return table[table.shape[0] // 2 + semitones, inputs]

    def predict(self, inputs, *, last, dropout=0.0, keys=None):
        embedded, time = self.embed(inputs), jnp.arange(len(inputs))
        back = time[:, None] - time
        near = (back >= 0) & (back < NEAR)
        places = self.place(jnp.clip(back, 0, NEAR - 1))
        found = self.keys(embedded)[None] + places[:, :, None]
        scores = jnp.einsum("tbu,tsbu->tsb", self.queries(embedded), found) / np.sqrt(UNITS)
        weights = jax.nn.softmax(jnp.where(near[..., None], scores, -jnp.inf), axis=1)
        heads = jnp.einsum("tsb,sbu->tbu", weights, self.values(embedded))
        return self.output(jnp.concatenate([heads, embedded], axis=-1))[-last:]


class AttentionModel(Model):
    """The model of it: what it predicts from is the tokens so far."""

    representation, context = GRID, "window"

    def __init__(self, network):
        self.network = network

    def start(self, batch):
        return np.full((1, batch), GRID.vocabulary.none)

    def step(self, state, tokens):
        return np.concatenate([state, tokens[None]])

    def log_probs(self, state):
        return np.asarray(jax.nn.log_softmax(self.network.predict(jnp.asarray(state), last=1)[0]))

    def save(self, folder):
        raise NotImplementedError


@dataclass(frozen=True)
class Architecture:
    context: Any = "window"
    numbers_per_token: int = UNITS

    def build(self, seed):
        return Attention(nnx.Rngs(seed))

    def model(self, network):
        return AttentionModel(network)


def test_it_is_trained_by_the_same_loop(scales, tmp_path):
    """On scales that go up and down: eight tokens before tell the next."""
    chosen = settings(epochs=40, learning_rate=0.02)
    model, history, _ = loop.train(
        Architecture(), scales, chosen, name="attention", scratch=tmp_path, follow=len
    )
    assert history[-1].valid_log_loss < history[0].valid_log_loss
    tunes = [tune[:50] for tune in scales.tunes(split.TEST)]
    log_loss, accuracy = scored(model, tunes)
    assert accuracy > 0.8  # repeating the last token is right one time in six
    assert log_loss < 0.8
