"""Small networks, untrained, whose predictions depend on all of their inputs."""

from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from nottingham.models.recurrent.model import RecurrentModel
from nottingham.models.recurrent.network import Network, build
from nottingham.representation import Representation
from nottingham.representation.grid import Grid
from tests.models.tiny import Tiny

GRID, TINY = Grid(8), Tiny()

PLAIN: dict[str, Any] = {
    "context": "window",
    "cell": "lstm",
    "units": 12,
    "embedding": 7,
    "precision": "float32",
    "metrical_position": True,
    "phrase": 0,
    "intervals": False,
    "lags": [],
    "longest_match": False,
}
COPYING = PLAIN | {"intervals": True, "lags": [1, 7], "longest_match": True}
TUNE = COPYING | {"context": "tune", "phrase": 3, "lags": [1, 64]}

CELLS = {cell: PLAIN | {"cell": cell} for cell in ("tanh", "gru", "lstm")}
WINDOWS = CELLS | {"copying": COPYING}
NETWORKS = WINDOWS | {"tune": TUNE}


def sensitive(
    settings: dict[str, Any], representation: Representation = GRID, *, seed: int = 1
) -> Network:
    """Build a network that depends on all of its inputs, as a fresh one hardly does.

    Its output weights are scaled up, and what is zero in a fresh network is drawn at random: the
    biases, and the weights of the intervals and of the candidates.
    """
    network, draw = build(settings, representation, seed=seed), np.random.default_rng(seed)
    network.output.kernel[...] *= 5.0
    zeros = [network.output.bias]
    if settings["intervals"]:
        zeros += [network.interval.kernel, network.interval.bias]
    if network.lookback.candidates:
        zeros += [network.copy.kernel, network.copy.bias]
        network.trust[...] = jnp.asarray(draw.uniform(1, 3, network.trust.shape), jnp.float32)
    for weights in zeros:
        assert not weights[...].any()
        weights[...] = jnp.asarray(draw.normal(0, 0.5, weights.shape), jnp.float32)
    return network


@cache
def network(name: str, representation: Representation = GRID) -> Network:
    """Return a `sensitive` network, the same in all tests, which leave it as it is."""
    return sensitive(NETWORKS[name], representation)


@cache
def model(name: str, representation: Representation = GRID) -> RecurrentModel:
    """Return the model of such a network, the same in all tests: it is compiled once."""
    return RecurrentModel(network(name, representation), NETWORKS[name])


def at(t: int, features: Any) -> Any:
    """Return the features behind token ``t``."""
    return jax.tree.map(lambda x: x[t], features)


def tokens(seed: int, *shape: int) -> np.ndarray:
    """Draw tunes that repeat themselves, being of six tokens: a rest, both ends of the piano, …"""
    return np.random.default_rng(seed).choice([0, 1, 40, 42, 45, 88], shape).astype(np.uint8)
