"""The compiled programs of a training: many updates in one call, and the validation.

The tokens lie on every device once, and a batch is a list of places in them, split over the
devices. All weights are one vector, so that an update is one sum over the devices and one pass of
the optimiser. Random numbers belong to the row of a batch, not to the device that has it.
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

from nottingham.encoding.windows import CONTEXT
from nottingham.models import devices
from nottingham.models.devices import AXIS, WHOLE
from nottingham.models.network import Network, drop, last_log_probs
from nottingham.training.objective import Objective, transpose

_VALIDATION_BATCH = 512
_OPERATIONS_PER_CALL = 5e10  # about half a second on two cores: how long Ctrl-C waits


@dataclass(frozen=True)
class Regularisation:
    """What is done to training stretches so that a network generalises."""

    dropout: float
    transpose: int
    """Semitones, at most, either way."""


class Program:
    """A network's training, compiled for the devices of a mesh."""

    def __init__(
        self,
        network: Network,
        tokens: np.ndarray,
        *,
        objective: Objective,
        optimizer: optax.GradientTransformation,
        regularisation: Regularisation,
        mesh: Mesh,
    ) -> None:
        """Put the tokens on the devices.

        Args:
            network: with its initial weights.
            tokens: all tunes, one behind the other: ``[steps]``.
            objective: what is learnt from a stretch.
            optimizer: what is done with a gradient.
            regularisation: what is done to a stretch.
            mesh: the devices.
        """
        self._graph, state = nnx.split(network)
        weights, self._unravel = ravel_pytree(state)
        self._objective = objective
        self._optimizer = optimizer
        self._regularisation = regularisation
        self._mesh = mesh
        self._tokens = devices.place(np.asarray(tokens, np.int32), mesh)
        self._first = weights
        self._advance = jax.jit(
            self._split(self._updates, (WHOLE, WHOLE, jax.P(None, None, AXIS), *[WHOLE] * 3)),
            donate_argnums=0,
        )
        self._validate = jax.jit(self._split(self._scores, (WHOLE, WHOLE, jax.P(None, None, AXIS))))

    def start(self, updates: int) -> Any:
        """Give the state before an epoch of so many updates: weights, moments, losses."""
        moments = self._optimizer.init(self._first)
        return self.place((self._first, moments, jnp.zeros(updates)))

    def place(self, state: Any) -> Any:
        """Put a state on the devices."""
        return devices.place(state, self._mesh)

    def place_batches(self, places: np.ndarray) -> Any:
        """Put batches ``[batches, 2, batch]`` on the devices, each row where it is used."""
        return devices.place(places, self._mesh, jax.P(None, None, AXIS))

    def advance(self, state: Any, places: Any, key: PRNGKeyArray, first: int, last: int) -> Any:
        """Do the updates from ``first`` to before ``last`` of an epoch.

        Args:
            state: weights, moments and the loss of each update; it is used up.
            places: where the stretches of each batch begin: index in the tokens and place in the
                tune, ``[updates, 2, batch]``, by `place_batches`.
            key: the epoch's.
            first: where to start.
            last: where to stop.

        Returns:
            The state after them.
        """
        return self._advance(state, self._tokens, places, key, first, last)

    def validate(self, state: Any, places: Any, count: int) -> tuple[float, float]:
        """Give log-loss and accuracy under the window protocol.

        Args:
            state: as in `advance`.
            places: windows with their targets, ``[batches, 2, batch]``, by `place_batches`.
            count: how many of them there are, the rest being padding.
        """
        sums = np.asarray(self._validate(state[0], self._tokens, places), np.float64)
        return float(sums[0] / count), float(sums[1] / count)

    def network(self, weights: Any) -> Network:
        """Give the network with these weights."""
        return self._network(jnp.asarray(weights))

    def updates_per_call(self, batch: int) -> int:
        """Give how many updates one call may take so that an interruption is soon heeded."""
        operations = 6 * batch * self._objective.steps * len(self._first)
        return max(1, int(_OPERATIONS_PER_CALL / operations))

    def _network(self, weights: Array) -> Network:
        network: Network = nnx.merge(self._graph, self._unravel(weights))
        return network

    def _split(self, run: Any, specs: Any) -> Any:
        return jax.shard_map(run, mesh=self._mesh, in_specs=specs, out_specs=WHOLE, check_vma=False)

    def _updates(
        self,
        state: Any,
        tokens: Array,
        places: Int[Array, "updates 2 rows"],
        key: Array,
        first: Array,
        last: Array,
    ) -> Any:
        rows = jax.lax.axis_index(AXIS) * places.shape[2] + jnp.arange(places.shape[2])

        def update(i: Array, state: Any) -> Any:
            weights, moments, losses = state
            keys = jax.vmap(jax.random.fold_in, (None, 0))(jax.random.fold_in(key, i), rows)
            loss, gradient = jax.value_and_grad(self._loss)(weights, tokens, places[i], keys)
            gradient = jax.lax.pmean(gradient, AXIS)
            change, moments = self._optimizer.update(gradient, moments, weights)
            return optax.apply_updates(weights, change), moments, losses.at[i].set(loss)

        weights, moments, losses = jax.lax.fori_loop(first, last, update, state)
        # each device has its own losses until here: to average them at every update costs time
        done = jnp.arange(len(losses))
        fresh = (first <= done) & (done < last)
        return weights, moments, jnp.where(fresh, jax.lax.pmean(losses, AXIS), losses)

    def _loss(
        self, weights: Array, tokens: Array, places: Int[Array, "2 rows"], keys: Array
    ) -> Float[Array, ""]:
        for_shift, for_dropout = jax.vmap(jax.random.split, out_axes=1)(keys)
        stretches = _cut(tokens, places[0], self._objective.steps)
        stretches = transpose(stretches, self._regularisation.transpose, for_shift)
        network = self._network(weights)
        hidden = network.hidden(stretches[:-1], places[1])[-self._objective.terms :]
        if self._regularisation.dropout:
            hidden = drop(hidden, self._regularisation.dropout, for_dropout)
        return jnp.mean(self._objective.losses(network.logits(hidden), stretches))

    def _scores(
        self, weights: Array, tokens: Array, places: Int[Array, "batches 2 rows"]
    ) -> Float[Array, "2"]:
        """Sum −ln p(target) and the targets that are the likeliest, padding aside."""
        network = self._network(weights)

        def score(places: Array) -> Array:
            windows = _cut(tokens, places[0], CONTEXT + 1)
            rows = last_log_probs(network, windows[:-1], places[1])
            losses = -jnp.take_along_axis(rows, windows[-1][:, None], axis=1)[:, 0]
            hits = (jnp.argmax(rows, axis=1) == windows[-1]).astype(jnp.float32)
            return jnp.sum(jnp.stack([losses, hits]), axis=1, where=places[1] >= 0)

        sums: Array = jax.lax.psum(jnp.sum(jax.lax.map(score, places), axis=0), AXIS)
        return sums


def batches_for_validation(places: np.ndarray) -> np.ndarray:
    """Lay places ``[2, n]`` out as ``[batches, 2, batch]``, with place −1 as padding."""
    total = places.shape[1]
    padded = np.full((2, -(-total // _VALIDATION_BATCH) * _VALIDATION_BATCH), -1, np.int32)
    padded[:, :total] = places
    padded[0, total:] = 0
    return padded.reshape(2, -1, _VALIDATION_BATCH).swapaxes(0, 1)


def _cut(tokens: Array, starts: Int[Array, " rows"], steps: int) -> Int[Array, "steps rows"]:
    """Cut the stretches of ``steps`` steps that begin at ``starts``."""
    return tokens[starts + jnp.arange(steps)[:, None]]
