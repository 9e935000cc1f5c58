"""Recurrent cells over time.

A cell takes its inputs already multiplied by the input weights, ``[time, batch, gates * units]``,
and the recurrent weights, ``[units, gates * units]``; it starts from h_0 = 0 (and c_0 = 0) and
gives every hidden state, ``[time, batch, units]``.
"""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Inputs = Float[Array, "time batch gates_units"]
Weights = Float[Array, "units gates_units"]
States = Float[Array, "time batch units"]

_FORGET_BIAS = 1.0  # remember at first: Jozefowicz et al. (2015)


def tanh(inputs: Inputs, weights: Weights) -> States:
    """Run the poster's plain cell.

    h_t = tanh(W_hh h_{t-1} + W_xh x_t), h_0 = 0.
    """

    def step(hidden: Array, x: Array) -> tuple[Array, Array]:
        hidden = jnp.tanh(x + hidden @ weights)
        return hidden, hidden

    return jax.lax.scan(step, _zeros(inputs, weights), inputs)[1]


def lstm(inputs: Inputs, weights: Weights) -> States:
    """Run a long short-term memory with a forget gate: Gers et al. (2000).

    The gates lie side by side in the order input, forget, cell, output:
    c_t = σ(f) c_{t-1} + σ(i) tanh(g) and h_t = σ(o) tanh(c_t).
    """

    def step(carry: tuple[Array, Array], x: Array) -> tuple[tuple[Array, Array], Array]:
        hidden, cell = carry
        i, f, g, o = jnp.split(x + hidden @ weights, 4, axis=-1)
        kept = jax.nn.sigmoid(f + _FORGET_BIAS) * cell
        cell = kept + jax.nn.sigmoid(i) * jnp.tanh(g)
        hidden = jax.nn.sigmoid(o) * jnp.tanh(cell)
        return (hidden, cell), hidden

    zeros = _zeros(inputs, weights)
    return jax.lax.scan(step, (zeros, zeros), inputs)[1]


def _zeros(inputs: Inputs, weights: Weights) -> Array:
    return jnp.zeros_like(inputs, shape=(inputs.shape[1], weights.shape[0]))


@dataclass(frozen=True)
class Cell:
    """A cell and how many times wider than its state its inputs are."""

    gates: int
    run: Callable[[Inputs, Weights], States]


CELLS = {"tanh": Cell(1, tanh), "lstm": Cell(4, lstm)}
