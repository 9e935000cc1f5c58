"""The cells against their definitions and Flax's own, in values and in gradients."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from jax.experimental import rnn
from jaxtyping import TypeCheckError

from nottingham.models.recurrent import cells, cudnn, plain_cells
from nottingham.models.recurrent.cells import CELLS

CLOSE = 1e-5


def relative(found, expected):
    """The largest error, as a share of the largest value."""
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    return np.max(np.abs(found - expected)) / (np.max(np.abs(expected)) + 1e-30)


def draw(seed, *shape):
    """Draw by NumPy, as JAX would compile something for every shape."""
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def plain(name, table, weights, classes):
    """The definitions in a plain scan, differentiated by JAX."""
    inputs = jnp.sum(table[classes], axis=2)
    zeros = jnp.zeros((classes.shape[1], len(weights)))
    cell, _ = plain_cells.CELLS[name]

    def step(state, x):
        state = cell(x, state, weights)
        return state, state[0]

    return jax.lax.scan(step, (zeros, zeros), inputs)[1]


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
    """Return the states, and the gradients of a scalar that depends on every one of them."""

    @jax.jit
    def compute(table, weights):
        states, back = jax.vjp(run, table, weights)
        return states, *back(weighting)

    return compute(table, weights)


def material(name, time, batch, units, kinds):
    """Draw a table, recurrent weights, classes and a weighting of the states."""
    gates = CELLS[name].gates
    table = draw(1, 11, gates * units) / 2
    weights = draw(2, units, gates * units) / np.sqrt(units)
    classes = jnp.asarray(np.random.default_rng(3).integers(0, 11, (time, batch, kinds)))
    return table, weights, classes, draw(4, time, batch, units)


def require_equal(name, reference, shape):
    """Hold values and gradients to those of a reference."""
    table, weights, classes, weighting = material(name, *shape)
    ours = both(lambda *w: cells.run(CELLS[name], *w, classes), weighting, table, weights)
    run = partial(reference, name, classes=classes)
    for found, expected in zip(ours, both(run, weighting, table, weights), strict=True):
        assert relative(found, expected) <= CLOSE


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (7, 1, 3, 2), (40, 9, 17, 3)], ids=str)
def test_values_and_gradients_are_those_of_the_definition(name, shape):
    require_equal(name, plain, shape)


@pytest.mark.parametrize("name", CELLS)
def test_values_and_gradients_are_flax_s(name):
    require_equal(name, flax_s, (13, 4, 6, 2))


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("size", [1, 100, 10_000])
def test_however_long_the_blocks_are(name, size, monkeypatch):
    """Of one step, of some steps, and of all."""
    monkeypatch.setattr(cells, "_BLOCK_SIZE", size)
    require_equal(name, plain, (12, 3, 4, 2))


@pytest.mark.parametrize("name", CELLS)
def test_half_precision_is_near(name):
    table, weights, classes, weighting = material(name, 12, 3, 8, 1)

    def run(table, weights, dtype):
        return cells.run(CELLS[name], table, weights.astype(dtype), classes)

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
