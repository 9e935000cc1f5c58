"""Small networks, untrained, that care about all that they are told."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from nottingham.models.recurrent.network import Network, build
from nottingham.representation import Representation
from tests.models.stepping import GRID

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
COPYING = PLAIN | {"intervals": True, "lags": [1, 16], "longest_match": True}
TUNE = COPYING | {"context": "tune", "phrase": 3, "lags": [1, 64]}

CELLS = {cell: PLAIN | {"cell": cell} for cell in ("tanh", "gru", "lstm")}
WINDOWS = CELLS | {"copying": COPYING}


def caring(
    settings: dict[str, Any],
    representation: Representation = GRID,
    *,
    seed: int = 1,
    loudness: float = 5.0,
) -> Network:
    """Build a network that heeds all its inputs, as a fresh one hardly does.

    What it says of each token is made louder, and what a fresh network is silent about is drawn at
    random: the biases, the intervals, and the candidates of its memory, which it trusts.

    Args:
        settings: as for `build`.
        representation: as for `build`.
        seed: where the weights are drawn from.
        loudness: by how much the output weights are scaled up.
    """
    network, draw = build(settings, representation, seed=seed), np.random.default_rng(seed)
    network.output.kernel[...] *= loudness
    silent = [network.output.bias]
    if settings["intervals"]:
        silent += [network.interval.kernel, network.interval.bias]
    if network.lookback.candidates:
        silent += [network.copy.kernel, network.copy.bias]
        network.trust[...] = jnp.asarray(draw.uniform(1, 3, network.trust.shape), jnp.float32)
    for weights in silent:
        assert not weights[...].any()
        weights[...] = jnp.asarray(draw.normal(0, 0.5, weights.shape), jnp.float32)
    return network


def at(t: int, recall: Any) -> Any:
    """Give what was known after step ``t``."""
    return jax.tree.map(lambda x: x[t], recall)


def tokens(seed: int, *shape: int) -> np.ndarray:
    """Draw tunes that repeat themselves, being of six tokens: a rest, both ends of the piano, …"""
    return np.random.default_rng(seed).choice([0, 1, 40, 42, 45, 88], shape).astype(np.uint8)
