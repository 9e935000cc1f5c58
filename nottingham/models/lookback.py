"""What a tune has played before: where it went as it goes now, and what followed there.

The *run* of a lag is the number of last steps that equal the step so many steps before them. What
followed the same steps before is a *candidate* for the step to come: with a lag of eight measures,
the step eight measures before it; with the lag of the longest run, what followed the longest
passage that the tune has just repeated. Runs and candidates come from the steps heard so far, one
step after the other, so they cannot depend on what is yet to come.

All that is compared lies within the last `Memory.horizon` steps: with a horizon of 32 a memory
that has heard a whole tune, and one that has heard its last 32 steps only, have the same to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int

from nottingham.dataset.streams import CONTEXT
from nottingham.models import batching
from nottingham.models.base import Context
from nottingham.representation import vocabulary

NOTHING = vocabulary.SIZE
"""Stands for a token where there is none: no candidate, no step yet."""

RUN_CLASSES = 14
"""No candidate; runs of 0, 1, 2, 3, 4–5, 6–7, 8–11, …, 48–63 steps; 64 and more."""

HORIZONS: Mapping[Context, int] = {"window": CONTEXT, "tune": 512}
"""Steps within which the memory of each context compares; a tune's are some 64 measures."""

_LEAST_RUNS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)


class Recall(NamedTuple):
    """What is known after a step, for the step to come. Tokens as int32."""

    token: Int[Array, "*rows"]
    """The step just heard; `NOTHING` before the first."""
    pitch: Int[Array, "*rows"]
    """The last token that is no rest; 0 where there is none."""
    before: Int[Array, "*rows"]
    """``pitch`` as it was one step earlier."""
    upbeat: Int[Array, "*rows"]
    """1 if the tune began with a rest, else 0."""
    candidates: Int[Array, "*rows candidates"]
    """Tokens; `NOTHING` where there is none."""
    runs: Int[Array, "*rows candidates"]
    """The class of each candidate's run, as in `RUN_CLASSES`; 0 where there is no candidate."""


class State(NamedTuple):
    """What a memory holds of some tunes."""

    past: Int[Array, "batch lags"]
    """The last steps, the latest first; `NOTHING` before the tune began."""
    lengths: Int[Array, "batch lags"]
    """The run of each lag from 1 on."""
    recall: Recall
    """What is known now."""


@dataclass(frozen=True)
class Memory:
    """What is remembered, and which candidates are drawn from it."""

    horizon: int
    """Steps within which all that is compared lies."""
    lookbacks: tuple[int, ...]
    """Lags, in steps, that always have a candidate; below ``horizon``."""
    longest: bool
    """Whether the longest run has one, and the longest of those that went on otherwise."""

    @property
    def candidates(self) -> int:
        """How many candidates there are."""
        return len(self.lookbacks) + (2 if self.longest else 0)

    @property
    def _lags(self) -> int:
        """How far back steps are kept: as far as a candidate may lie."""
        return self.horizon - 1 if self.longest else max(self.lookbacks, default=0)

    def start(self, batch: int) -> State:
        """Give the memory of tunes that are yet to begin."""
        none, zero = jnp.full(batch, NOTHING, jnp.int32), jnp.zeros(batch, jnp.int32)
        blank = jnp.full((batch, self.candidates), NOTHING, jnp.int32)
        recall = Recall(none, zero, zero, zero, blank, jnp.zeros_like(blank))
        past = jnp.full((batch, self._lags), NOTHING, jnp.int32)
        return State(past, jnp.zeros_like(past), recall)

    def step(self, state: State, tokens: Int[Array, " batch"]) -> State:
        """Hear one step of each tune."""
        lags = jnp.arange(1, self._lags + 1)
        same = state.past == tokens[:, None]
        lengths = jnp.where(same, jnp.minimum(state.lengths + 1, self.horizon - lags), 0)
        past = jnp.concatenate([tokens[:, None], state.past], axis=1)[:, : self._lags]
        found = [(past[:, lag - 1], lengths[:, lag - 1]) for lag in self.lookbacks]
        if self.longest:
            first = _longest(past, lengths, lengths > 0)
            second = _longest(past, lengths, (lengths > 0) & (past != first[0][:, None]))
            found += [first, second]
        last = state.recall
        begins = last.token == NOTHING
        recall = Recall(
            token=tokens,
            pitch=jnp.where(tokens == vocabulary.REST, last.pitch, tokens),
            before=last.pitch,
            upbeat=jnp.where(begins, (tokens == vocabulary.REST).astype(jnp.int32), last.upbeat),
            candidates=_side_by_side([token for token, _ in found], tokens),
            runs=_side_by_side([_run_class(token, length) for token, length in found], tokens),
        )
        return State(past, lengths, recall)

    def run(self, tokens: Int[Array, "time batch"]) -> Recall:
        """Hear tunes from their start: what is known after each step, ``[time, batch, …]``."""
        return self._run(self.start(tokens.shape[1]), tokens)[1]

    def over(self, tunes: Sequence[np.ndarray]) -> Recall:
        """Hear whole tunes.

        Args:
            tunes: tokens of shape ``[time]``.

        Returns:
            What is known after each step, the tunes one behind the other: uint8 arrays of shape
            ``[steps, …]``.
        """
        start = self.start(batching.TUNES)
        nothing = jax.tree.map(lambda x: np.zeros((0, *x.shape[1:]), np.uint8), start.recall)
        parts = batching.through(partial(_hear, self), start, tunes)
        recall: Recall = jax.tree.map(lambda *x: np.concatenate(x), nothing, *parts)
        return recall

    def _run(self, state: State, tokens: Int[Array, "time batch"]) -> tuple[State, Recall]:
        def hear(state: State, now: Array) -> tuple[State, Recall]:
            state = self.step(state, now)
            return state, state.recall

        heard: tuple[State, Recall] = jax.lax.scan(hear, state, tokens)
        return heard


@partial(jax.jit, static_argnums=0)
def _hear(
    memory: Memory, state: State, tokens: Int[Array, "time batch"], first: Int[Array, ""]
) -> tuple[State, Recall]:
    state, recall = memory._run(state, tokens)
    return state, jax.tree.map(lambda x: x.astype(jnp.uint8), recall)


def transposed(tokens: Int[Array, "*rows"], semitones: Int[Array, "*#rows"]) -> Int[Array, "*rows"]:
    """Give the tokens so many semitones higher; rests and `NOTHING` stay."""
    sounding = (tokens != vocabulary.REST) & (tokens != NOTHING)
    return jnp.where(sounding, tokens + semitones, tokens)


def shifted(recall: Recall, semitones: Int[Array, " batch"]) -> Recall:
    """Give what would be known, had all been heard so many semitones higher: ``[time, batch]``."""
    return recall._replace(
        token=transposed(recall.token, semitones),
        pitch=transposed(recall.pitch, semitones),
        before=transposed(recall.before, semitones),
        candidates=transposed(recall.candidates, semitones[:, None]),
    )


def _longest(
    past: Int[Array, "batch lags"], lengths: Array, allowed: Bool[Array, "batch lags"]
) -> tuple[Int[Array, " batch"], Int[Array, " batch"]]:
    """Find the longest run, of equally long ones the latest: what followed it, and its length."""
    lags = past.shape[1]
    # one maximum finds both: the length in the upper digits, how late it was in the lower ones
    late = lags - 1 - jnp.arange(lags)
    best = jnp.max(jnp.where(allowed, lengths * lags + late, -1), axis=1)
    place = lags - 1 - best % lags
    token = jnp.take_along_axis(past, place[:, None], axis=1)[:, 0]
    found = best >= 0
    return jnp.where(found, token, NOTHING), jnp.where(found, best // lags, 0)


def _run_class(token: Int[Array, " batch"], length: Int[Array, " batch"]) -> Int[Array, " batch"]:
    reached = sum((length >= least).astype(jnp.int32) for least in _LEAST_RUNS)
    return jnp.where(token == NOTHING, 0, 1 + reached)


def _side_by_side(columns: list[Array], like: Int[Array, " batch"]) -> Int[Array, "batch columns"]:
    if not columns:
        return jnp.zeros((len(like), 0), jnp.int32)
    return jnp.stack(columns, axis=1)
