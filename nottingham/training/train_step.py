"""The compiled train step, many updates in one call, and the validation.

The tunes lie on every device once, and a batch is a list of indices into them, split over the
devices. All weights are one vector, so that an update is one sum over the devices and one pass of
the optimiser. Random numbers belong to the row of a batch, not to the device that has it.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jax.flatten_util import ravel_pytree
from jax.sharding import Mesh
from jaxtyping import Array, Float, Int, PRNGKeyArray

from nottingham.models import devices
from nottingham.models.devices import AXIS, WHOLE
from nottingham.representation.clock import Clock
from nottingham.training.objective import Objective, draw_shift
from nottingham.training.trainable import Trainable

_OPERATIONS_PER_CALL = 5e10  # about half a second on two cores: how long Ctrl-C waits


@dataclass(frozen=True)
class Regularisation:
    """What is done to training segments so that a network generalises."""

    dropout: float
    transpose: int
    """Semitones, at most, either way."""


class DeviceData(NamedTuple):
    """All tunes, one after the other, on the devices."""

    tokens: Any
    """``[tokens]``."""
    times: Clock
    """When each token begins: ``[tokens]``."""
    inputs: Any
    """The inputs of a network of whole tunes after each token: a tree of arrays, ``[tokens, …]``;
    None where they are computed from each segment alone."""


class TrainStep:
    """The training of a network, compiled for the devices of a mesh."""

    def __init__(
        self,
        network: Trainable,
        data: DeviceData,
        *,
        objective: Objective,
        valid_steps: int,
        valid_first: int,
        optimizer: optax.GradientTransformation,
        regularisation: Regularisation,
        mesh: Mesh,
    ) -> None:
        """Put the tunes on the devices.

        Args:
            network: with its initial weights.
            data: all tunes.
            objective: the loss on a segment.
            valid_steps: how long the segments of validation are.
            valid_first: the first prediction of such a segment that counts, from 0 on.
            optimizer: what is done with a gradient.
            regularisation: what is done to a segment.
            mesh: the devices.
        """
        self._graph, state = nnx.split(network)
        weights, self._unravel = ravel_pytree(state)
        self._objective = objective
        self._valid_steps, self._valid_first = valid_steps, valid_first
        self._optimizer = optimizer
        self._regularisation = regularisation
        self._mesh = mesh
        self._data = devices.place(data, mesh)
        self._transposition = network.representation.vocabulary.transposition(
            regularisation.transpose
        )
        self._first = weights
        self._advance = jax.jit(
            self._split(self._updates, (WHOLE, WHOLE, jax.P(None, AXIS), *[WHOLE] * 3)),
            donate_argnums=0,
        )
        self._validate = jax.jit(self._split(self._scores, (WHOLE, WHOLE, jax.P(None, None, AXIS))))

    def start(self, updates: int) -> Any:
        """Return the state before an epoch: weights, moments, losses."""
        moments = self._optimizer.init(self._first)
        return self.place((self._first, moments, jnp.zeros(updates)))

    def place(self, state: Any) -> Any:
        """Put a state on the devices."""
        return devices.place(state, self._mesh)

    def place_batches(self, batches: np.ndarray) -> Any:
        """Put batches ``[batches, …, batch]`` on the devices, each row where it is used."""
        between = [None] * (batches.ndim - 1)
        return devices.place(batches, self._mesh, jax.P(*between, AXIS))

    def advance(self, state: Any, starts: Any, key: PRNGKeyArray, first: int, last: int) -> Any:
        """Do the updates from ``first`` to before ``last`` of an epoch.

        Args:
            state: weights, moments and the loss of each update; it is used up.
            starts: the index in the tokens at which each segment begins: ``[updates, batch]``, by
                `place_batches`.
            key: the epoch's.
            first: where to start.
            last: where to stop.

        Returns:
            The state after them.
        """
        return self._advance(state, self._data, starts, key, first, last)

    def validate(self, state: Any, segments: Any, count: int) -> tuple[float, float]:
        """Return log-loss and accuracy over the targets of some segments.

        Args:
            state: as in `advance`.
            segments: by `batches_for_validation` and `place_batches`.
            count: how many targets there are.
        """
        sums = np.asarray(self._validate(state[0], self._data, segments), np.float64)
        return float(sums[0] / count), float(sums[1] / count)

    def network(self, weights: Any) -> Trainable:
        """Return the network with these weights."""
        network: Trainable = nnx.merge(self._graph, self._unravel(jnp.asarray(weights)))
        return network

    def updates_per_call(self, batch: int) -> int:
        """Return the number of updates in one call, so that an interruption is soon heeded."""
        operations = 6 * batch * self._objective.steps * len(self._first)
        return max(1, int(_OPERATIONS_PER_CALL / operations))

    def _split(self, run: Any, specs: Any) -> Any:
        return jax.shard_map(run, mesh=self._mesh, in_specs=specs, out_specs=WHOLE, check_vma=False)

    def _updates(
        self,
        state: Any,
        data: DeviceData,
        starts: Int[Array, "updates rows"],
        key: Array,
        first: Array,
        last: Array,
    ) -> Any:
        rows = jax.lax.axis_index(AXIS) * starts.shape[1] + jnp.arange(starts.shape[1])

        def update(i: Array, state: Any) -> Any:
            weights, moments, losses = state
            keys = jax.vmap(jax.random.fold_in, (None, 0))(jax.random.fold_in(key, i), rows)
            loss, gradient = jax.value_and_grad(self._loss)(weights, data, starts[i], keys)
            gradient = jax.lax.pmean(gradient, AXIS)
            change, moments = self._optimizer.update(gradient, moments, weights)
            return optax.apply_updates(weights, change), moments, losses.at[i].set(loss)

        weights, moments, losses = jax.lax.fori_loop(first, last, update, state)
        # each device has its own losses until here: to average them at every update costs time
        done = jnp.arange(len(losses))
        fresh = (first <= done) & (done < last)
        return weights, moments, jnp.where(fresh, jax.lax.pmean(losses, AXIS), losses)

    def _loss(
        self, weights: Array, data: DeviceData, starts: Int[Array, " rows"], keys: Array
    ) -> Float[Array, ""]:
        for_shift, for_dropout = jax.vmap(jax.random.split, out_axes=1)(keys)
        network, terms, how = self.network(weights), self._objective.terms, self._regularisation
        inputs, targets = _segments(network, data, starts, self._objective.steps)
        if how.transpose:
            vocabulary, table = network.representation.vocabulary, jnp.asarray(self._transposition)
            pitches = jnp.concatenate(
                [network.pitches(inputs), jnp.asarray(vocabulary.pitch)[targets]]
            )
            shift = draw_shift(pitches, vocabulary, how.transpose, for_shift)
            inputs = network.transposed(inputs, table, shift)
            targets = table[how.transpose + shift, targets]
        logits = network.predict(inputs, last=terms, dropout=how.dropout, keys=for_dropout)
        targets, size = targets[-terms:], network.representation.vocabulary.size
        counted = targets < size  # the start of another tune is no target
        losses = self._objective.losses(logits, jnp.minimum(targets, size - 1))
        count = jax.lax.pmean(jnp.sum(counted), AXIS)
        return jnp.sum(losses, where=counted) / jnp.maximum(count, 1)

    def _scores(
        self, weights: Array, data: DeviceData, segments: Int[Array, "batches 2 rows"]
    ) -> Float[Array, "2"]:
        """Sum −ln p(target) and the targets that are the likeliest, padding aside."""
        network, first = self.network(weights), self._valid_first

        def score(segment: Array) -> Array:
            inputs, targets = _segments(network, data, segment[0], self._valid_steps)
            targets = targets[first:]
            rows = jax.nn.log_softmax(network.predict(inputs, last=len(targets)))
            losses = -jnp.take_along_axis(rows, targets[..., None], axis=-1)[..., 0]
            hits = (jnp.argmax(rows, axis=-1) == targets).astype(jnp.float32)
            counted = 1 + first + jnp.arange(len(targets))[:, None] < segment[1]
            return jnp.sum(jnp.stack([losses, hits]), axis=(1, 2), where=counted)

        sums: Array = jax.lax.psum(jnp.sum(jax.lax.map(score, segments), axis=0), AXIS)
        return sums


def batches_for_validation(segments: Int[np.ndarray, "2 n"], batch: int) -> np.ndarray:
    """Lay segments out in batches: ``[batches, 2, batch]``, with length 0 as padding.

    Args:
        segments: of each, its index in the tokens and length.
        batch: segments in a batch.
    """
    total = segments.shape[1]
    padded = np.pad(segments.astype(np.int32), ((0, 0), (0, -total % batch)))
    return padded.reshape(2, -1, batch).swapaxes(0, 1)


def _segments(
    network: Trainable, data: DeviceData, starts: Int[Array, " rows"], steps: int
) -> tuple[Any, Int[Array, "targets rows"]]:
    """Cut segments: the inputs before each but the first, and that token."""
    tokens = _cut(data.tokens, starts, steps)
    times = Clock(*(_cut(x, starts + 1, steps - 1) for x in data.times))
    if data.inputs is None:
        return network.inputs(tokens[:-1], times), tokens[1:]
    features = jax.tree.map(lambda x: _cut(x, starts, steps - 1), data.inputs)
    return network.with_times(features, times), tokens[1:]


def _cut(stored: Array, starts: Int[Array, " rows"], count: int) -> Int[Array, "count rows *rest"]:
    """Cut ``count`` entries from each start on."""
    return stored[starts + jnp.arange(count)[:, None]].astype(jnp.int32)
