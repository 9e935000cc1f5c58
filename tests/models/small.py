"""Small networks, untrained, whose predictions depend on all of their inputs."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from nottingham.models.recurrent.model import RecurrentModel
from nottingham.models.recurrent.network import Network, build, named
from nottingham.models.recurrent.numpy_model import NumpyModel
from nottingham.representation import Grid, Notes, Representation
from tests.models.tiny import Tiny

GRID, TINY, NOTES = Grid(8), Tiny(), Notes()

PLAIN: dict[str, Any] = {
    "context": "window",
    "cell": "lstm",
    "units": 12,
    "embedding": 7,
    "precision": "float32",
    "metrical_position": True,
    "phrase": 0,
    "header": [],
    "measures_to_go": False,
    "section": 0,
    "intervals": False,
    "lookbacks": [],
    "last_token": False,
    "longest_match": False,
}
COPYING = PLAIN | {"intervals": True, "lookbacks": [1], "last_token": True, "longest_match": True}
TUNE = COPYING | {"context": "tune", "phrase": 3, "lookbacks": [1, 8]}
HEADED = TUNE | {
    "header": ["tonic", "measures", "form", "endings"],
    "measures_to_go": True,
    "section": 2,
}
"""For tokens with a header, the meter's among its fields, which is no input by itself."""

CELLS = {cell: PLAIN | {"cell": cell} for cell in ("tanh", "gru", "lstm")}
WINDOWS = CELLS | {"copying": COPYING}
ON_A_GRID = WINDOWS | {"tune": TUNE}
NETWORKS = ON_A_GRID | {"headed": HEADED}

_WORDS = """other,jig,6/8,4/4,C,D,major,dorian,4 measures,9 measures,
form AA,form AB,ends 11,ends 1-,rest,C4,E4,1 quarters,D4,
1/2 quarters,tie,3/2 quarters,C5,to 3/4"""
USED: dict[Representation, Iterable[int]] = {
    GRID: (0, 1, 40, 42, 45, 88),
    TINY: range(TINY.vocabulary.size),
    NOTES: [NOTES.vocabulary.names.index(word.strip()) for word in _WORDS.split(",")],
}
"""The tokens of `walks`: few, so that n-grams and passages come again."""


def sensitive(
    settings: dict[str, Any], representation: Representation = GRID, *, seed: int = 1
) -> Network:
    """Build a network that depends on all of its inputs, as a fresh one hardly does.

    Its output weights are scaled up, and what is zero in a fresh network is drawn at random: the
    biases, and the weights of the intervals, of the candidates and of places.
    """
    network, draw = build(settings, representation, seed=seed), np.random.default_rng(seed)
    network.output.kernel[...] *= 5.0
    zeros = [network.output.bias]
    if settings["intervals"]:
        zeros += [network.interval.kernel, network.interval.bias]
    if network.lookback.candidates:
        zeros += [network.copy.kernel, network.copy.bias]
        network.trust[...] = jnp.asarray(draw.uniform(1, 3, network.trust.shape), jnp.float32)
    if settings["section"]:
        zeros.append(network.direct)
    if "form" in settings["header"]:
        zeros.append(network.repeat)
    if "endings" in settings["header"]:
        zeros += [network.close, network.cadence]
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


@cache
def numpy_model(name: str, representation: Representation = GRID) -> NumpyModel:
    """Return the same model in NumPy."""
    arrays = named(nnx.state(network(name, representation)))
    arrays = {name: np.array(array) for name, array in arrays.items()}
    return NumpyModel(NETWORKS[name], representation, arrays)


def at(t: int, features: Any) -> Any:
    """Return the features behind token ``t``."""
    return jax.tree.map(lambda x: x[t], features)


def tokens(seed: int, *shape: int) -> np.ndarray:
    """Draw tunes that repeat themselves, being of six tokens: a rest, both ends of the piano, …"""
    return np.random.default_rng(seed).choice([0, 1, 40, 42, 45, 88], shape).astype(np.uint8)


def walks(representation: Representation, seed: int, lengths: Iterable[int]) -> list[np.ndarray]:
    """Draw tunes that go on from token to token, mostly to the next that may follow, to no end."""
    draw, vocabulary = np.random.default_rng(seed), representation.vocabulary
    used = np.array([token for token in USED[representation] if not vocabulary.ends[token]])
    found = []
    for length in lengths:
        tune, walk = [vocabulary.none], np.cumsum(draw.choice([0, 1, 1, 1, 2], length))
        for now in walk.tolist():
            possible = used[vocabulary.may_follow[tune[-1], used]]
            tune.append(possible[now % len(possible)])
        found.append(np.array(tune[1:], vocabulary.dtype))
    return found
