"""The cells as their papers define them: one step each, h_t from x_t and h_{t-1}.

`nottingham.models.recurrent.cells` computes the same over time, faster and with a gradient written
by hand; its tests hold values and gradients to these definitions. x_t comes multiplied by the input
weights and with the bias added; gates lie side by side, in the order in which they are split. The
functions serve NumPy's arrays and JAX's.
"""

from collections.abc import Callable
from typing import Any

from jaxtyping import Float

Inputs = Float[Any, "batch gates_units"]
Weights = Float[Any, "units gates_units"]
Hidden = Float[Any, "batch units"]
State = tuple[Hidden, Hidden]
"""h, and the cell's memory, which is h again where it has none."""


def tanh(inputs: Inputs, state: State, weights: Weights) -> State:
    """Return the state after a step of a plain recurrent cell: Elman (1990)."""
    xp = inputs.__array_namespace__()
    hidden = xp.tanh(inputs + state[0] @ weights)
    return hidden, hidden


def gru(inputs: Inputs, state: State, weights: Weights) -> State:
    """Return the state after a step of a gated recurrent unit: Cho et al. (2014).

    The reset gate comes after W h_{t-1}.
    """
    xp, hidden = inputs.__array_namespace__(), state[0]
    reset_in, update_in, new_in = xp.split(inputs, 3, axis=-1)
    reset_past, update_past, new_past = xp.split(hidden @ weights, 3, axis=-1)
    reset = _sigmoid(reset_in + reset_past)
    update = _sigmoid(update_in + update_past)
    new = xp.tanh(new_in + reset * new_past)
    hidden = (1 - update) * new + update * hidden
    return hidden, hidden


def lstm(inputs: Inputs, state: State, weights: Weights) -> State:
    """Return h_t and c_t of a long short-term memory with a forget gate: Gers et al. (2000)."""
    xp, (hidden, memory) = inputs.__array_namespace__(), state
    input_, forget, new, output = xp.split(inputs + hidden @ weights, 4, axis=-1)
    memory = _sigmoid(forget) * memory + _sigmoid(input_) * xp.tanh(new)
    return _sigmoid(output) * xp.tanh(memory), memory


CELLS: dict[str, tuple[Callable[[Inputs, State, Weights], State], int]] = {
    "tanh": (tanh, 1),
    "gru": (gru, 3),
    "lstm": (lstm, 4),
}
"""Each cell, and its gates."""


def _sigmoid(x: Any) -> Any:
    return (1 + x.__array_namespace__().tanh(x / 2)) / 2
