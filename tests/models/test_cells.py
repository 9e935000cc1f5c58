"""The cells against their definitions and Flax's own, in values and in gradients."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from hypothesis import given, settings
from hypothesis import strategies as st
from jax.experimental import rnn
from jaxtyping import TypeCheckError

from nottingham.models.recurrent import cells, cudnn, plain
from nottingham.models.recurrent.cells import CELLS

CLOSE = 1e-5


def relative(found, expected):
    """The largest error, as a share of the largest value."""
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    return np.max(np.abs(found - expected)) / (np.max(np.abs(expected)) + 1e-30)


def draw(seed, *shape):
    """Draw by NumPy, as JAX would compile something for every shape."""
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def flax_s(name, table, weights, classes):
    """Flax's own cell; its input is a count of classes, so that the table is its kernel."""
    many, units = len(table), len(weights)
    inputs = jnp.sum(jax.nn.one_hot(classes, many), axis=2)
    kind = {"tanh": nnx.SimpleCell, "gru": nnx.GRUCell, "lstm": nnx.OptimizedLSTMCell}[name]
    cell = kind(many, units, rngs=nnx.Rngs(0))
    cell.dense_i.kernel[...] = table
    cell.dense_h.kernel[...] = weights
    return nnx.RNN(cell, time_major=True)(inputs)


def both(run, weighting, table, weights):
    """The states, and the gradients of a scalar that depends on every one of them."""

    @jax.jit
    def compute(table, weights):
        states, back = jax.vjp(run, table, weights)
        return states, *back(weighting)

    return compute(table, weights)


@pytest.mark.parametrize("name", CELLS)
@settings(max_examples=4, deadline=None, derandomize=True)
@given(
    time=st.integers(1, 40),
    batch=st.integers(1, 9),
    units=st.integers(1, 17),
    kinds=st.integers(1, 3),
    seed=st.integers(0, 99),
)
def test_values_and_gradients_of_any_shape(name, time, batch, units, kinds, seed):
    cell = CELLS[name]
    table = draw(seed, 11, cell.gates * units) / 2
    weights = draw(seed + 1, units, cell.gates * units) / np.sqrt(units)
    classes = jnp.asarray(np.random.default_rng(seed).integers(0, 11, (time, batch, kinds)))
    weighting = draw(seed + 2, time, batch, units)
    ours = both(lambda *w: cells.run(cell, *w, classes), weighting, table, weights)
    for reference in (plain.run, flax_s):
        run = partial(reference, name, classes=classes)
        for found, expected in zip(ours, both(run, weighting, table, weights), strict=True):
            assert relative(found, expected) <= CLOSE


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("size", [1, 100, 400, 10_000])
def test_however_long_the_blocks_are(name, size, monkeypatch):
    monkeypatch.setattr(cells, "_BLOCK_SIZE", size)
    cell = CELLS[name]
    table, weights = draw(1, 5, cell.gates * 4), draw(2, 4, cell.gates * 4)
    classes = jnp.asarray(np.random.default_rng(3).integers(0, 5, (12, 3, 2)))
    weighting = draw(4, 12, 3, 4)
    found = both(lambda *w: cells.run(cell, *w, classes), weighting, table, weights)
    expected = both(lambda *w: plain.run(name, *w, classes), weighting, table, weights)
    for one, other in zip(found, expected, strict=True):
        assert relative(one, other) <= CLOSE


@pytest.mark.parametrize("name", CELLS)
def test_half_precision_is_near(name):
    cell = CELLS[name]
    table, weights = draw(1, 5, cell.gates * 8), draw(2, 8, cell.gates * 8) / 4
    classes = jnp.asarray(np.random.default_rng(3).integers(0, 5, (12, 3, 1)))
    weighting = draw(4, 12, 3, 8)

    def run(table, weights, dtype):
        return cells.run(cell, table, weights.astype(dtype), classes)

    half = both(lambda *w: run(*w, jnp.bfloat16), weighting, table, weights)
    full = both(lambda *w: run(*w, jnp.float32), weighting, table, weights)
    for found, expected in zip(half, full, strict=True):
        assert 1e-4 < relative(found, expected) < 0.05
        assert found.dtype == jnp.float32


def test_the_weights_as_cudnn_wants_them():
    """JAX's reference of cuDNN's LSTM, given our layout, is our LSTM."""
    time, batch, features, units = 6, 2, 3, 4
    x, kernel, bias = draw(1, time, batch, features), draw(2, features, 16), draw(3, 16)
    weights = draw(4, units, 16)
    zeros = jnp.zeros((1, batch, units))
    parts = rnn.unpack_lstm_weights(cudnn.flat(kernel, bias, weights), features, units, 1, False)
    lengths = jnp.full(batch, time, jnp.int32)
    theirs = rnn.lstm_ref(
        jnp.swapaxes(x, 0, 1), zeros, zeros, *parts, lengths, features, units, 1, 0.0, False
    )[0]
    table = (x @ kernel + bias).reshape(time * batch, -1)
    steps = jnp.arange(time * batch).reshape(time, batch, 1)
    ours = cells.run(CELLS["lstm"], table, weights, steps)
    assert relative(ours, jnp.swapaxes(theirs, 0, 1)) <= CLOSE


def test_cudnn_serves_float_lstms_on_gpus_only(monkeypatch):
    assert not cudnn.serves("lstm", "float32")  # the tests run on the CPU
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    assert cudnn.serves("lstm", "float32")
    assert not cudnn.serves("gru", "float32")
    assert not cudnn.serves("lstm", "bfloat16")


def test_shapes_are_checked_in_the_tests():
    with pytest.raises(TypeCheckError, match="time batch kinds"):
        cells.run(CELLS["tanh"], jnp.zeros((5, 4)), jnp.zeros((4, 4)), jnp.zeros((5, 4), jnp.int32))
