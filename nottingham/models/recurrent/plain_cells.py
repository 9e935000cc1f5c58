"""The cells as their papers define them: one step each, h_t from x_t and h_{t-1}.

`nottingham.models.recurrent.cells` computes the same over time, faster and with a gradient written
by hand; its tests hold values and gradients to these definitions. x_t comes multiplied by the input
weights and with the bias added; gates lie side by side, in the order in which they are split.
"""

import jax.numpy as jnp
from jax.nn import sigmoid
from jaxtyping import Array, Float

Inputs = Float[Array, "batch gates_units"]
Weights = Float[Array, "units gates_units"]
Hidden = Float[Array, "batch units"]


def tanh(inputs: Inputs, hidden: Hidden, weights: Weights) -> Hidden:
    """Return h_t of a plain recurrent cell: Elman (1990)."""
    return jnp.tanh(inputs + hidden @ weights)


def gru(inputs: Inputs, hidden: Hidden, weights: Weights) -> Hidden:
    """Return h_t of a gated recurrent unit: Cho et al. (2014), the reset gate after W h_{t-1}."""
    reset_in, update_in, new_in = jnp.split(inputs, 3, axis=-1)
    reset_past, update_past, new_past = jnp.split(hidden @ weights, 3, axis=-1)
    reset = sigmoid(reset_in + reset_past)
    update = sigmoid(update_in + update_past)
    new = jnp.tanh(new_in + reset * new_past)
    return (1 - update) * new + update * hidden


def lstm(inputs: Inputs, state: tuple[Hidden, Hidden], weights: Weights) -> tuple[Hidden, Hidden]:
    """Return h_t and c_t of a long short-term memory with a forget gate: Gers et al. (2000)."""
    hidden, memory = state
    input_, forget, new, output = jnp.split(inputs + hidden @ weights, 4, axis=-1)
    memory = sigmoid(forget) * memory + sigmoid(input_) * jnp.tanh(new)
    return sigmoid(output) * jnp.tanh(memory), memory
