"""The compiled train step, many updates in one call, and the validation.

Segments are cut on the host, and a batch of them is split over the devices. All weights are one
vector, so that an update is one sum over the devices and one pass of the optimiser. Random numbers
belong to the row of a batch, not to the device that has it.
"""

from dataclasses import dataclass
from typing import Any

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
from nottingham.training.objective import Objective, draw_shift
from nottingham.training.segment_data import SegmentData, Segments
from nottingham.training.trainable import Trainable

_OPERATIONS_PER_CALL = 5e10  # about half a second on two cores: how long Ctrl-C waits
_MOST_PER_CALL = 64  # updates, whose segments lie on the devices
_MANY, _ONE = jax.P(None, None, AXIS), jax.P(None, AXIS)
"""How segments are split over the devices: those of several updates, and those of one batch."""


@dataclass(frozen=True)
class Regularisation:
    """What is done to training segments so that a network generalises."""

    dropout: float
    transpose: int
    """Semitones, at most, either way."""


class TrainStep:
    """The training of a network, compiled for the devices of a mesh."""

    def __init__(
        self,
        network: Trainable,
        data: SegmentData,
        *,
        objective: Objective,
        valid_steps: int,
        valid_first: int,
        optimizer: optax.GradientTransformation,
        regularisation: Regularisation,
        mesh: Mesh,
    ) -> None:
        """Compile nothing yet.

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
        self._data = data
        self._transposition = network.representation.vocabulary.transposition(
            regularisation.transpose
        )
        self.first = np.asarray(weights)
        """The weights that a training begins with: ``[weights]``."""
        self._advance = jax.jit(
            self._split(self._updates, (WHOLE, _MANY, *[WHOLE] * 3)),
            donate_argnums=0,
        )
        self._validate = jax.jit(self._split(self._scores, (WHOLE, _ONE, jax.P(AXIS))))

    def start(self, updates: int) -> Any:
        """Return the state before an epoch: weights, moments, losses."""
        first = jnp.asarray(self.first)
        return self.place((first, self._optimizer.init(first), jnp.zeros(updates)))

    def place(self, state: Any) -> Any:
        """Put a state on the devices."""
        return devices.place(state, self._mesh)

    def advance(
        self, state: Any, starts: Int[np.ndarray, "updates rows"], key: PRNGKeyArray, first: int
    ) -> Any:
        """Do some updates of an epoch.

        Args:
            state: weights, moments and the loss of each update; it is used up.
            starts: the index in the tokens at which each of their segments begins.
            key: the epoch's.
            first: the number of the first of these updates in the epoch.

        Returns:
            The state after them.
        """
        last, most = first + len(starts), self.updates_per_call(starts.shape[1])
        padded = np.concatenate([starts, np.repeat(starts[-1:], most - len(starts), axis=0)])
        segments = self._data.cut(padded, self._objective.steps)
        placed = devices.place(segments, self._mesh, _MANY)
        return self._advance(state, placed, key, first, last)

    def validate(
        self, state: Any, batches: Int[np.ndarray, "batches 2 rows"], count: int
    ) -> tuple[float, float]:
        """Return log-loss and accuracy over the targets of some segments.

        Args:
            state: as in `advance`.
            batches: by `batches_for_validation`.
            count: how many targets there are.
        """
        sums = jnp.zeros(2)
        for starts, lengths in batches:
            segments = self._data.cut(starts, self._valid_steps)
            placed = devices.place(segments, self._mesh, _ONE)
            lengths = devices.place(lengths, self._mesh, jax.P(AXIS))
            sums = sums + self._validate(state[0], placed, lengths)
        found = np.asarray(sums, np.float64)
        return float(found[0] / count), float(found[1] / count)

    def network(self, weights: Any) -> Trainable:
        """Return the network with these weights."""
        network: Trainable = nnx.merge(self._graph, self._unravel(jnp.asarray(weights)))
        return network

    def updates_per_call(self, batch: int) -> int:
        """Return the number of updates in one call, so that an interruption is soon heeded."""
        operations = 6 * batch * self._objective.steps * len(self.first)
        return max(1, min(int(_OPERATIONS_PER_CALL / operations), _MOST_PER_CALL))

    def _split(self, run: Any, specs: Any) -> Any:
        return jax.shard_map(run, mesh=self._mesh, in_specs=specs, out_specs=WHOLE, check_vma=False)

    def _updates(
        self,
        state: Any,
        segments: Segments,
        key: Array,
        first: Array,
        last: Array,
    ) -> Any:
        count = segments.tokens.shape[2]
        rows = jax.lax.axis_index(AXIS) * count + jnp.arange(count)

        def update(i: Array, state: Any) -> Any:
            weights, moments, losses = state
            keys = jax.vmap(jax.random.fold_in, (None, 0))(jax.random.fold_in(key, i), rows)
            one = jax.tree.map(lambda x: x[i - first], segments)
            loss, gradient = jax.value_and_grad(self._loss)(weights, one, keys)
            gradient = jax.lax.pmean(gradient, AXIS)
            change, moments = self._optimizer.update(gradient, moments, weights)
            return optax.apply_updates(weights, change), moments, losses.at[i].set(loss)

        weights, moments, losses = jax.lax.fori_loop(first, last, update, state)
        # each device has its own losses until here: to average them at every update costs time
        done = jnp.arange(len(losses))
        fresh = (first <= done) & (done < last)
        return weights, moments, jnp.where(fresh, jax.lax.pmean(losses, AXIS), losses)

    def _loss(self, weights: Array, segments: Segments, keys: Array) -> Float[Array, ""]:
        for_shift, for_dropout = jax.vmap(jax.random.split, out_axes=1)(keys)
        network, terms, how = self.network(weights), self._objective.terms, self._regularisation
        inputs, targets = _inputs(network, segments)
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
        self, weights: Array, segments: Segments, lengths: Int[Array, " rows"]
    ) -> Float[Array, "2"]:
        """Sum −ln p(target) and the targets that are the likeliest, padding aside."""
        network, first = self.network(weights), self._valid_first
        inputs, targets = _inputs(network, segments)
        targets = targets[first:]
        rows = jax.nn.log_softmax(network.predict(inputs, last=len(targets)))
        losses = -jnp.take_along_axis(rows, targets[..., None], axis=-1)[..., 0]
        hits = (jnp.argmax(rows, axis=-1) == targets).astype(jnp.float32)
        counted = 1 + first + jnp.arange(len(targets))[:, None] < lengths
        found = jnp.sum(jnp.stack([losses, hits]), axis=(1, 2), where=counted)
        sums: Array = jax.lax.psum(found, AXIS)
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


def _inputs(network: Trainable, segments: Segments) -> tuple[Any, Int[Array, "targets rows"]]:
    """Return the inputs before each token of segments but the first, and that token."""
    segments = jax.tree.map(lambda x: x.astype(jnp.int32), segments)
    if segments.inputs is None:
        inputs = network.inputs(segments.tokens[:-1], segments.times)
    else:
        inputs = network.with_times(segments.inputs, segments.times)
    return inputs, segments.tokens[1:]
