"""Lookback features: earlier passages of a tune that equal its last tokens, and what followed them.

The *match length* of a lag is the number of last tokens that each equal the token a lag before
them. What followed the earlier passage is a *candidate* for the token to come: by the clock, what
began exactly eight measures before it; with the lag of the longest match, what followed the longest
passage that the tune has just repeated. Both come from the tokens consumed so far, one after the
other, so they cannot depend on later ones. Where a duration is to come, or may, the candidates by
the clock are what stood where one could.

All compared tokens lie within the last `Lookback.horizon` tokens: with a horizon of 32, features
computed over a whole tune and over its last 32 tokens are the same.

The same functions serve NumPy arrays and, within a compiled scan, JAX's.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Int

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

    token: Int[Any, "*rows"]
    """The token just consumed."""
    pitch: Int[Any, "*rows"]
    """The MIDI pitch of the last token that has one, or `NO_PITCH`."""
    previous_pitch: Int[Any, "*rows"]
    """``pitch`` as it was one token earlier."""
    upbeat: Int[Any, "*rows"]
    """1 if time passed before the first pitch, else 0."""
    header: Int[Any, "*rows headers"]
    """The token of each field of the tune's header, or `Vocabulary.none`."""
    candidates: Int[Any, "*rows candidates"]
    """Tokens."""
    matches: Int[Any, "*rows candidates"]
    """The class of each candidate's match length, as in `MATCH_CLASSES`; 0 without a candidate."""


class State(NamedTuple):
    """What is computed token by token, for a batch of tunes."""

    past: Int[Any, "batch lags"]
    """The last tokens, the latest first."""
    began: Int[Any, "batch lags"]
    """When each began, in ticks, and in the last bit whether a duration could stand there."""
    now: Int[Any, " batch"]
    """The ticks that have passed."""
    measure: Int[Any, " batch"]
    """The ticks of a measure."""
    lengths: Int[Any, "batch lags"]
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

    def start(self, zero: Int[Any, " batch"]) -> State:
        """Return the state before the first token; ``zero`` has a 0 for each tune, int32."""
        none, headers = self.representation.vocabulary.none, self.representation.vocabulary.headers
        xp, batch = zero.__array_namespace__(), len(zero)
        nothing, pitch = zero + none, zero + NO_PITCH
        blank = xp.full((batch, self.candidates), none, xp.int32)
        header = xp.full((batch, headers), none, xp.int32)
        features = Features(nothing, pitch, pitch, zero, header, blank, xp.zeros_like(blank))
        past = xp.full((batch, self._lags), none, xp.int32)
        measure = zero + self.representation.measure_ticks
        return State(past, xp.full_like(past, _NEVER), zero, measure, past * 0, features)

    def step(self, state: State, tokens: Int[Any, " batch"]) -> State:
        """Return the state after one token of each tune."""
        vocabulary, last = self.representation.vocabulary, state.features
        xp = tokens.__array_namespace__()
        may_last = xp.asarray(_may_last(vocabulary))
        lags = xp.arange(1, self._lags + 1, dtype=xp.int32)
        same = state.past == tokens[:, None]
        lengths = xp.where(same, xp.minimum(state.lengths + 1, self.horizon - lags), 0)
        past = _pushed(tokens, state.past)
        began = _pushed(2 * state.now + may_last[last.token], state.began)
        meter = xp.asarray(vocabulary.measure)[tokens]
        measure = xp.where(meter > 0, meter, state.measure)
        now = state.now + xp.asarray(vocabulary.ticks)[tokens]
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
            xp.where(token == vocabulary.none, 0, 1 + _length_class(length))
            for token, length in found
        ]
        pitch = xp.asarray(vocabulary.pitch_or_none)[tokens]
        kind, fields = xp.asarray(vocabulary.kind)[tokens], xp.arange(vocabulary.headers)
        silent = (last.pitch == NO_PITCH) & (pitch == NO_PITCH) & (now > 0)
        features = Features(
            token=tokens,
            pitch=xp.where(pitch == NO_PITCH, last.pitch, pitch),
            previous_pitch=last.pitch,
            upbeat=xp.where(silent, 1, last.upbeat),
            header=xp.where(kind[:, None] == fields, tokens[:, None], last.header),
            candidates=candidates,
            matches=_columns(classes, tokens),
        )
        return State(past, began, now, measure, lengths, features)


@cache
def _may_follow(vocabulary: Vocabulary) -> Bool[np.ndarray, "tokens_and_none tokens_and_none"]:
    """Return `Vocabulary.may_follow` with a column for `Vocabulary.none`, which follows nothing."""
    return np.pad(vocabulary.may_follow, ((0, 0), (0, 1)), constant_values=False)


@cache
def _may_last(vocabulary: Vocabulary) -> Int[np.ndarray, " tokens_and_none"]:
    """Return after which tokens a token that takes time may stand: 1, else 0."""
    lasts: np.ndarray = np.any(vocabulary.may_follow[:, vocabulary.ticks > 0], axis=1)
    return lasts.astype(np.int32)


def _pushed(first: Int[Any, " batch"], others: Int[Any, "batch lags"]) -> Int[Any, "batch lags"]:
    """Put values before others, the last of which goes."""
    xp = first.__array_namespace__()
    found: Any = xp.concatenate([first[:, None], others], axis=1)[:, : others.shape[1]]
    return found


def _latest(
    past: Int[Any, "batch lags"], lengths: Any, allowed: Bool[Any, "batch lags"], none: int
) -> tuple[Int[Any, " batch"], Int[Any, " batch"]]:
    """Find the latest of the allowed tokens, and its match length."""
    xp = past.__array_namespace__()
    index = xp.argmax(allowed, axis=1)[:, None]
    found = xp.any(allowed, axis=1)
    token, length = (xp.take_along_axis(x, index, axis=1)[:, 0] for x in (past, lengths))
    return xp.where(found, token, none), xp.where(found, length, 0)


def _possible(
    vocabulary: Vocabulary,
    last: Int[Any, " batch"],
    token: Int[Any, " batch"],
    length: Int[Any, " batch"],
) -> tuple[Int[Any, " batch"], Int[Any, " batch"]]:
    """Leave out candidates that the grammar does not let follow the last token."""
    xp = last.__array_namespace__()
    return xp.where(
        xp.asarray(_may_follow(vocabulary))[last, token], token, vocabulary.none
    ), length


def _longest(
    past: Int[Any, "batch lags"], lengths: Any, allowed: Bool[Any, "batch lags"], none: int
) -> tuple[Int[Any, " batch"], Int[Any, " batch"]]:
    """Find the longest match, of equally long ones the latest: what followed it, and its length."""
    xp, lags = past.__array_namespace__(), past.shape[1]
    # one maximum finds both: the length in the upper digits, how late it was in the lower ones
    late = lags - 1 - xp.arange(lags, dtype=xp.int32)
    best = xp.max(xp.where(allowed, lengths * lags + late, -1), axis=1)
    index = lags - 1 - best % lags
    token = xp.take_along_axis(past, index[:, None], axis=1)[:, 0]
    found = best >= 0
    return xp.where(found, token, none), xp.where(found, best // lags, 0)


def _length_class(length: Int[Any, " batch"]) -> Int[Any, " batch"]:
    xp = length.__array_namespace__()
    reached: Any = xp.sum(length[:, None] >= xp.array(_LEAST_LENGTHS), axis=1, dtype=xp.int32)
    return reached


def _columns(columns: list[Any], like: Int[Any, " batch"]) -> Int[Any, "batch columns"]:
    xp = like.__array_namespace__()
    if not columns:
        return xp.zeros((len(like), 0), xp.int32)
    return xp.stack(columns, axis=1)
