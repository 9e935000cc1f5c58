"""The LSTM of NVIDIA's cuDNN, which runs over time faster than XLA can on their GPUs.

Where it does not apply, `nottingham.models.recurrent.cells` computes the same values on any device.
"""

import jax
import jax.numpy as jnp
from jax.experimental import rnn
from jaxtyping import Array, Float


def serves(cell: str, precision: str) -> bool:
    """Return whether cuDNN has this cell and JAX runs where cuDNN is."""
    return cell == "lstm" and precision == "float32" and jax.default_backend() == "gpu"


def lstm(
    inputs: Float[Array, "time batch features"],
    kernel: Float[Array, "features gates_units"],
    bias: Float[Array, " gates_units"],
    recurrent: Float[Array, "units gates_units"],
) -> Float[Array, "time batch units"]:
    """Run over time from h_0 = 0, c_0 = 0, with gates in the order input, forget, cell, output."""
    time, batch, features = inputs.shape
    units = len(recurrent)
    zeros = jnp.zeros((1, batch, units))
    states = rnn.lstm(
        jnp.swapaxes(inputs, 0, 1),
        zeros,
        zeros,
        flat(kernel, bias, recurrent),
        jnp.full(batch, time, jnp.int32),
        features,
        units,
        num_layers=1,
        dropout=0.0,
        bidirectional=False,
        precision=jax.lax.Precision.HIGHEST,
    )[0]
    return jnp.swapaxes(states, 0, 1)


def flat(
    kernel: Float[Array, "features gates_units"],
    bias: Float[Array, " gates_units"],
    recurrent: Float[Array, "units gates_units"],
) -> Float[Array, " parameters"]:
    """Lay the weights out as cuDNN wants them; its second bias is zero."""
    parts = (kernel.T, recurrent.T, bias, jnp.zeros_like(bias))
    return jnp.concatenate([part.reshape(-1) for part in parts])
