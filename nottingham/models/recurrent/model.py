"""What the models around a network share: tunes heard from their start, continued, and weights."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx, traverse_util
from jaxtyping import Array, Bool, Float, Int

from nottingham.models import batching, devices, storage
from nottingham.models.base import Context
from nottingham.models.choice import Choice
from nottingham.models.devices import AXIS, SPLIT, WHOLE
from nottingham.models.recurrent.network import Network
from nottingham.representation import vocabulary


class Recurrent(ABC):
    """A network with its weights and settings: a `Batched` model, but for what is abstract here."""

    context: Context

    _states = 1
    """How many states a tune is continued with, each starting anew after so many steps."""

    def __init__(self, network: Network, settings: Mapping[str, Any]) -> None:
        self._graph, self._weights = nnx.split(network)
        self._settings = dict(settings)

    @abstractmethod
    def log_probs_of(self, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Score several tunes; see `Batched`."""

    @abstractmethod
    def next_log_probs(self, histories: np.ndarray) -> np.ndarray:
        """Give the next step of each tune; see `Model.next_log_probs`."""

    def log_probs(self, tokens: np.ndarray) -> np.ndarray:
        """Score a tune; see `Model.log_probs`."""
        return self.log_probs_of([tokens])[0]

    def continued(
        self,
        primers: np.ndarray,
        draws: np.ndarray,
        *,
        carry: bool,
        choice: Choice,
        allowed: np.ndarray,
    ) -> np.ndarray:
        """Continue tunes in one compiled program; see `Batched`."""
        vocabulary.check(primers)
        tunes = self._run_on(
            self._weights,
            jnp.asarray(primers.T, jnp.int32),
            jnp.asarray(draws, jnp.float32),
            jnp.asarray(allowed),
            states=1 if carry else self._states,
            choice=choice,
        )
        return np.asarray(tunes).T.astype(np.uint8)

    def _rows_of(self, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Score tunes with the state carried from their start."""
        blank = self._merge(self._weights).start(batching.TUNES)
        return batching.through(partial(self._run_through, self._weights), blank, tunes)

    def _rows_after(self, histories: np.ndarray) -> np.ndarray:
        """Give the row of the step that follows each history, which is heard from its start."""
        rows = self._rows_of(list(np.pad(histories, ((0, 0), (0, 1)))))  # no row sees its own step
        return np.stack([row[-1] for row in rows])

    def save(self, folder: Path | str) -> None:
        """Write the model's folder."""
        arrays = {name: np.asarray(value) for name, value in named(self._weights).items()}
        storage.save(folder, {"kind": "network", **self._settings}, arrays)

    @cached_property
    def _run_through(self) -> Any:
        run = jax.shard_map(
            lambda weights, *stretch: _hear(self._merge(weights), *stretch),
            mesh=devices.mesh(batching.TUNES),
            in_specs=(WHOLE, SPLIT, jax.P(None, AXIS), WHOLE),
            out_specs=(SPLIT, jax.P(None, AXIS)),
            check_vma=False,
        )
        return jax.jit(run)

    @cached_property
    def _run_on(self) -> Any:
        @partial(jax.jit, static_argnames=("states", "choice"))
        def run(weights: Any, *arrays: Array, states: int, choice: Choice) -> Array:
            return _continued(self._merge(weights), *arrays, states=states, choice=choice)

        return run

    def _merge(self, weights: Any) -> Network:
        network: Network = nnx.merge(self._graph, weights)
        return network


def _hear(
    network: Network, state: Any, tokens: Int[Array, "time batch"], first: Int[Array, ""]
) -> tuple[Any, Float[Array, "time batch vocabulary"]]:
    """Predict each step, then hear it; the first one is at place ``first`` of its tune."""
    take = network.stepper()

    def one(state: Any, now: tuple[Array, Array]) -> Any:
        tokens, t = now
        row = jax.nn.log_softmax(network.logits_after(state))
        return take(state, tokens, jnp.full(len(tokens), t + 1)), row

    state, rows = jax.lax.scan(one, state, (tokens, first + jnp.arange(len(tokens))))
    return state, rows


def _continued(
    network: Network,
    primers: Int[Array, "primed batch"],
    draws: Float[Array, "steps batch"],
    allowed: Bool[Array, "steps rows vocabulary"],
    *,
    states: int,
    choice: Choice,
) -> Int[Array, "time batch"]:
    """Continue tunes, the network's state carried from step to step.

    Of each tune there are so many states, of which one starts anew with every step, so that in
    turn each has heard exactly as many steps when the next one is drawn from it. A single one
    never starts anew.
    """
    primed, batch = primers.shape
    fresh, advance = _several(network, states, batch)

    def listen(state: Any, now: tuple[Array, Array]) -> Any:
        return advance(state, *now), None

    def write(state: Any, now: tuple[Array, Array, Array]) -> Any:
        draws, allowed, t = now
        full = jnp.where(t < states, 0, t % states)
        logits = network.logits_after(jax.tree.map(lambda x: x[full], state))
        tokens = choice.draw(logits, draws, allowed)
        return advance(state, tokens, t), tokens

    state, _ = jax.lax.scan(listen, fresh, (primers, jnp.arange(primed)))
    times = primed + jnp.arange(len(draws))
    _, tokens = jax.lax.scan(write, state, (draws, allowed, times))
    return jnp.concatenate([primers, tokens.astype(primers.dtype)])


def _several(network: Network, states: int, batch: int) -> tuple[Any, Callable[..., Any]]:
    """Give some states for each tune of a batch, ``[states, batch, ...]``, and their step.

    The step takes the states, the tokens of shape ``[batch]`` and their place in the tunes, which
    says whose turn it is to start anew.
    """
    take = network.stepper()

    def fold(state: Any) -> Any:
        return jax.tree.map(lambda x: x.reshape(states, batch, *x.shape[1:]), state)

    fresh = fold(network.start(states * batch))

    def advance(state: Any, tokens: Array, t: Array) -> Any:
        if states > 1:
            anew = jnp.arange(states) == t % states
            state = jax.tree.map(
                lambda x, y: jnp.where(anew.reshape(-1, *[1] * (x.ndim - 1)), y, x), state, fresh
            )
        flat = jax.tree.map(lambda x: x.reshape(states * batch, *x.shape[2:]), state)
        return fold(take(flat, jnp.tile(tokens, states), jnp.full(states * batch, t + 1)))

    return fresh, advance


def named(weights: Any) -> dict[str, Any]:
    """Name each array of a network by its path, as in ``output.kernel``."""
    named: dict[str, Any] = traverse_util.flatten_dict(nnx.to_pure_dict(weights), sep=".")
    return named
