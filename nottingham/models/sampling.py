"""Sampling: the next token is drawn from the model's distribution, again and again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Int, Integer

from nottingham.models.base import Model, Scan
from nottingham.representation import Representation, clock
from nottingham.representation.clock import Clock


@dataclass(frozen=True)
class SamplingConfig:
    """How a token is drawn from a distribution: the defaults take it as it is."""

    temperature: float = 1.0
    """Probabilities are raised to the power of 1 / temperature: below 1 the likely gain."""
    top_k: int | None = None
    """The number of likeliest tokens that are drawn from; None: all. Fan et al. (2018)."""
    top_p: float = 1.0
    """Only the likeliest tokens that together have this probability: Holtzman et al. (2020)."""

    def draw(self, log_probs: Any, draws: Any, allowed: Any) -> Any:
        """Draw a token from each row; all arguments NumPy's arrays, or all JAX's.

        Args:
            log_probs: ``[batch, vocabulary]``, up to a number that is the same for a row.
            draws: ``[batch]`` in [0, 1): how far up the distribution the token is found.
            allowed: the tokens to draw from, ``[batch or 1, vocabulary]``, one or more a row;
                or True.

        Returns:
            ``[batch]``.
        """
        xp = log_probs.__array_namespace__()
        scores = xp.where(allowed, log_probs / self.temperature, -xp.inf)
        if self.top_k is not None or self.top_p < 1:
            scores = xp.where(self._kept(xp, scores), scores, -xp.inf)
        reached = xp.cumsum(_weights(xp, scores), axis=1)
        return xp.argmax(reached > draws[:, None] * reached[:, -1:], axis=1)

    def _kept(self, xp: Any, scores: Any) -> Any:
        order = xp.argsort(-scores, axis=1)
        weights = _weights(xp, xp.take_along_axis(scores, order, axis=1))
        before = xp.cumsum(weights, axis=1) - weights
        kept = before < self.top_p * xp.sum(weights, axis=1)[:, None]
        if self.top_k is not None:
            kept = kept & (xp.arange(scores.shape[1]) < self.top_k)
        return xp.take_along_axis(kept, xp.argsort(order, axis=1), axis=1)


AS_PREDICTED = SamplingConfig()


def _weights(xp: Any, scores: Any) -> Any:
    """Return probabilities, up to a factor that is the same for a row."""
    return xp.exp(scores - xp.max(scores, axis=1)[:, None])


@runtime_checkable
class Constraint(Protocol):
    """What tunes have to obey; hashable, as a compiled program is made for each."""

    def allowed(self, representation: Representation, times: Clock, ends: Any) -> Any:
        """Return which tokens may come next, at least one of those that the grammar allows.

        Args:
            representation: of the tokens.
            times: when the next token of each tune begins: ``[batch]``, NumPy's arrays or JAX's.
            ends: the length of each tune in ticks: ``[batch]``.

        Returns:
            ``[batch or 1, vocabulary]``, bool.
        """


def generate(
    model: Model,
    primers: Integer[np.ndarray, "batch time"],
    *,
    steps: int,
    seed: int | Sequence[int],
    sampling: SamplingConfig = AS_PREDICTED,
    constraint: Constraint | None = None,
    ends: Int[np.ndarray, " batch"] | None = None,
) -> Integer[np.ndarray, "batch all"]:
    """Continue several tunes at once.

    Args:
        model: what predicts the next token.
        primers: beginnings of tunes, which may have no tokens.
        steps: how many tokens to draw for each.
        seed: the same seed draws the same tokens, for the first tunes of more of them as well.
        sampling: how a token is drawn.
        constraint: which tokens may be drawn at each step; None: every one.
        ends: the length of each tune in ticks, for the constraint.

    Returns:
        The primers with their continuations, of the vocabulary's dtype.

    Raises:
        ValueError: if a token of the primers is outside the vocabulary.
    """
    vocabulary = model.representation.vocabulary
    vocabulary.check(primers)
    draws = np.random.default_rng(seed).random((len(primers), steps)).T
    if ends is None:
        ends = np.zeros(len(primers), np.int32)
    arrays = (primers.T.astype(np.int32), draws, ends.astype(np.int32))
    tunes = np.asarray(model.run(_continue, arrays, (sampling, constraint)))
    return tunes.T.astype(vocabulary.dtype)


def _continue(model: Model, scan: Scan, arrays: Any, options: Any) -> Any:
    """Return primers and what follows them, ``[time + steps, batch]``."""
    (primers, draws, ends), (sampling, constraint) = arrays, options
    representation, xp = model.representation, primers.__array_namespace__()
    may_follow = xp.asarray(representation.vocabulary.may_follow)

    def consume(state: Any, tokens: Any) -> tuple[Any, None]:
        inner, times, _ = state
        times = clock.advance(representation, times, tokens)
        return (model.step(inner, tokens), times, tokens), None

    def write(state: Any, draws: Any) -> tuple[Any, Any]:
        inner, times, last = state
        allowed = may_follow[last]
        if constraint:
            allowed = allowed & constraint.allowed(representation, times, ends)
        rows = model.log_probs(inner).astype(draws.dtype)
        tokens = sampling.draw(rows, draws, allowed).astype(primers.dtype)
        return consume(state, tokens)[0], tokens

    zero = xp.zeros_like(ends)
    before = xp.full_like(ends, representation.vocabulary.none)
    state, _ = scan(
        consume, (model.start(len(ends)), clock.start(representation, zero), before), primers
    )
    if not len(draws):
        return primers
    return xp.concatenate([primers, scan(write, state, draws)[1]])
