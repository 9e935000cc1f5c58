"""Lookback features: earlier passages of a tune that equal its last tokens, and what followed them.

The *match length* of a lag is the number of last tokens that each equal the token a lag before
them. What followed the earlier passage is a *candidate* for the token to come: by the clock, what
began exactly eight measures before it; with the lag of the longest match, what followed the longest
passage that the tune has just repeated. Both come from the tokens consumed so far, one after the
other, so they cannot depend on later ones. Where a duration is to come, or may, the candidates by
the clock are what stood where one could.

All compared tokens lie within the last `Lookback.horizon` tokens: with a horizon of 32, features
computed over a whole tune and over its last 32 tokens are the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int

from nottingham.models import batching
from nottingham.models.base import Context
from nottingham.music.timeline import SECTION
from nottingham.representation import Representation
from nottingham.representation.vocabulary import NO_PITCH, Vocabulary

MATCH_CLASSES = 14
"""No candidate; matches of 0, 1, 2, 3, 4–5, 6–7, 8–11, …, 48–63 tokens; 64 and more."""

_LEAST_LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
_TUNE_HORIZON = 512  # some 64 measures of a grid of eight steps, 50 of a tune's notes
_NEVER = -(2**30)  # before any tune


def horizon(representation: Representation, context: Context) -> int:
    """Return the tokens within which the features of a context compare."""
    return {"window": representation.window, "tune": _TUNE_HORIZON}[context]


class Features(NamedTuple):
    """The features after a token, for the token to come: tokens, or `Vocabulary.none`."""

    token: Int[Array, "*rows"]
    """The token just consumed."""
    pitch: Int[Array, "*rows"]
    """The MIDI pitch of the last token that has one, or `NO_PITCH`."""
    previous_pitch: Int[Array, "*rows"]
    """``pitch`` as it was one token earlier."""
    upbeat: Int[Array, "*rows"]
    """1 if time passed before the first pitch, else 0."""
    header: Int[Array, "*rows headers"]
    """The token of each field of the tune's header, or `Vocabulary.none`."""
    candidates: Int[Array, "*rows candidates"]
    """Tokens."""
    matches: Int[Array, "*rows candidates"]
    """The class of each candidate's match length, as in `MATCH_CLASSES`; 0 without a candidate."""


class State(NamedTuple):
    """What is computed token by token, for a batch of tunes."""

    past: Int[Array, "batch lags"]
    """The last tokens, the latest first."""
    began: Int[Array, "batch lags"]
    """When each began, in ticks, and in the last bit whether a duration could stand there."""
    now: Int[Array, " batch"]
    """The ticks that have passed."""
    measure: Int[Array, " batch"]
    """The ticks of a measure."""
    lengths: Int[Array, "batch lags"]
    """The match length of each lag from 1 on."""
    features: Features
    """After the last token."""


@dataclass(frozen=True)
class Lookback:
    """Which features are computed."""

    representation: Representation
    horizon: int
    """All compared tokens lie within this number of last ones."""
    measures: tuple[int, ...]
    """The measures before the token to come at which a candidate began."""
    last: bool
    """Whether the last token that stood at such a place is a candidate."""
    longest: bool
    """Whether the longest match has one, and the longest of those that went on otherwise."""

    @property
    def candidates(self) -> int:
        """The number of candidates."""
        return self.last + len(self.measures) + (2 if self.longest else 0)

    @property
    def sections(self) -> tuple[int, ...]:
        """Which candidates may lie whole sections back: some by the clock, the longest matches."""
        whole = [k for k, number in enumerate(self.measures) if number % SECTION == 0]
        matches = range(len(self.measures), len(self.measures) + 2 * self.longest)
        return tuple(self.last + k for k in (*whole, *matches))

    @property
    def _lags(self) -> int:
        """The number of tokens kept: as far back as a candidate may lie."""
        return self.horizon - 1 if self.candidates else 0

    def start(self, batch: int) -> State:
        """Return the state before the first token."""
        none, headers = self.representation.vocabulary.none, self.representation.vocabulary.headers
        nothing, zero = jnp.full(batch, none, jnp.int32), jnp.zeros(batch, jnp.int32)
        blank = jnp.full((batch, self.candidates), none, jnp.int32)
        header = jnp.full((batch, headers), none, jnp.int32)
        pitch = jnp.full(batch, NO_PITCH, jnp.int32)
        features = Features(nothing, pitch, pitch, zero, header, blank, jnp.zeros_like(blank))
        past = jnp.full((batch, self._lags), none, jnp.int32)
        measure = zero + self.representation.measure_ticks
        return State(past, jnp.full_like(past, _NEVER), zero, measure, past * 0, features)

    def step(self, state: State, tokens: Int[Array, " batch"]) -> State:
        """Return the state after one token of each tune."""
        vocabulary, last = self.representation.vocabulary, state.features
        lags, may_last = jnp.arange(1, self._lags + 1), jnp.asarray(_may_last(vocabulary))
        same = state.past == tokens[:, None]
        lengths = jnp.where(same, jnp.minimum(state.lengths + 1, self.horizon - lags), 0)
        past = _pushed(tokens, state.past)
        began = _pushed(2 * state.now + may_last[last.token], state.began)
        meter = jnp.asarray(vocabulary.measure)[tokens]
        measure = jnp.where(meter > 0, meter, state.measure)
        now = state.now + jnp.asarray(vocabulary.ticks)[tokens]
        matches = []
        if self.last:
            matches.append((began & 1) == may_last[tokens, None])
        for count in self.measures:
            matches.append(began == (2 * (now - count * measure) + may_last[tokens])[:, None])
        found = [_latest(past, lengths, match & (began >= 0), vocabulary.none) for match in matches]
        if self.longest:
            first = _longest(past, lengths, lengths > 0, vocabulary.none)
            others = (lengths > 0) & (past != first[0][:, None])
            found += [first, _longest(past, lengths, others, vocabulary.none)]
        if not vocabulary.may_follow.all():
            found = [_possible(vocabulary, tokens, *one) for one in found]
        candidates = _columns([token for token, _ in found], tokens)
        classes = [
            jnp.where(token == vocabulary.none, 0, 1 + _length_class(length))
            for token, length in found
        ]
        pitch = jnp.asarray(vocabulary.pitch_or_none)[tokens]
        kind, fields = jnp.asarray(vocabulary.kind)[tokens], jnp.arange(vocabulary.headers)
        silent = (last.pitch == NO_PITCH) & (pitch == NO_PITCH) & (now > 0)
        features = Features(
            token=tokens,
            pitch=jnp.where(pitch == NO_PITCH, last.pitch, pitch),
            previous_pitch=last.pitch,
            upbeat=jnp.where(silent, 1, last.upbeat),
            header=jnp.where(kind[:, None] == fields, tokens[:, None], last.header),
            candidates=candidates,
            matches=_columns(classes, tokens),
        )
        return State(past, began, now, measure, lengths, features)

    def run(self, tokens: Int[Array, "time batch"]) -> Features:
        """Return the features after each token of segments: ``[time, batch, …]``.

        The first token of a segment may be `Vocabulary.none`: there a tune starts.
        """
        start = self.start(tokens.shape[1])
        begins = tokens[0] == self.representation.vocabulary.none
        first = jax.tree.map(
            lambda old, new: jnp.where(begins.reshape(-1, *[1] * (old.ndim - 1)), old, new),
            start,
            self.step(start, tokens[0]),
        )
        rest = self._run(first, tokens[1:])[1]
        found: Features = jax.tree.map(
            lambda x, y: jnp.concatenate([x[None], y]), first.features, rest
        )
        return found

    def over(self, tunes: Sequence[np.ndarray], *, starts: bool = False) -> Features:
        """Return the features after each token of whole tunes.

        Args:
            tunes: tokens of shape ``[time]``.
            starts: whether the features before the first token of a tune are returned, too.

        Returns:
            Arrays of shape ``[tokens, …]``, small unsigned integers, the tunes one after the
            other.
        """
        start = self.start(batching.TUNES)
        parts = batching.through(partial(_consume, self), start, tunes)
        before = jax.tree.map(lambda x: np.asarray(x[:starts], self._stored_as), start.features)
        rows = [part for found in parts for part in (before, found)]
        nothing = jax.tree.map(lambda x: x[:0], before)
        features: Features = jax.tree.map(lambda *x: np.concatenate(x), nothing, *rows)
        return features

    @property
    def _stored_as(self) -> np.dtype:
        return np.promote_types(self.representation.vocabulary.dtype, np.uint8)

    def _run(self, state: State, tokens: Int[Array, "time batch"]) -> tuple[State, Features]:
        def consume(state: State, now: Array) -> tuple[State, Features]:
            state = self.step(state, now)
            return state, state.features

        done: tuple[State, Features] = jax.lax.scan(consume, state, tokens)
        return done


@partial(jax.jit, static_argnums=0)
def _consume(
    lookback: Lookback, state: State, tokens: Int[Array, "time batch"]
) -> tuple[State, Features]:
    state, features = lookback._run(state, tokens)
    return state, jax.tree.map(lambda x: x.astype(lookback._stored_as), features)


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


def _may_last(vocabulary: Vocabulary) -> Int[np.ndarray, " tokens_and_none"]:
    """Return after which tokens a token that takes time may stand: 1, else 0."""
    lasts: np.ndarray = np.any(vocabulary.may_follow[:, vocabulary.ticks > 0], axis=1)
    return lasts.astype(np.int32)


def _pushed(
    first: Int[Array, " batch"], others: Int[Array, "batch lags"]
) -> Int[Array, "batch lags"]:
    """Put values before others, the last of which goes."""
    return jnp.concatenate([first[:, None], others], axis=1)[:, : others.shape[1]]


def _latest(
    past: Int[Array, "batch lags"], lengths: Array, allowed: Bool[Array, "batch lags"], none: int
) -> tuple[Int[Array, " batch"], Int[Array, " batch"]]:
    """Find the latest of the allowed tokens, and its match length."""
    index = jnp.argmax(allowed, axis=1)[:, None]
    found = jnp.any(allowed, axis=1)
    token, length = (jnp.take_along_axis(x, index, axis=1)[:, 0] for x in (past, lengths))
    return jnp.where(found, token, none), jnp.where(found, length, 0)


def _possible(
    vocabulary: Vocabulary,
    last: Int[Array, " batch"],
    token: Int[Array, " batch"],
    length: Int[Array, " batch"],
) -> tuple[Int[Array, " batch"], Int[Array, " batch"]]:
    """Leave out candidates that the grammar does not let follow the last token."""
    may_follow = np.pad(vocabulary.may_follow, ((0, 0), (0, 1)), constant_values=False)
    return jnp.where(jnp.asarray(may_follow)[last, token], token, vocabulary.none), length


def _longest(
    past: Int[Array, "batch lags"], lengths: Array, allowed: Bool[Array, "batch lags"], none: int
) -> tuple[Int[Array, " batch"], Int[Array, " batch"]]:
    """Find the longest match, of equally long ones the latest: what followed it, and its length."""
    lags = past.shape[1]
    # one maximum finds both: the length in the upper digits, how late it was in the lower ones
    late = lags - 1 - jnp.arange(lags)
    best = jnp.max(jnp.where(allowed, lengths * lags + late, -1), axis=1)
    index = lags - 1 - best % lags
    token = jnp.take_along_axis(past, index[:, None], axis=1)[:, 0]
    found = best >= 0
    return jnp.where(found, token, none), jnp.where(found, best // lags, 0)


def _length_class(length: Int[Array, " batch"]) -> Int[Array, " batch"]:
    reached: Array = jnp.sum(length[:, None] >= jnp.array(_LEAST_LENGTHS), axis=1, dtype=jnp.int32)
    return reached


def _columns(columns: list[Array], like: Int[Array, " batch"]) -> Int[Array, "batch columns"]:
    if not columns:
        return jnp.zeros((len(like), 0), jnp.int32)
    return jnp.stack(columns, axis=1)
