"""The recurrent network: embedding, recurrence, softmax; and the window-context model around it.

There are only 89 tokens, so embedding times input weights is a small table that each step looks
up. With ``positions`` the network is also told which step of the measure it is to predict.
"""

from collections.abc import Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx, traverse_util
from jaxtyping import Array, Float, Int, PRNGKeyArray
from numpy.lib.stride_tricks import sliding_window_view

from nottingham.encoding import vocabulary
from nottingham.encoding.windows import CONTEXT
from nottingham.models import storage
from nottingham.models.base import Context
from nottingham.models.recurrence import CELLS

_WINDOWS_PER_CALL = 256
_STORED_WITH = ("kind", "vocabulary")

Hidden = Float[Array, "time batch units"]
Logits = Float[Array, "*rows vocabulary"]


class Network(nnx.Module):
    """Embed, recur, and give the logits of the step that follows."""

    def __init__(
        self,
        *,
        cell: str,
        units: int,
        embedding: int,
        positions: int | None,
        rngs: nnx.Rngs,
    ) -> None:
        """Draw the initial weights.

        Args:
            cell: a key of `CELLS`.
            units: size of the hidden state.
            embedding: size of a token's vector.
            positions: steps in a measure, if the network is told where in it a step lies.
            rngs: where the weights are drawn from.
        """
        gates = CELLS[cell].gates
        self.cell = cell
        self.embed = nnx.Embed(vocabulary.SIZE, embedding, rngs=rngs)
        self.position = nnx.Embed(positions, embedding, rngs=rngs) if positions else None
        self.input = nnx.Linear(embedding, gates * units, rngs=rngs)
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
        inputs = self.input(self.embed.embedding[...])[tokens]
        if self.position is not None:
            table = self.position.embedding[...] @ self.input.kernel[...]
            following = first + jnp.arange(1, len(tokens) + 1)[:, None]
            inputs = inputs + table[following % len(table)]
        return CELLS[self.cell].run(inputs, self.recurrent[...])

    def logits(self, hidden: Float[Array, "*rows units"]) -> Logits:
        """Give the logits of the step that follows each state."""
        logits: Logits = self.output(hidden)
        return logits


def drop(hidden: Hidden, rate: float, key: PRNGKeyArray) -> Hidden:
    """Silence units at random, the same ones through all of a stretch: Gal & Ghahramani (2016)."""
    kept = jax.random.bernoulli(key, 1 - rate, (1, *hidden.shape[1:]))
    return hidden * kept / (1 - rate)


def last_log_probs(
    network: Network, windows: Int[Array, "time batch"], first: Int[Array, " batch"]
) -> Float[Array, "batch vocabulary"]:
    """Give ln p of the step after each window."""
    return jax.nn.log_softmax(network.logits(network.hidden(windows, first)[-1]))


class WindowModel:
    """A network that sees exactly the last 32 steps, from h_0 = 0 for every step it predicts."""

    context: Context = "window"

    def __init__(self, network: Network, settings: Mapping[str, Any]) -> None:
        self._graph, self._weights = nnx.split(network)
        self._settings = dict(settings)

    def log_probs(self, tokens: np.ndarray) -> np.ndarray:
        """Score a tune; see `Model.log_probs`."""
        vocabulary.check(tokens)
        starts = self._first_rows(tokens[:CONTEXT])[: len(tokens)]
        if len(tokens) <= CONTEXT:
            return starts
        windows = sliding_window_view(tokens, CONTEXT)[: len(tokens) - CONTEXT]
        rest = self._window_rows(windows, np.arange(len(windows)))
        return np.concatenate([starts[:CONTEXT], rest])

    def next_log_probs(self, histories: np.ndarray) -> np.ndarray:
        """Give the next step of each tune; see `Model.next_log_probs`."""
        vocabulary.check(histories)
        windows = histories[:, -CONTEXT:]
        first = np.full(len(windows), histories.shape[1] - windows.shape[1])
        return self._window_rows(windows, first)

    def save(self, folder: Path | str) -> None:
        """Write the model's folder."""
        arrays = {name: np.asarray(value) for name, value in _named(self._weights).items()}
        storage.save(folder, {"kind": "network", **self._settings}, arrays)

    def _first_rows(self, tokens: np.ndarray) -> np.ndarray:
        """Give the rows of a tune's first steps, row 0 (from h_0 alone) included."""
        padded = np.zeros((CONTEXT, 1), np.int32)
        padded[: len(tokens), 0] = tokens
        return np.asarray(self._run_prefix(self._weights, padded))[: len(tokens) + 1]

    def _window_rows(self, windows: np.ndarray, first: np.ndarray) -> np.ndarray:
        """Give the row after each window ``[windows, time]``, in calls of one fixed size."""
        rows = [
            self._call(windows[i : i + _WINDOWS_PER_CALL], first[i : i + _WINDOWS_PER_CALL])
            for i in range(0, len(windows), _WINDOWS_PER_CALL)
        ]
        return np.concatenate(rows)

    def _call(self, windows: np.ndarray, first: np.ndarray) -> np.ndarray:
        padding = _WINDOWS_PER_CALL - len(windows)
        batch = np.pad(windows.astype(np.int32).T, ((0, 0), (0, padding)))
        places = np.pad(first.astype(np.int32), (0, padding))
        return np.asarray(self._run_windows(self._weights, batch, places))[: len(windows)]

    @cached_property
    def _run_windows(self) -> Any:
        return jax.jit(lambda weights, *batch: last_log_probs(self._merge(weights), *batch))

    @cached_property
    def _run_prefix(self) -> Any:
        @jax.jit
        def run(weights: Any, tokens: Array) -> Array:
            network = self._merge(weights)
            after = network.hidden(tokens, jnp.zeros(1, jnp.int32))[:, 0]
            states = jnp.concatenate([jnp.zeros_like(after[:1]), after])
            return jax.nn.log_softmax(network.logits(states))

        return run

    def _merge(self, weights: Any) -> Network:
        network: Network = nnx.merge(self._graph, weights)
        return network


def build(settings: Mapping[str, Any], *, seed: int) -> Network:
    """Build a network with fresh weights from what ``settings.json`` holds."""
    return Network(
        cell=settings["cell"],
        units=settings["units"],
        embedding=settings["embedding"],
        positions=settings["positions"],
        rngs=nnx.Rngs(seed),
    )


def load(folder: Path | str, settings: Mapping[str, Any]) -> WindowModel:
    """Read what `WindowModel.save` wrote."""
    settings = {name: settings[name] for name in settings if name not in _STORED_WITH}
    network = nnx.eval_shape(partial(build, settings, seed=0))
    blank = _named(nnx.state(network))
    arrays = storage.load_arrays(folder, {name: value.shape for name, value in blank.items()})
    nnx.update(network, traverse_util.unflatten_dict(arrays, sep="."))
    return WindowModel(network, settings)


def _named(weights: Any) -> dict[str, Any]:
    """Name each array of a network by its path, as in ``output.kernel``."""
    named: dict[str, Any] = traverse_util.flatten_dict(nnx.to_pure_dict(weights), sep=".")
    return named
