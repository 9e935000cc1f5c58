"""The window-context model around a network: exactly the last 32 steps, from h_0 = 0 each time."""

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx, traverse_util
from jaxtyping import Array, Float, Int
from numpy.lib.stride_tricks import sliding_window_view

from nottingham.encoding import vocabulary
from nottingham.encoding.windows import CONTEXT
from nottingham.models import devices, storage
from nottingham.models.base import Context
from nottingham.models.devices import AXIS, SPLIT, WHOLE
from nottingham.models.network import Network, build, last_log_probs

_WINDOWS_PER_CALL = 512
_STORED_WITH = ("kind", "vocabulary")


class WindowModel:
    """A network that sees exactly the last 32 steps, from h_0 = 0 for every step it predicts."""

    context: Context = "window"

    def __init__(self, network: Network, settings: Mapping[str, Any]) -> None:
        self._graph, self._weights = nnx.split(network)
        self._settings = dict(settings)

    def log_probs(self, tokens: np.ndarray) -> np.ndarray:
        """Score a tune; see `Model.log_probs`."""
        return self.log_probs_of([tokens])[0]

    def log_probs_of(self, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Score several tunes, their windows in calls of one fixed size; see `Batched`."""
        for tokens in tunes:
            vocabulary.check(tokens)
        counts = [max(0, len(tokens) - CONTEXT) for tokens in tunes]
        windows = [
            sliding_window_view(tokens, CONTEXT)[:count]
            for tokens, count in zip(tunes, counts, strict=True)
            if count
        ]
        first = np.concatenate([np.arange(count) for count in counts])
        rest = np.zeros((0, vocabulary.SIZE), np.float32)
        if windows:
            rest = self._window_rows(np.concatenate(windows), first)
        ends = np.cumsum(counts)[:-1]
        return [
            np.concatenate([self._first_rows(tokens[:CONTEXT])[: min(len(tokens), CONTEXT)], rows])
            for tokens, rows in zip(tunes, np.split(rest, ends), strict=True)
        ]

    def next_log_probs(self, histories: np.ndarray) -> np.ndarray:
        """Give the next step of each tune; see `Model.next_log_probs`."""
        vocabulary.check(histories)
        windows = histories[:, -CONTEXT:]
        first = np.full(len(windows), histories.shape[1] - windows.shape[1])
        return self._window_rows(windows, first)

    def continued(self, primers: np.ndarray, draws: np.ndarray, *, carry: bool) -> np.ndarray:
        """Continue tunes in one compiled program; see `Batched`."""
        vocabulary.check(primers)
        windows = 1 if carry else CONTEXT
        tunes = self._run_on(
            self._weights,
            jnp.asarray(primers.T, jnp.int32),
            jnp.asarray(draws, jnp.float32),
            windows=windows,
        )
        return np.asarray(tunes).T.astype(np.uint8)

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
        split = jax.P(None, AXIS)
        run = jax.shard_map(
            lambda weights, *batch: last_log_probs(self._merge(weights), *batch),
            mesh=devices.mesh(_WINDOWS_PER_CALL),
            in_specs=(WHOLE, split, SPLIT),
            out_specs=SPLIT,
            check_vma=False,
        )
        return jax.jit(run)

    @cached_property
    def _run_prefix(self) -> Any:
        @jax.jit
        def run(weights: Any, tokens: Array) -> Array:
            network = self._merge(weights)
            after = network.hidden(tokens, jnp.zeros(1, jnp.int32))[:, 0]
            states = jnp.concatenate([jnp.zeros_like(after[:1]), after])
            return jax.nn.log_softmax(network.logits(states))

        return run

    @cached_property
    def _run_on(self) -> Any:
        @partial(jax.jit, static_argnames="windows")
        def run(weights: Any, primers: Array, draws: Array, *, windows: int) -> Array:
            return _continued(self._merge(weights), primers, draws, windows)

        return run

    def _merge(self, weights: Any) -> Network:
        network: Network = nnx.merge(self._graph, weights)
        return network


def _continued(
    network: Network,
    primers: Int[Array, "primed batch"],
    draws: Float[Array, "steps batch"],
    windows: int,
) -> Int[Array, "time batch"]:
    """Continue tunes, the network's state carried from step to step.

    Of each tune there are ``windows`` states, of which one starts anew with every step, so that
    in turn each has seen exactly as many steps when the next one is drawn from it. A single one
    never starts anew.
    """
    primed, batch = primers.shape
    take = network.stepper()

    def advance(state: Any, tokens: Array, t: Array) -> Any:
        if windows > 1:
            anew = (jnp.arange(windows) == t % windows)[:, None, None]
            state = jax.tree.map(lambda x: jnp.where(anew, 0.0, x), state)
        flat = jax.tree.map(lambda x: x.reshape(windows * batch, -1), state)
        flat = take(flat, jnp.tile(tokens, windows), jnp.full(windows * batch, t + 1))
        return jax.tree.map(lambda x: x.reshape(windows, batch, -1), flat)

    def listen(state: Any, now: tuple[Array, Array]) -> Any:
        return advance(state, *now), None

    def write(state: Any, now: tuple[Array, Array]) -> Any:
        draws, t = now
        full = jnp.where(t < windows, 0, t % windows)
        logits = network.logits(state[0][full])
        reached = jnp.cumsum(jax.nn.softmax(logits), axis=1)
        tokens = jnp.argmax(reached > (draws * reached[:, -1])[:, None], axis=1)
        return advance(state, tokens, t), tokens

    state = jax.tree.map(lambda x: x.reshape(windows, batch, -1), network.start(windows * batch))
    state, _ = jax.lax.scan(listen, state, (primers, jnp.arange(primed)))
    times = primed + jnp.arange(len(draws))
    _, tokens = jax.lax.scan(write, state, (draws, times))
    return jnp.concatenate([primers, tokens.astype(primers.dtype)])


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
