"""The compiled programs of a training: many updates in one call, and the validation.

The tunes lie on every device once, and a batch is a list of places in them, split over the
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

from nottingham.dataset.streams import CONTEXT
from nottingham.models import devices
from nottingham.models.devices import AXIS, WHOLE
from nottingham.models.lookback import Recall, shifted, transposed
from nottingham.models.recurrent.network import Network, drop
from nottingham.training.objective import Objective, draw_shift

_UNCOUNTED = CONTEXT - 1  # predictions at the start of a stretch that validation leaves out
_OPERATIONS_PER_CALL = 5e10  # about half a second on two cores: how long Ctrl-C waits


@dataclass(frozen=True)
class Regularisation:
    """What is done to training stretches so that a network generalises."""

    dropout: float
    transpose: int
    """Semitones, at most, either way."""


class Material(NamedTuple):
    """All tunes, one behind the other."""

    tokens: Any
    """``[steps]``."""
    recall: Recall | None
    """What a whole tune's memory knows after each step; None: each stretch has its own memory."""


class Program:
    """A network's training, compiled for the devices of a mesh."""

    def __init__(
        self,
        network: Network,
        material: Material,
        *,
        objective: Objective,
        valid_steps: int,
        optimizer: optax.GradientTransformation,
        regularisation: Regularisation,
        mesh: Mesh,
    ) -> None:
        """Put the tunes on the devices.

        Args:
            network: with its initial weights.
            material: all tunes.
            objective: what is learnt from a stretch.
            valid_steps: how long the stretches of validation are.
            optimizer: what is done with a gradient.
            regularisation: what is done to a stretch.
            mesh: the devices.
        """
        self._graph, state = nnx.split(network)
        weights, self._unravel = ravel_pytree(state)
        self._objective = objective
        self._valid_steps = valid_steps
        self._optimizer = optimizer
        self._regularisation = regularisation
        self._mesh = mesh
        self._material = devices.place(material, mesh)
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
        return self._advance(state, self._material, places, key, first, last)

    def validate(self, state: Any, places: Any, count: int) -> tuple[float, float]:
        """Give log-loss and accuracy over the targets of some stretches.

        Args:
            state: as in `advance`.
            places: by `batches_for_validation` and `place_batches`.
            count: how many targets there are.
        """
        sums = np.asarray(self._validate(state[0], self._material, places), np.float64)
        return float(sums[0] / count), float(sums[1] / count)

    def network(self, weights: Any) -> Network:
        """Give the network with these weights."""
        network: Network = nnx.merge(self._graph, self._unravel(jnp.asarray(weights)))
        return network

    def updates_per_call(self, batch: int) -> int:
        """Give how many updates one call may take so that an interruption is soon heeded."""
        operations = 6 * batch * self._objective.steps * len(self._first)
        return max(1, int(_OPERATIONS_PER_CALL / operations))

    def _split(self, run: Any, specs: Any) -> Any:
        return jax.shard_map(run, mesh=self._mesh, in_specs=specs, out_specs=WHOLE, check_vma=False)

    def _updates(
        self,
        state: Any,
        material: Material,
        places: Int[Array, "updates 2 rows"],
        key: Array,
        first: Array,
        last: Array,
    ) -> Any:
        rows = jax.lax.axis_index(AXIS) * places.shape[2] + jnp.arange(places.shape[2])

        def update(i: Array, state: Any) -> Any:
            weights, moments, losses = state
            keys = jax.vmap(jax.random.fold_in, (None, 0))(jax.random.fold_in(key, i), rows)
            loss, gradient = jax.value_and_grad(self._loss)(weights, material, places[i], keys)
            gradient = jax.lax.pmean(gradient, AXIS)
            change, moments = self._optimizer.update(gradient, moments, weights)
            return optax.apply_updates(weights, change), moments, losses.at[i].set(loss)

        weights, moments, losses = jax.lax.fori_loop(first, last, update, state)
        # each device has its own losses until here: to average them at every update costs time
        done = jnp.arange(len(losses))
        fresh = (first <= done) & (done < last)
        return weights, moments, jnp.where(fresh, jax.lax.pmean(losses, AXIS), losses)

    def _loss(
        self, weights: Array, material: Material, places: Int[Array, "2 rows"], keys: Array
    ) -> Float[Array, ""]:
        for_shift, for_dropout = jax.vmap(jax.random.split, out_axes=1)(keys)
        network, terms = self.network(weights), self._objective.terms
        recall, targets = _stretches(network, material, places[0], self._objective.steps)
        if self._regularisation.transpose:
            shift = draw_shift(recall, targets, self._regularisation.transpose, for_shift)
            recall, targets = shifted(recall, shift), transposed(targets, shift)
        hidden = network.hidden(recall, places[1])[-terms:]
        if self._regularisation.dropout:
            hidden = drop(hidden, self._regularisation.dropout, for_dropout)
        logits = network.logits(hidden, jax.tree.map(lambda x: x[-terms:], recall))
        return jnp.mean(self._objective.losses(logits, targets[-terms:]))

    def _scores(
        self, weights: Array, material: Material, places: Int[Array, "batches 3 rows"]
    ) -> Float[Array, "2"]:
        """Sum −ln p(target) and the targets that are the likeliest, padding aside."""
        network = self.network(weights)

        def score(places: Array) -> Array:
            recall, targets = _stretches(network, material, places[0], self._valid_steps)
            hidden = network.hidden(recall, places[1])[_UNCOUNTED:]
            known = jax.tree.map(lambda x: x[_UNCOUNTED:], recall)
            rows = jax.nn.log_softmax(network.logits(hidden, known))
            targets = targets[_UNCOUNTED:]
            losses = -jnp.take_along_axis(rows, targets[..., None], axis=-1)[..., 0]
            hits = (jnp.argmax(rows, axis=-1) == targets).astype(jnp.float32)
            counted = CONTEXT + jnp.arange(len(targets))[:, None] < places[2]
            return jnp.sum(jnp.stack([losses, hits]), axis=(1, 2), where=counted)

        sums: Array = jax.lax.psum(jnp.sum(jax.lax.map(score, places), axis=0), AXIS)
        return sums


def batches_for_validation(places: Int[np.ndarray, "3 n"], batch: int) -> np.ndarray:
    """Lay stretches out in batches: ``[batches, 3, batch]``, with length 0 as padding.

    Args:
        places: of each stretch, index in the tokens, place in the tune and length; its targets
            are the steps from the 33rd on.
        batch: stretches in a batch.
    """
    total = places.shape[1]
    padded = np.pad(places.astype(np.int32), ((0, 0), (0, -total % batch)))
    return padded.reshape(3, -1, batch).swapaxes(0, 1)


def _stretches(
    network: Network, material: Material, starts: Int[Array, " rows"], steps: int
) -> tuple[Recall, Int[Array, "targets rows"]]:
    """Cut stretches of so many steps: what is known before each but the first, and that step."""
    tokens = _cut(material.tokens, starts, steps)
    if material.recall is None:
        return network.remembered.run(tokens[:-1]), tokens[1:]
    recall = jax.tree.map(lambda x: _cut(x, starts, steps - 1), material.recall)
    return recall, tokens[1:]


def _cut(steps: Array, starts: Int[Array, " rows"], count: int) -> Int[Array, "count rows *rest"]:
    """Cut ``count`` steps from each start on."""
    return steps[starts + jnp.arange(count)[:, None]].astype(jnp.int32)
