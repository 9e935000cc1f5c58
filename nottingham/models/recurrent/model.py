"""Recurrent models: a network with its weights, of window or of tune context.

With window context a prediction is made from exactly the last tokens, as many as the
representation's window has, from h_0 = 0. Step by step, a window's number of states run side by
side; one of them starts again with every token, so that in turn each has consumed exactly a window
when it predicts. One more state has consumed the tune from its start and predicts the first tokens.
"""

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx, traverse_util
from jaxtyping import Array, Float, Int
from numpy.lib.stride_tricks import sliding_window_view

from nottingham.errors import damaged
from nottingham.models import batching, devices, storage
from nottingham.models.base import Context, Model, ModelFunction
from nottingham.models.devices import AXIS, SPLIT, WHOLE
from nottingham.models.lookback import horizon
from nottingham.models.recurrent import logits, network
from nottingham.models.recurrent.cells import CELLS
from nottingham.models.recurrent.network import Network, Prepared, last_log_probs, named
from nottingham.models.recurrent.numpy_model import NumpyModel
from nottingham.models.recurrent.settings import NetworkSettings
from nottingham.representation import Representation, clock
from nottingham.representation.clock import Clock

_WINDOWS_PER_CALL = 1024


class State(NamedTuple):
    """Of some tunes: states of the network for each, the first one from the tune's start."""

    prepared: Prepared
    copies: network.State
    """``[copies, batch, ...]``."""
    times: Clock
    """When the token to come begins: ``[batch]``."""
    consumed: Int[Array, ""]
    """Tokens of each tune so far."""


@jax.tree_util.register_pytree_node_class
class RecurrentModel(Model):
    """A network with its weights and settings."""

    def __init__(self, network: Network, settings: Mapping[str, Any]) -> None:
        """Make a model of a network.

        Args:
            network: with its weights.
            settings: what it was built from, with the ``context`` that it is to have.
        """
        self._graph, self._weights = nnx.split(network)
        self._settings = json.dumps(dict(settings))
        self.representation: Representation = network.representation
        self.context: Context = settings["context"]

    def tree_flatten(self) -> tuple[Any, Hashable]:
        """Take the weights apart from all else, so that a compiled function takes a model."""
        return (self._weights,), (self._graph, self._settings, self.representation, self.context)

    @classmethod
    def tree_unflatten(cls, parts: Any, children: Any) -> "RecurrentModel":
        """Put a model together again."""
        model = object.__new__(cls)
        (model._weights,) = children
        model._graph, model._settings, model.representation, model.context = parts
        return model

    @property
    def _windows_at_once(self) -> int:
        return self.representation.window if self.context == "window" else 0

    def start(self, batch: int) -> State:
        """See `Model`."""
        network, zero = self._network(self._weights), jnp.zeros(batch, jnp.int32)
        prepared = network.prepare()
        parts = network.start(prepared, batch), network.blank(self._windows_at_once * batch)
        copies = jax.tree.map(lambda x, y: self._fold(jnp.concatenate([x, y]), batch), *parts)
        times = clock.start(self.representation, zero)
        return State(prepared, copies, times, jnp.zeros((), jnp.int32))

    def step(self, state: State, tokens: Int[Array, " batch"]) -> State:
        """See `Model`."""
        network, windows, batch = self._network(self._weights), self._windows_at_once, len(tokens)
        copies, count = state.copies, 1 + windows
        if windows:
            starts_again = jnp.arange(count) == 1 + state.consumed % windows
            fresh = self._fold(network.blank(count * batch), batch)
            copies = jax.tree.map(
                lambda x, y: jnp.where(starts_again.reshape(-1, *[1] * (x.ndim - 1)), y, x),
                copies,
                fresh,
            )
        times = clock.advance(self.representation, state.times, tokens)
        flat = jax.tree.map(lambda x: x.reshape(count * batch, *x.shape[2:]), copies)
        tiled = Clock(*(jnp.tile(x, count) for x in times))
        flat = network.step(state.prepared, flat, jnp.tile(tokens, count), tiled)
        return State(state.prepared, self._fold(flat, batch), times, state.consumed + 1)

    def log_probs(self, state: State) -> Float[Array, "batch vocabulary"]:
        """See `Model`."""
        windows, full = self._windows_at_once, jnp.zeros((), jnp.int32)
        if windows:
            full = jnp.where(state.consumed < windows, 0, 1 + state.consumed % windows)
        chosen = jax.tree.map(lambda x: x[full], state.copies)
        return jax.nn.log_softmax(self._network(self._weights).logits_after(chosen))

    def run(self, function: ModelFunction, arrays: Any, options: Hashable) -> Any:
        """Call a function, compiled once for arrays of the same shapes and the same options."""
        return _compiled(function, self, arrays, options)

    def score(self, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Score tunes in calls of one fixed size, split over all devices; see `Model.score`."""
        for tokens in tunes:
            self.representation.vocabulary.check(tokens)
        if self.context == "tune":
            return self._carried(tunes)
        window = self.representation.window
        counts = [max(0, len(tokens) - window) for tokens in tunes]
        rest = self._windows([tokens for tokens in tunes if len(tokens) > window])
        begun = self._carried([tokens[:window] for tokens in tunes])
        ends = np.cumsum(counts)
        return [
            np.concatenate([rows, rest[end - count : end]])
            for rows, count, end in zip(begun, counts, ends, strict=True)
        ]

    def save(self, folder: Path | str) -> None:
        """Write the model's folder."""
        arrays = {name: np.asarray(value) for name, value in named(self._weights).items()}
        settings = {"kind": "recurrent", **self.settings}
        storage.save(folder, settings, self.representation, arrays)

    @classmethod
    def read(cls, folder: Path | str) -> "RecurrentModel":
        """Read what `save` wrote.

        Raises:
            InputError: if it is missing or damaged, or a model of another kind.
        """
        settings, representation = storage.load_settings(folder)
        if settings.pop("kind", None) != "recurrent":
            raise damaged(folder, "network", "it is a model of another kind")
        return load(folder, settings, representation)

    @property
    def settings(self) -> dict[str, Any]:
        """What its network was built from, and its context."""
        found: dict[str, Any] = json.loads(self._settings)
        return found

    @property
    def weights(self) -> Any:
        """Those of its network, as a tree."""
        return self._weights

    def unbounded(self) -> "RecurrentModel":
        """Return the same network as a model whose state is carried through whole tunes."""
        parts = (self._graph, self._settings, self.representation, "tune")
        return self.tree_unflatten(parts, (self._weights,))

    def eager(self) -> Model:
        """See `Model`; one of window context returns itself."""
        if self.context == "window":
            return self
        arrays = {name: np.array(value) for name, value in named(self._weights).items()}
        return NumpyModel(self.settings, self.representation, arrays)

    def guided(self, weight: float) -> "RecurrentModel":
        """See `Model`."""
        times = logits.guided(weight)
        if not times.keys() & self._weights.keys():
            return self
        weights = jax.tree.map(lambda x: x, self._weights)  # a copy
        for name in times.keys() & weights.keys():
            weights[name][...] = weights[name][...] * times[name]
        return self.tree_unflatten(self.tree_flatten()[1], (weights,))

    def _network(self, weights: Any) -> Network:
        network: Network = nnx.merge(self._graph, weights)
        return network

    def _fold(self, state: Any, batch: int) -> Any:
        copies = 1 + self._windows_at_once
        return jax.tree.map(lambda x: x.reshape(copies, batch, *x.shape[1:]), state)

    def _carried(self, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Score tunes with the state carried from their start."""
        return batching.through(partial(self._run_carried, self._weights), self._blank, tunes)

    @cached_property
    def _blank(self) -> tuple[network.State, Clock]:
        """The state before the first token of a call's tunes, and its time."""
        zero = np.zeros(batching.TUNES, np.int32)
        start = jax.jit(lambda weights: _started(self._network(weights), batching.TUNES))
        blank = start(self._weights), clock.start(self.representation, zero)
        placed: tuple[network.State, Clock] = devices.place(
            blank, devices.mesh(batching.TUNES), SPLIT
        )
        return placed

    @cached_property
    def _run_carried(self) -> Any:
        run = jax.shard_map(
            lambda weights, *call: _carry(self._network(weights), *call),
            mesh=devices.mesh(batching.TUNES),
            in_specs=(WHOLE, SPLIT, jax.P(None, AXIS)),
            out_specs=(SPLIT, jax.P(None, AXIS)),
            check_vma=False,
        )
        return jax.jit(run)

    def _windows(self, tunes: Sequence[np.ndarray]) -> np.ndarray:
        """Score the tokens after each window of tunes longer than one: ``[windows, k]``.

        A window that comes again, as repeats bring it, is computed once.
        """
        window, size = self.representation.window, self.representation.vocabulary.size
        network, every = self._network(self._weights), [np.zeros((0, 4, window), np.int32)]
        for tokens in tunes:
            times = network.input_times(clock.read(self.representation, tokens))
            columns = (tokens[:-1], *(x[1:-1] for x in times))
            every.append(np.stack([sliding_window_view(x, window) for x in columns], axis=1))
        windows, which = np.unique(np.concatenate(every), axis=0, return_inverse=True)
        rows = [np.zeros((0, size), np.float32)]
        for i in range(0, len(windows), _WINDOWS_PER_CALL):
            call = windows[i : i + _WINDOWS_PER_CALL].astype(np.int32)
            missing = _WINDOWS_PER_CALL - len(call)
            called = np.pad(call, ((0, missing), (0, 0), (0, 0))).transpose(1, 2, 0)
            found = self._run_windows(self._weights, called[0], Clock(*called[1:]))
            rows.append(np.asarray(found)[: len(call)])
        return np.concatenate(rows)[which]

    @cached_property
    def _run_windows(self) -> Any:
        split = jax.P(None, AXIS)
        run = jax.shard_map(
            lambda weights, *call: last_log_probs(self._network(weights), *call),
            mesh=devices.mesh(_WINDOWS_PER_CALL),
            in_specs=(WHOLE, split, split),
            out_specs=SPLIT,
            check_vma=False,
        )
        return jax.jit(run)


@partial(jax.jit, static_argnums=(0, 3))
def _compiled(
    function: ModelFunction, model: RecurrentModel, arrays: Any, options: Hashable
) -> Any:
    return function(model, jax.lax.scan, arrays, options)


def _started(network: Network, batch: int) -> network.State:
    """Return the state before the first token of some tunes."""
    return network.start(network.prepare(), batch)


def _carry(
    network: Network, state: Any, tokens: Int[Array, "time batch"]
) -> tuple[Any, Float[Array, "time batch vocabulary"]]:
    """Predict each token, then consume it."""
    prepared = network.prepare()

    def one(state: Any, tokens: Array) -> tuple[Any, Array]:
        inner, times = state
        row = jax.nn.log_softmax(network.logits_after(inner))
        times = clock.advance(network.representation, times, tokens)
        return (network.step(prepared, inner, tokens, times), times), row

    done: tuple[Any, Array] = jax.lax.scan(one, state, tokens)
    return done


def load(
    folder: Path | str, settings: Mapping[str, Any], representation: Representation
) -> RecurrentModel:
    """Read what `RecurrentModel.save` wrote."""
    blank_network = nnx.eval_shape(partial(network.build, settings, representation, seed=0))
    blank = named(nnx.state(blank_network))
    arrays = storage.load_arrays(folder, {name: value.shape for name, value in blank.items()})
    weights = {name: jnp.asarray(array) for name, array in arrays.items()}
    nnx.update(blank_network, traverse_util.unflatten_dict(weights, sep="."))
    return RecurrentModel(blank_network, settings)


@dataclass(frozen=True)
class RecurrentArchitecture:
    """A recurrent network as a section of ``train`` describes it; see `training.trainable`."""

    section: NetworkSettings
    representation: Representation
    first: "RecurrentModel | None" = None
    """Whose weights a network begins with; None: random ones."""

    @property
    def context(self) -> Context:
        """The model's."""
        return self.section.context

    @property
    def settings(self) -> dict[str, Any]:
        """The arguments of `network.build`; lookbacks out of reach are left out."""
        section, ticks = self.section, self.representation.measure_ticks
        reach = horizon(self.representation, section.context)
        reach *= int(self.representation.vocabulary.ticks.max())
        return {
            "context": section.context,
            "cell": section.cell,
            "units": section.units,
            "embedding": section.embedding,
            "precision": section.precision,
            "metrical_position": section.metrical_position,
            "phrase": section.phrase,
            "header": list(section.header),
            "measures_to_go": section.measures_to_go,
            "section": section.section,
            "intervals": section.intervals,
            "lookbacks": sorted({n for n in section.lookbacks if n * ticks < reach}),
            "last_token": bool(section.lookbacks) or section.longest_match,
            "longest_match": section.longest_match,
        }

    @property
    def numbers_per_token(self) -> int:
        """The gates and the state, and the logits with their probabilities."""
        gates = CELLS[self.section.cell].gates
        return self.section.units * (gates + 1) + 2 * self.representation.vocabulary.size

    def build(self, seed: int) -> Network:
        """Return a network with the weights that it begins with."""
        built = network.build(self.settings, self.representation, seed=seed)
        if self.first:
            nnx.update(built, self.first.weights)
        return built

    def model(self, network: Network) -> RecurrentModel:
        """Return the model of a trained network."""
        return RecurrentModel(network, self.settings)
