"""Lookback features of whole segments and tunes at once, compiled by JAX; see `lookback`."""

from collections.abc import Sequence
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from nottingham.models import batching
from nottingham.models.lookback import Features, Lookback, State
from nottingham.representation.vocabulary import NO_PITCH


def of_segments(lookback: Lookback, tokens: Int[Array, "time batch"]) -> Features:
    """Return the features after each token of segments: ``[time, batch, …]``.

    The first token of a segment may be `Vocabulary.none`: there a tune starts.
    """
    start = lookback.start(jnp.zeros(tokens.shape[1], jnp.int32))
    begins = tokens[0] == lookback.representation.vocabulary.none
    first = jax.tree.map(
        lambda old, new: jnp.where(begins.reshape(-1, *[1] * (old.ndim - 1)), old, new),
        start,
        lookback.step(start, tokens[0]),
    )
    rest = _run(lookback, first, tokens[1:])[1]
    found: Features = jax.tree.map(lambda x, y: jnp.concatenate([x[None], y]), first.features, rest)
    return found


def of_tunes(lookback: Lookback, tunes: Sequence[np.ndarray], *, starts: bool = False) -> Features:
    """Return the features after each token of whole tunes.

    Args:
        lookback: which features.
        tunes: tokens of shape ``[time]``.
        starts: whether the features before the first token of a tune are returned, too.

    Returns:
        Arrays of shape ``[tokens, …]``, small unsigned integers, the tunes one after the other.
    """
    start = lookback.start(jnp.zeros(batching.TUNES, jnp.int32))
    parts = batching.through(partial(_consume, lookback), start, tunes)
    before = jax.tree.map(lambda x: np.asarray(x[:starts], _stored_as(lookback)), start.features)
    rows = [part for found in parts for part in (before, found)]
    nothing = jax.tree.map(lambda x: x[:0], before)
    features: Features = jax.tree.map(lambda *x: np.concatenate(x), nothing, *rows)
    return features


def _stored_as(lookback: Lookback) -> np.dtype:
    return np.promote_types(lookback.representation.vocabulary.dtype, np.uint8)


def _run(
    lookback: Lookback, state: State, tokens: Int[Array, "time batch"]
) -> tuple[State, Features]:
    def consume(state: State, now: Array) -> tuple[State, Features]:
        state = lookback.step(state, now)
        return state, state.features

    done: tuple[State, Features] = jax.lax.scan(consume, state, tokens)
    return done


@partial(jax.jit, static_argnums=0)
def _consume(
    lookback: Lookback, state: State, tokens: Int[Array, "time batch"]
) -> tuple[State, Features]:
    state, features = _run(lookback, state, tokens)
    return state, jax.tree.map(lambda x: x.astype(_stored_as(lookback)), features)


def transposed(
    features: Features,
    table: Int[Array, "shifts tokens"],
    semitones: Int[Array, " batch"],
    *,
    relative: bool,
) -> Features:
    """Return the features of transposed tunes.

    Args:
        features: ``[time, batch]``.
        table: of `Vocabulary.transposition`.
        semitones: for each tune of the batch.
        relative: whether pitches are relative to the tonic, and stay what they are.
    """
    row = semitones + table.shape[0] // 2

    def higher(pitch: Int[Array, "time batch"]) -> Int[Array, "time batch"]:
        return pitch if relative else jnp.where(pitch == NO_PITCH, NO_PITCH, pitch + semitones)

    return features._replace(
        token=table[row, features.token],
        pitch=higher(features.pitch),
        previous_pitch=higher(features.previous_pitch),
        header=table[row[:, None], features.header],
        candidates=table[row[:, None], features.candidates],
    )
