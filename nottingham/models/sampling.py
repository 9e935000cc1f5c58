"""Sampling: the next token is drawn from the model's distribution, again and again."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Integer

from nottingham.models.base import Model, Scan
from nottingham.representation import Representation, clock
from nottingham.representation.clock import Clock
from nottingham.representation.vocabulary import NO_PITCH


@dataclass(frozen=True)
class SamplingConfig:
    """Configure how a token is drawn from a distribution; the defaults leave it unchanged."""

    temperature: float = 1.0
    """Probabilities are raised to the power of 1 / temperature: below 1 the likely gain."""
    top_k: int | None = None
    """The number of likeliest tokens that are drawn from; None: all. Fan et al. (2018)."""
    top_p: float = 1.0
    """Only the likeliest tokens that together have this probability: Holtzman et al. (2020).

    Of durations, where nothing else may come, 0.3 times as much is left out: rare rhythms belong
    to a style, unlikely pitches do not."""
    guidance: float = 1.0
    """The weight of header and position against the notes before: see `Model.guided`. A network
    that is fed its own notes drifts; above 1, this holds it to the form that its header asks for.
    Form and endings take its third power. Compare classifier-free guidance: Ho & Salimans
    (2022)."""

    def draw(self, log_probs: Any, draws: Any, allowed: Any, durations: Any = False) -> Any:
        """Draw a token from each row; all arguments NumPy's arrays, or all JAX's.

        Args:
            log_probs: ``[batch, vocabulary]``, up to a number that is the same for a row.
            draws: ``[batch]`` in [0, 1): how far up the distribution the token is found.
            allowed: the tokens to draw from, ``[batch or 1, vocabulary]``, one or more a row;
                or True.
            durations: in which rows only durations may come: ``[batch]``, or the same for all.

        Returns:
            ``[batch]``.
        """
        xp = log_probs.__array_namespace__()
        scores = xp.where(allowed, log_probs / self.temperature, -xp.inf)
        if self.top_k is not None or self.top_p < 1:
            scores = xp.where(self._kept(xp, scores, durations), scores, -xp.inf)
        reached = xp.cumsum(_weights(xp, scores), axis=1)
        return xp.argmax(reached > draws[:, None] * reached[:, -1:], axis=1)

    def _kept(self, xp: Any, scores: Any, durations: Any) -> Any:
        order = xp.argsort(-scores, axis=1)
        weights = _weights(xp, xp.take_along_axis(scores, order, axis=1))
        before = xp.cumsum(weights, axis=1) - weights
        top_p = 1 - (1 - self.top_p) * xp.where(durations, _CUT_OF_DURATIONS, 1.0)
        kept = before < (top_p * xp.sum(weights, axis=1))[:, None]
        if self.top_k is not None:
            kept = kept & (xp.arange(scores.shape[1]) < self.top_k)
        return xp.take_along_axis(kept, xp.argsort(order, axis=1), axis=1)


_CUT_OF_DURATIONS = 0.3
AS_PREDICTED = SamplingConfig()


def _weights(xp: Any, scores: Any) -> Any:
    """Return probabilities, up to a factor that is the same for a row."""
    return xp.exp(scores - xp.max(scores, axis=1)[:, None])


class Limits(NamedTuple):
    """Describe each tune to a constraint: arrays of shape ``[batch]``."""

    ends: Any
    """The longest that it may be, in ticks; under a header, the rest before an upbeat comes on
    top."""
    shifts: Any
    """By how many semitones it sounds higher than the pitches of its tokens."""
    tonics: Any
    """Its tonic, a pitch class."""


@runtime_checkable
class Constraint(Protocol):
    """Restrict the tokens of tunes; hashable, as a program is compiled for each constraint."""

    def allowed(
        self, representation: Representation, times: Clock, limits: Limits, begun: Any, last: Any
    ) -> Any:
        """Return which tokens may come next, at least one of those that the grammar allows.

        Args:
            representation: of the tokens.
            times: when the next token of each tune begins: ``[batch]``, NumPy's arrays or JAX's.
            limits: of each tune.
            begun: when the first note of each tune began, in ticks; −1: it has none yet.
            last: the previous token of each tune; `Vocabulary.none` at its start.

        Returns:
            ``[batch or 1, vocabulary]``, bool.
        """


def generate(
    model: Model,
    primers: Sequence[np.ndarray] | Integer[np.ndarray, "batch time"],
    *,
    steps: int,
    seed: int | Sequence[int],
    sampling: SamplingConfig = AS_PREDICTED,
    constraint: Constraint | None = None,
    limits: Limits | None = None,
    until: Integer[np.ndarray, " batch"] | None = None,
) -> Integer[np.ndarray, "batch all"]:
    """Continue several tunes at once.

    Args:
        model: what predicts the next token.
        primers: beginnings of tunes, ``[time]`` each, which may have no tokens, and need not have
            as many.
        steps: how many tokens to draw after the longest primer, or fewer, where all tunes have
            ended by then.
        seed: the same seed draws the same tokens, for the first tunes of more of them as well.
        sampling: how a token is drawn.
        constraint: which tokens may be drawn at each step; None: every one.
        limits: for the constraint; None: as if all were 0.
        until: the tick to reach in each tune; None: its end.

    Returns:
        The primers with their continuations, of the vocabulary's dtype; a tune that has ended
        repeats its last token, one that is past ``until`` may go on.

    Raises:
        ValueError: if a token of the primers is outside the vocabulary.
    """
    model = model.guided(sampling.guidance)
    vocabulary, batch = model.representation.vocabulary, len(primers)
    lengths = [len(primer) for primer in primers]
    shortest, total = min(lengths, default=0), max(lengths, default=0) + steps
    size = min(total - shortest, _STEPS_PER_CALL)
    calls = ceil((total - shortest) / max(1, size))
    forced = np.full((shortest + calls * size, batch), vocabulary.none, np.int32)
    for column, primer in enumerate(primers):
        vocabulary.check(primer)
        forced[: len(primer), column] = primer
    draws = np.zeros((calls * size, batch))
    draws[: total - shortest] = np.random.default_rng(seed).random((batch, total - shortest)).T
    zero = np.zeros(batch, np.int32)
    limits = Limits(*(np.asarray(x, np.int32) for x in limits or (zero, zero, zero)))
    state = model.run(_consume, (forced[:shortest], zero), None)
    parts, ended = [forced[:shortest]], vocabulary.ends
    for number in range(calls):
        call = slice(number * size, (number + 1) * size)
        arrays = (state, forced[shortest:][call], draws[call], limits)
        state, tokens = model.run(_write, arrays, (sampling, constraint))
        parts.append(np.asarray(tokens))
        done = ended[parts[-1][-1]]
        if until is not None:
            done |= np.asarray(now(state.times)) >= until
        if done.all():
            break
    return np.concatenate(parts).T[:, :total].astype(vocabulary.dtype)


_STEPS_PER_CALL = 32  # the same in all calls, so that only one is compiled for a batch


class State(NamedTuple):
    """Of tunes that are being generated: arrays of shape ``[batch]``, and the model's state."""

    model: Any
    times: Clock
    """When the next token begins."""
    last: Any
    """The last token; `Vocabulary.none` before the first."""
    begun: Any
    """When the first note began, in ticks; −1: there is none yet."""


def start(model: Model, zero: Any) -> State:
    """Return the state before the first token; ``zero`` has a 0 for each tune, int32."""
    before = zero + model.representation.vocabulary.none
    times = clock.start(model.representation, zero)
    return State(model.start(len(zero)), times, before, zero - 1)


def after(model: Model, state: State, tokens: Any) -> State:
    """Return the state after one more token of each tune."""
    representation, xp = model.representation, tokens.__array_namespace__()
    sounds = xp.asarray(representation.vocabulary.pitch != NO_PITCH)[tokens]
    begun = xp.where(sounds & (state.begun < 0), now(state.times), state.begun)
    times = clock.advance(representation, state.times, tokens)
    return State(model.step(state.model, tokens), times, tokens, begun)


def now(times: Clock) -> Any:
    """Return the ticks from a tune's start to a time, if its meter has not changed."""
    return times.measure * times.length + times.tick


def _consume(model: Model, scan: Scan, arrays: Any, options: Any) -> State:
    """Return the state after some tokens of each tune."""
    primers, zero = arrays

    def consume(state: State, tokens: Any) -> tuple[State, None]:
        return after(model, state, tokens), None

    found: State = scan(consume, start(model, zero), primers)[0]
    return found


def _write(model: Model, scan: Scan, arrays: Any, options: Any) -> Any:
    """Return the state after further tokens, and these, ``[steps, batch]``.

    A token is drawn where none is given.
    """
    (state, given, draws, limits), (sampling, constraint) = arrays, options
    representation, xp = model.representation, given.__array_namespace__()
    may_follow = xp.asarray(representation.vocabulary.may_follow)
    only_durations = xp.asarray(representation.vocabulary.only_durations)

    def write(state: State, step: Any) -> tuple[State, Any]:
        given, draws = step
        allowed = may_follow[state.last]
        if constraint:
            _, times, last, begun = state
            allowed = allowed & constraint.allowed(representation, times, limits, begun, last)
        rows = model.log_probs(state.model).astype(draws.dtype)
        drawn = sampling.draw(rows, draws, allowed, only_durations[state.last]).astype(given.dtype)
        tokens = xp.where(given == representation.vocabulary.none, drawn, given)
        return after(model, state, tokens), tokens

    return scan(write, state, (given, draws))
