"""Recurrent cells over time, with a gradient of their own.

The input of a step is a sum of rows of one table, already multiplied by the input weights: a row
for its token, and one for each other class that the step has (its position in the measure, say). A
network with 89 tokens needs no matrix product to take in its input.

What makes it quicker than differentiating a loop:

- The forward pass keeps, instead of the gates, what the backward pass needs of them: by how much
  the state moves when a gate's argument does. Going back is then one product a gate and one matrix
  product a step, and computes no tanh.
- The gradient of the weights is summed over blocks of steps: enough rows for an efficient matrix
  product, few enough to be still in the cache.
- The rows are looked up, and their gradient is added, a step or block at a time; the inputs of a
  whole segment never lie in memory.

Matrix products run in the type of the recurrent weights, float32 or bfloat16, and what is kept
has that type too; everything else is float32.
"""

from abc import ABC, abstractmethod
from functools import partial, reduce
from operator import add
from typing import Any

import jax
import jax.numpy as jnp
from jax.lax import optimization_barrier
from jaxtyping import Array, Float, Int

Table = Float[Array, "classes gates_units"]
Weights = Float[Array, "units gates_units"]
Classes = Int[Array, "time batch kinds"]
States = Float[Array, "time batch units"]
Unit = Float[Array, "*time batch units"]
Gates = Float[Array, "*time batch gates units"]

_BLOCK_SIZE = 2**20
"""Numbers in the gradient of a block's inputs: 4 MiB."""


class Cell(ABC):
    """One step of a recurrent network: h_t from h_{t-1}, a memory, x_t and W h_{t-1}."""

    gates: int
    """How many times wider than the state the inputs are."""

    def memory(self, hidden: Unit) -> Any:
        """Return what the cell remembers beside its state, before the first step."""
        return ()

    @abstractmethod
    def forward(self, inputs: Gates, recurrent: Gates, hidden: Unit, memory: Any) -> Any:
        """Return the next state and memory, and what `backward` needs of the step."""

    def through(self, hidden: Unit) -> Any:
        """Return ``through`` of `backward` after the last step: nothing."""
        return ()

    @abstractmethod
    def backward(self, d_hidden: Unit, through: Any, kept: Any) -> tuple[Gates, Any]:
        """Take a gradient back over a step.

        Args:
            d_hidden: of the state, without what reached the next step on other ways.
            through: what reached the next step on other ways than its matrix product.
            kept: what `forward` kept.

        Returns:
            The gradient of the inputs, and ``through`` of the step before.
        """

    def recurrent(self, d_inputs: Gates, kept: Any) -> Gates:
        """Return the gradient of W h_{t-1} from that of x_t."""
        return d_inputs


class Tanh(Cell):
    """The poster's plain cell: h_t = tanh(x_t + W h_{t-1})."""

    gates = 1

    def forward(self, inputs: Gates, recurrent: Gates, hidden: Unit, memory: Any) -> Any:
        """See `Cell`."""
        hidden = jnp.tanh(inputs + recurrent)
        return hidden[:, 0], (), ((1 + hidden) * (1 - hidden),)

    def backward(self, d_hidden: Unit, through: Any, kept: Any) -> tuple[Gates, Any]:
        """See `Cell`."""
        (slopes,) = kept
        return slopes * d_hidden[..., None, :], ()


class Gru(Cell):
    """A gated recurrent unit: Cho et al. (2014), the reset gate after the matrix product.

    The gates lie side by side in the order reset, update, new:
    n = tanh(x_n + σ(r) W_n h_{t-1}) and h_t = (1 - σ(z)) n + σ(z) h_{t-1}.
    """

    gates = 3

    def forward(self, inputs: Gates, recurrent: Gates, hidden: Unit, memory: Any) -> Any:
        """See `Cell`. The barrier keeps XLA from looking up the inputs of each gate again."""
        inputs, recurrent = optimization_barrier((inputs, recurrent))
        reset, update = _unstack(jax.nn.sigmoid(inputs[:, :2] + recurrent[:, :2]))
        past = recurrent[:, 2]
        new = jnp.tanh(inputs[:, 2] + reset * past)
        by_new = (1 - update) * (1 + new) * (1 - new)
        by_reset = by_new * past * reset * (1 - reset)
        by_update = (hidden - new) * update * (1 - update)
        slopes = jnp.stack([by_reset, by_update, by_new], axis=1)
        return new + update * (hidden - new), (), (slopes, reset, update)

    def through(self, hidden: Unit) -> Any:
        """See `Cell`."""
        return jnp.zeros_like(hidden)

    def backward(self, d_hidden: Unit, through: Any, kept: Any) -> tuple[Gates, Any]:
        """See `Cell`."""
        slopes, _, update = kept
        d_hidden = d_hidden + through
        return slopes * d_hidden[..., None, :], d_hidden * update

    def recurrent(self, d_inputs: Gates, kept: Any) -> Gates:
        """See `Cell`."""
        reset = kept[1][..., None, :]
        return jnp.concatenate([d_inputs[..., :2, :], d_inputs[..., 2:, :] * reset], axis=-2)


class Lstm(Cell):
    """A long short-term memory with a forget gate: Gers et al. (2000).

    The gates lie side by side in the order input, forget, cell, output:
    c_t = σ(f) c_{t-1} + σ(i) tanh(g) and h_t = σ(o) tanh(c_t).
    """

    gates = 4

    def memory(self, hidden: Unit) -> Any:
        """See `Cell`."""
        return jnp.zeros_like(hidden)

    def forward(self, inputs: Gates, recurrent: Gates, hidden: Unit, memory: Any) -> Any:
        """See `Cell`.

        The barriers keep XLA from computing a tanh once for each of its uses.
        """
        # σ(z) = (1 + tanh(z / 2)) / 2: one tanh for all gates, whichever they are
        soft = jnp.array([1, 1, 0, 1], jnp.float32)[:, None]
        half = 1 - soft / 2
        gates = half * jnp.tanh(half * (inputs + recurrent)) + soft / 2
        gates = optimization_barrier(gates)
        i, f, g, o = _unstack(gates)
        before, memory = memory, f * memory + i * g
        memory, bounded = optimization_barrier((memory, jnp.tanh(memory)))
        slopes = (gates + 1 - soft) * (1 - gates)  # a (1 - a) of a σ, (1 + a) (1 - a) of a tanh
        slopes = slopes * _by_gate(g, before, i, bounded)
        return o * bounded, memory, (slopes, f, o * (1 + bounded) * (1 - bounded))

    def through(self, hidden: Unit) -> Any:
        """See `Cell`."""
        return jnp.zeros_like(hidden)

    def backward(self, d_hidden: Unit, through: Any, kept: Any) -> tuple[Gates, Any]:
        """See `Cell`."""
        slopes, f, output_slope = kept
        d_hidden, d_memory = optimization_barrier((d_hidden, through + d_hidden * output_slope))
        return slopes * _by_gate(d_memory, d_memory, d_memory, d_hidden), d_memory * f


CELLS: dict[str, Cell] = {"tanh": Tanh(), "gru": Gru(), "lstm": Lstm()}


def run(cell: Cell, table: Table, recurrent: Weights, classes: Classes) -> States:
    """Run over time from h_0 = 0.

    Args:
        cell: one of `CELLS`.
        table: the row that each class adds to a step's input, float32.
        recurrent: W, float32 or bfloat16.
        classes: the rows of each step.

    Returns:
        h_1, h_2, …, float32.
    """
    states: Array = _run(cell, table, recurrent, classes)
    return states


def start(cell: Cell, batch: int, units: int) -> Any:
    """Return h_0 = 0 and the memory before the first step, for `step`."""
    hidden = jnp.zeros((batch, units), jnp.float32)
    return hidden, cell.memory(hidden)


def step(
    cell: Cell, state: Any, table: Table, recurrent: Weights, classes: Int[Array, "batch kinds"]
) -> Any:
    """Take one step; the first part of the result is the new h."""
    return _advance(cell, state, table, recurrent, classes)[0]


def _advance(cell: Cell, state: Any, table: Table, recurrent: Weights, classes: Array) -> Any:
    hidden, memory = state
    shape = (len(hidden), cell.gates, hidden.shape[1])
    inputs = _looked_up(table.reshape(-1, *shape[1:]), classes)
    past = _product(hidden, recurrent).reshape(shape)
    hidden, memory, kept = cell.forward(inputs, past, hidden, memory)
    return (hidden, memory), kept


def _looked_up(table: Array, classes: Array) -> Array:
    """Sum the rows of each step.

    Gate by gate where their number is no power of two, as a GRU's: such rows, looked up whole,
    take XLA four times as long on a CPU.
    """
    gates = table.shape[1]
    tables = [table] if gates.bit_count() == 1 else [table[:, gate] for gate in range(gates)]
    sums = [reduce(add, [rows[kind] for kind in classes.T]) for rows in tables]
    return sums[0] if len(sums) == 1 else jnp.stack(sums, axis=1)


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _run(cell: Cell, table: Array, recurrent: Array, classes: Array) -> Array:
    def one(state: Any, now: Array) -> Any:
        state = step(cell, state, table, recurrent, now)
        return state, state[0]

    first = start(cell, classes.shape[1], len(recurrent))
    states: Array = jax.lax.scan(one, first, classes)[1]
    return states


def _run_and_keep(cell: Cell, table: Array, recurrent: Array, classes: Array) -> Any:
    def one(state: Any, now: Array) -> Any:
        state, kept = _advance(cell, state, table, recurrent, now)
        return state, (state[0], jax.tree.map(lambda x: x.astype(recurrent.dtype), kept))

    first = start(cell, classes.shape[1], len(recurrent))
    hidden, kept = jax.lax.scan(one, first, classes)[1]
    return hidden, (table, recurrent, classes, hidden, kept)


def _run_back(cell: Cell, residuals: Any, d_hidden: Array) -> Any:
    table, recurrent, classes, hidden, kept = residuals
    time, batch, units = hidden.shape
    back = recurrent.T

    def one(state: Any, now: Any) -> Any:
        d_past, through = state
        d_hidden, kept = now
        d_inputs, through = cell.backward(d_hidden + _product(d_past, back), through, kept)
        d_past = cell.recurrent(d_inputs, kept).reshape(batch, -1)
        return (d_past, through), d_inputs

    def block(state: Any, now: Any) -> Any:
        inner, d_table, d_recurrent = state
        d_hidden, kept, past, classes = now
        inner, d_inputs = jax.lax.scan(one, inner, (d_hidden, kept), reverse=True)
        d_past = cell.recurrent(d_inputs, kept)
        d_recurrent = d_recurrent + _product(
            past.reshape(-1, units).T, d_past.reshape(-1, recurrent.shape[1]), recurrent.dtype
        )
        for kind in classes.reshape(-1, classes.shape[-1]).T:
            d_table = d_table.at[kind].add(d_inputs.reshape(-1, table.shape[1]))
        return (inner, d_table, d_recurrent), None

    through = cell.through(jnp.zeros((batch, units), jnp.float32))
    inner = (jnp.zeros((batch, table.shape[1]), jnp.float32), through)
    past = jnp.concatenate([jnp.zeros_like(hidden[:1]), hidden[:-1]])
    steps = _block_steps(time, batch * table.shape[1])
    blocks = jax.tree.map(
        lambda x: x.reshape(-1, steps, *x.shape[1:]), (d_hidden, kept, past, classes)
    )
    state = (inner, jnp.zeros_like(table), jnp.zeros(recurrent.shape, jnp.float32))
    _, d_table, d_recurrent = jax.lax.scan(block, state, blocks, reverse=True)[0]
    return d_table, d_recurrent.astype(recurrent.dtype), None


_run.defvjp(_run_and_keep, _run_back)


def _block_steps(time: int, size: int) -> int:
    """Return the longest block that divides ``time`` and is small enough at this size of a step."""
    most = max(1, min(time, _BLOCK_SIZE // size))
    return next(steps for steps in range(most, 0, -1) if time % steps == 0)


def _product(left: Array, right: Array, dtype: Any = None) -> Array:
    """Multiply matrices in the type of the weights, ``right`` unless given; float32 comes out."""
    dtype = dtype or right.dtype
    return jnp.matmul(left.astype(dtype), right.astype(dtype), preferred_element_type=jnp.float32)


def _by_gate(*units: Unit) -> Gates:
    """Stack the values of the gates, in a form that XLA fuses into what follows."""
    gate = jnp.arange(len(units))[:, None]
    *others, last = (unit[..., None, :] for unit in units)
    for index, unit in reversed(list(enumerate(others))):
        last = jnp.where(gate == index, unit, last)
    return last


def _unstack(gates: Gates) -> list[Array]:
    return [gates[..., k, :] for k in range(gates.shape[-2])]
