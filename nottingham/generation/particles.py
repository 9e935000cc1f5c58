"""Sequential Monte Carlo: tunes drawn from a model, conditioned on requests for the whole of them.

A mask alone is short-sighted: it forbids a token at a moment, and what a model then has to do may
be unlikely. Here several particles, beginnings of one tune, are written side by side. The weight of
each is the probability that the model gave to what was allowed and to what was given, times the
potentials of the requests. Every two measures, where weights are uneven, particles are resampled in
proportion to them. The more there are, the closer is what is left at the end to the distribution
that temperature and guidance make of the model's, conditioned on the requests: Doucet, de Freitas &
Gordon (2001).

A tune is a series of spans: some are given, some are free, some repeat what a free one became. So
measures are also written between what stands before and behind.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int, Integer

from nottingham.generation.constraints import Constraints
from nottingham.generation.headed import LEAST, limits_of
from nottingham.generation.potentials import Potential
from nottingham.models import sampling
from nottingham.models.base import Model
from nottingham.models.sampling import Limits, SamplingConfig
from nottingham.representation.base import Heading
from nottingham.representation.vocabulary import named

PARTICLES = 16
"""Particles of a tune, unless more are asked for."""
_MEASURES = 2
"""Measures after which the particles of a tune are weighed."""
_LEAST_EVEN = 0.5
"""The effective sample size, as a share of all particles, below which they are resampled."""
_BRANCHES = 8
"""Ways in which a particle goes on in the last measure before what is given."""
_NEGLIGIBLE, _KEPT = 1e-4, 8
"""Where all that is left is given, particles of a smaller share go, but for the best ones."""


@dataclass(frozen=True)
class Given:
    """Tokens that are given, at least one."""

    tokens: tuple[int, ...]


@dataclass(frozen=True)
class Free:
    """Tokens to be written."""

    until: int | None = None
    """The tick of the tune that they reach; None: the tune's end."""
    may_hold: bool = False
    """Whether they may hold the last note before them on, or begin a tune with an upbeat."""


@dataclass(frozen=True)
class Again:
    """The tokens that a free span became."""

    span: int
    """Its number among the tune's spans."""


@dataclass(frozen=True)
class Plan:
    """A tune to be written."""

    heading: Heading
    beginning: tuple[int, ...]
    """Its header's tokens, and those of the notes that are given first."""
    spans: tuple[Given | Free | Again, ...]
    """What follows, in order."""
    constraints: Constraints
    potentials: tuple[Potential, ...] = ()


class Written(NamedTuple):
    """The particles of a tune that has been written."""

    tokens: list[Integer[np.ndarray, " time"]]
    weights: Float[np.ndarray, " particles"]
    """They add up to 1."""

    def draw(self, draw: np.random.Generator) -> Integer[np.ndarray, " time"]:
        """Return one particle's tokens, drawn in proportion to the weights."""
        return self.tokens[int(draw.choice(len(self.weights), p=self.weights))]


def write(
    model: Model,
    plan: Plan,
    *,
    seed: int | Sequence[int],
    config: SamplingConfig,
    particles: int = PARTICLES,
) -> Written:
    """Write a tune.

    Args:
        model: what predicts.
        plan: what is given, and what is requested.
        seed: of the draws.
        config: how tokens are drawn.
        particles: how many beginnings are written side by side.
    """
    model = model.unbounded().eager().guided(config.guidance)
    found = _Particles(model, plan, config, np.random.default_rng(seed), particles)
    measure = found.measure
    while not found.ended.all():
        near = found.nears_given(measure)
        if near == 1 and particles > 1:
            found.branch()
        measure += 1 if near == 2 else _MEASURES  # weighed where one measure is left, and behind
        while len(rows := found.before(measure)):
            found.step(rows)
        found.weigh()
    shares = np.exp(found.weights - found.weights.max())
    dtype = model.representation.vocabulary.dtype
    return Written(
        [np.array(found.tokens(k), dtype) for k in range(len(shares))], shares / shares.sum()
    )


class _Particles:
    """The particles of a tune while they are written."""

    def __init__(
        self,
        model: Model,
        plan: Plan,
        config: SamplingConfig,
        draws: np.random.Generator,
        particles: int,
    ) -> None:
        constraints = replace(plan.constraints, fills_last_measure=True)
        self._plan = replace(plan, constraints=constraints)
        self._model, self._config, self._draws = model, config, draws
        self._particles = particles
        one = sampling.start(model, np.zeros(1, np.int32))
        for token in plan.beginning:  # which is the same for all
            one = sampling.after(model, one, np.array([token], np.int32))
        same = np.zeros(particles, int)
        self._state = _rows(one, same)
        self._limits = _rows(limits_of([plan.heading], model.representation), same)
        self._written: list[list[list[int]]] = [[[]] for _ in same]
        """The tokens of each particle, by span, the last of which is under way."""
        self.weights, self._potential = np.zeros(particles), np.zeros(particles)

    @property
    def ended(self) -> Bool[np.ndarray, " particles"]:
        """Which particles have no span left."""
        return np.array([len(spans) > len(self._plan.spans) for spans in self._written])

    @property
    def measure(self) -> int:
        """The measures that the first particle has."""
        return int(self._state.times.measure[0])

    def before(self, measure: int) -> Int[np.ndarray, " rows"]:
        """Return the particles that have not come to the end of some measures."""
        return np.flatnonzero((self._state.times.measure < measure) & ~self.ended)

    def tokens(self, row: int) -> list[int]:
        """Return the tokens of a particle."""
        return [*self._plan.beginning, *(token for span in self._written[row] for token in span)]

    def step(self, rows: Int[np.ndarray, " rows"]) -> None:
        """Write one more token of some particles."""
        state, none = _rows(self._state, rows), self._model.representation.vocabulary.none
        log_probs = self._model.log_probs(state.model).astype(np.float64)
        given = np.array([self._given(row) for row in rows], np.int32)
        allowed = self._allowed(state, rows) | (given < none)[:, None]
        draws = self._draws.random(len(self.weights))[rows]
        durations = self._model.representation.vocabulary.only_durations[state.last]
        drawn = self._config.draw(log_probs, draws, allowed, durations).astype(np.int32)
        tokens = np.where(given < none, given, drawn)
        tempered = log_probs / self._config.temperature
        own = np.arange(none) == tokens[:, None]  # where a token is given, that one
        possible = np.where((given < none)[:, None], own, allowed)
        mass = _log_sum(np.where(possible, tempered, -np.inf)) - _log_sum(tempered)
        self.weights[rows] += np.maximum(mass, np.log(LEAST))
        state = sampling.after(self._model, state, tokens)
        self._state = _each(lambda old, new: _put(old, rows, new), self._state, state)
        now = sampling.now(state.times)
        for row, token, tick in zip(rows.tolist(), tokens.tolist(), now.tolist(), strict=True):
            self._append(row, token, tick)

    def _given(self, row: int) -> int:
        """Return the next token of a particle, if it is given; else `Vocabulary.none`."""
        spans = self._written[row]
        match self._plan.spans[len(spans) - 1]:
            case Given(tokens):
                return tokens[len(spans[-1])]
            case Again(number):
                return spans[number][len(spans[-1])]
        return self._model.representation.vocabulary.none

    def _append(self, row: int, token: int, now: int) -> None:
        """Record a token, after which a span may be complete."""
        spans = self._written[row]
        spans[-1].append(token)
        match self._plan.spans[len(spans) - 1]:
            case Given(tokens):
                complete = len(spans[-1]) == len(tokens)
            case Again(number):
                complete = len(spans[-1]) == len(spans[number])
            case Free(until):
                ends = self._model.representation.vocabulary.ends[token]
                complete = bool(ends) if until is None else now >= until
        if complete:
            spans.append([])

    def _allowed(
        self, state: sampling.State, rows: Int[np.ndarray, " rows"]
    ) -> Bool[np.ndarray, "rows vocabulary"]:
        """Return which tokens may be written next."""
        representation = self._model.representation
        vocabulary = representation.vocabulary
        limits: Limits = _rows(self._limits, rows)
        found = vocabulary.may_follow[state.last] & self._plan.constraints.allowed(
            representation, state.times, limits, state.begun, state.last
        )
        now = sampling.now(state.times)
        is_tie, is_rest = named(vocabulary, "tie"), named(vocabulary, "rest")
        for k, row in enumerate(rows):
            spans = self._written[row]
            span = self._plan.spans[len(spans) - 1]
            if isinstance(span, Free):
                if span.until is not None:
                    found[k] &= (now[k] + vocabulary.ticks <= span.until) & ~vocabulary.ends
                if not span.may_hold and not spans[-1]:
                    found[k] &= ~is_tie & ~(is_rest & (now[k] == 0))
        return np.asarray(found, bool)

    def weigh(self) -> None:
        """Apply the potentials; where weights are uneven, resample the particles."""
        if self._plan.potentials:
            potential = np.array([self._log_potential(row) for row in range(len(self.weights))])
            self.weights += potential - self._potential
            self._potential = potential
        shares = np.exp(self.weights - self.weights.max())
        shares /= shares.sum()
        if len(shares) > self._particles:  # those that have branched, and met what is given
            self._thin(shares)
        elif not self._may_differ():  # the rest is given: the others are as good as lost
            self._keep(np.flatnonzero(shares >= min(_NEGLIGIBLE, np.sort(shares)[-_KEPT:][0])))
        elif 1 / (shares**2).sum() < _LEAST_EVEN * len(shares):
            self._keep(self._resampled(shares))
            self.weights = np.zeros(len(self.weights))

    def _thin(self, shares: Float[np.ndarray, " rows"]) -> None:
        """Keep as many different particles as there were before branching.

        By the optimal resampling of Fearnhead & Clifford (2003): shares above a threshold stay as
        they are; of the others, some are drawn in proportion, and weigh as much as the threshold.
        """
        together: dict[tuple[int, ...], list[int]] = {}
        for row in range(len(shares)):
            together.setdefault(tuple(self.tokens(row)), []).append(row)
        rows = np.array([same[0] for same in together.values()])
        found = np.array([shares[same].sum() for same in together.values()])
        order = np.argsort(-found, kind="stable")
        rows, found = rows[order], found[order]
        if len(rows) > self._particles:
            rest = np.append(np.cumsum(found[::-1])[::-1], 0)
            above = np.arange(self._particles)
            thresholds = rest[above] / (self._particles - above)
            own = int(np.argmax(found[above] <= thresholds))  # so many are above the threshold
            passed = np.cumsum(found[own:]) / thresholds[own] - self._draws.random()
            drawn = own + np.flatnonzero(np.diff(np.ceil(passed), prepend=0) > 0)
            kept = [*range(own), *drawn[: self._particles - own]]
            rows, found = (
                rows[kept],
                np.append(found[:own], np.full(len(kept) - own, thresholds[own])),
            )
        self._keep(rows)
        self.weights = np.log(np.maximum(found, LEAST))

    def _resampled(self, shares: Float[np.ndarray, " rows"]) -> Int[np.ndarray, " particles"]:
        """Draw particles in proportion to their shares, systematically: Doucet et al. (2001)."""
        points = (np.arange(self._particles) + self._draws.random()) / self._particles
        return np.minimum(np.searchsorted(np.cumsum(shares), points), len(shares) - 1)

    def _keep(self, rows: Int[np.ndarray, " rows"]) -> None:
        """Go on with some particles, one of which may come several times."""
        self._state, self._limits = _rows(self._state, rows), _rows(self._limits, rows)
        self._written = [[list(span) for span in self._written[row]] for row in rows]
        self.weights, self._potential = self.weights[rows], self._potential[rows]

    def nears_given(self, measure: int) -> int | None:
        """Return after how many more measures given notes follow free ones, if they do."""
        until = {
            span.until
            for row in self._written
            for span in self._plan.spans[len(row) - 1 : len(row)]
            if isinstance(span, Free) and span.until is not None
        }
        length = int(self._state.times.length[0])
        return min((-(-tick // length) - measure for tick in until), default=None)

    def branch(self) -> None:
        """Go on with each particle in several ways, of which some fit what is given."""
        self._keep(np.repeat(np.arange(len(self.weights)), _BRANCHES))

    def _may_differ(self) -> bool:
        """Return whether a particle has still to write what is not given."""
        last = max(k for k, span in enumerate(self._plan.spans) if isinstance(span, Free))
        return any(len(spans) - 1 <= last for spans in self._written)

    def _log_potential(self, row: int) -> float:
        """Return ln of the product of the potentials of a particle."""
        sounding = self._model.representation.sounding(np.array(self.tokens(row)))
        measure, ended = int(self._state.times.length[row]), bool(self.ended[row])
        return sum(w.log_weight(sounding, measure, ended=ended) for w in self._plan.potentials)


def _log_sum(rows: Float[np.ndarray, "rows vocabulary"]) -> Float[np.ndarray, " rows"]:
    """Return ln of the sum of the exponentials of each row, one of which is finite."""
    most = rows.max(axis=1)
    found: np.ndarray = most + np.log(np.exp(rows - most[:, None]).sum(axis=1))
    return found


def _each(function: Callable[..., Any], *trees: Any) -> Any:
    """Apply a function to the arrays of trees of tuples."""
    if not isinstance(trees[0], tuple):
        return function(*trees)
    parts = [_each(function, *parts) for parts in zip(*trees, strict=True)]
    return type(trees[0])(*parts) if hasattr(trees[0], "_fields") else tuple(parts)


def _rows(tree: Any, rows: Int[np.ndarray, " rows"]) -> Any:
    """Return some rows of each array of a tree."""
    return _each(lambda array: array[rows], tree)


def _put(old: np.ndarray, rows: Int[np.ndarray, " rows"], new: np.ndarray) -> np.ndarray:
    """Return an array with some rows replaced."""
    old[rows] = new
    return old
