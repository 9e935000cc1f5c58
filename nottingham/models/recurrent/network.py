"""The recurrent network: embeddings, recurrence, softmax, and what it copies from its memory.

All that the network is told at a step (the token, its place in the measure, what the memory
recalls) are classes, each with an embedding. Embeddings times input weights is a small table that
each step looks up.

The logit of a token is the sum of what the state says of the token itself, of its interval from
the last pitch, and of each candidate of the memory that is this token. The last two parts mean
the same in every key.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Float, Int, Key

from nottingham.models import lookback
from nottingham.models.lookback import HORIZONS, NOTHING, RUN_CLASSES, Memory, Recall
from nottingham.models.recurrent import cells, cudnn
from nottingham.models.recurrent.cells import CELLS
from nottingham.representation import vocabulary

Hidden = Float[Array, "*time batch units"]
Logits = Float[Array, "*time batch vocabulary"]

_FORGET_BIAS = 1.0  # remember at first: Jozefowicz et al. (2015)
_WIDEST = 24  # semitones: wider intervals are told as this wide, and have no logit
_INTERVALS = 2 * _WIDEST + 1


class State(NamedTuple):
    """What a network carries from step to step, for each tune of a batch."""

    recurrent: Any
    """h and the cell's memory."""
    heard: lookback.State


class Network(nnx.Module):
    """Embed, recur, and give the logits of the step that follows."""

    def __init__(
        self,
        *,
        cell: str,
        units: int,
        embedding: int,
        precision: str,
        remembered: Memory,
        steps_per_measure: int,
        metrical_position: bool,
        phrase: int,
        intervals: bool,
        rngs: nnx.Rngs,
    ) -> None:
        """Draw the initial weights.

        Args:
            cell: a key of `CELLS`.
            units: size of the hidden state.
            embedding: size of a class's vector.
            precision: ``float32`` or ``bfloat16``, in which the recurrence multiplies matrices.
            remembered: what is recalled of a tune's past.
            steps_per_measure: the grid.
            metrical_position: whether the network is told where in a measure a step lies.
            phrase: the network is told in which measure of so many a step lies; 0: it is not.
            intervals: whether the network is told the last interval, and judges the next one.
            rngs: where the weights are drawn from.
        """
        gates = CELLS[cell].gates
        self.cell, self.precision, self.remembered = cell, precision, remembered
        self.steps_per_measure, self.metrical_position = steps_per_measure, metrical_position
        self.phrase, self.intervals = phrase, intervals
        self.embed = nnx.Embed(sum(self._kinds()), embedding, rngs=rngs)
        self.input = nnx.Linear(embedding, gates * units, use_bias=False, rngs=rngs)
        self.bias = nnx.Param(_first_bias(cell, units))
        square = nnx.initializers.orthogonal()
        kernels = [square(rngs.params(), (units, units)) for _ in range(gates)]
        self.recurrent = nnx.Param(jnp.concatenate(kernels, axis=1))
        self.output = nnx.Linear(units, vocabulary.SIZE, rngs=rngs)
        if intervals:
            self.interval = _silent(units, _INTERVALS, rngs)
        if remembered.candidates:
            self.copy = _silent(units, remembered.candidates, rngs)
            self.trust = nnx.Param(jnp.zeros((remembered.candidates, RUN_CLASSES)))

    def hidden(self, recall: Recall, first: Int[Array, " batch"]) -> Hidden:
        """Run over stretches of tunes from h_0 = 0.

        Args:
            recall: what is known after each step: ``[time, batch]``.
            first: the place of each stretch's first step in its tune.

        Returns:
            The state after each step, from which `logits` predicts the next one.
        """
        following = first + jnp.arange(1, len(recall.token) + 1)[:, None]
        classes = self._classes(recall, following)
        if cudnn.serves(self.cell, self.precision):
            inputs = self.embed.embedding[...][classes].sum(axis=2)
            return cudnn.lstm(inputs, self.input.kernel[...], self.bias[...], self.recurrent[...])
        return cells.run(CELLS[self.cell], self._table(), self._recurrent(), classes)

    def start(self, batch: int) -> State:
        """Give the state before the first step of some tunes: h_0 = 0 and nothing heard."""
        recurrent = cells.start(CELLS[self.cell], batch, self.recurrent.shape[0])
        return State(recurrent, self.remembered.start(batch))

    def stepper(self) -> Callable[[State, Array, Array], State]:
        """Give a function that takes a step, with all prepared that is the same at each.

        It takes the state, the token of each tune and the place of the step that follows it,
        both ``[batch]``, and gives the state after the token.
        """
        table, recurrent = self._table(), self._recurrent()

        def step(state: State, tokens: Array, following: Array) -> State:
            heard = self.remembered.step(state.heard, tokens)
            classes = self._classes(heard.recall, following)
            return State(
                cells.step(CELLS[self.cell], state.recurrent, table, recurrent, classes), heard
            )

        return step

    def logits_after(self, state: State) -> Float[Array, "batch vocabulary"]:
        """Give the logits of the step that follows a state of `stepper`."""
        return self.logits(state.recurrent[0], state.heard.recall)

    def logits(self, hidden: Hidden, recall: Recall) -> Logits:
        """Give the logits of the step that follows each state, and what was known then."""
        logits: Logits = self.output(hidden)
        if self.intervals:
            logits += _by_pitch(self.interval(hidden), recall.pitch)
        if self.remembered.candidates:
            number = jnp.arange(self.remembered.candidates)
            scores = self.copy(hidden) + self.trust[...][number, recall.runs]
            for k in range(self.remembered.candidates):
                is_candidate = recall.candidates[..., k, None] == jnp.arange(vocabulary.SIZE)
                logits += jnp.where(is_candidate, scores[..., k, None], 0.0)
        return logits

    def _kinds(self) -> list[int]:
        """Give how many classes there are of each kind that a step is told."""
        kinds = [vocabulary.SIZE]
        if self.metrical_position:
            kinds.append(self.steps_per_measure)
        if self.phrase:
            kinds.append(2 * self.phrase)
        if self.intervals:
            kinds.append(_INTERVALS)
        candidates = self.remembered.candidates
        return kinds + [NOTHING + 1] * candidates + [RUN_CLASSES] * candidates

    def _classes(self, recall: Recall, following: Array) -> Int[Array, "*time batch kinds"]:
        """Name the rows of the embedding that each step adds up, in the order of `_kinds`."""
        told = [recall.token]
        if self.metrical_position:
            told.append(following % self.steps_per_measure)
        if self.phrase:
            measure = following // self.steps_per_measure % self.phrase
            told.append(measure + self.phrase * recall.upbeat)
        if self.intervals:
            told.append(_interval(recall.pitch, recall.before) + _WIDEST)
        for recalled in (recall.candidates, recall.runs):
            told += [recalled[..., k] for k in range(self.remembered.candidates)]
        offsets = jnp.cumsum(jnp.array([0, *self._kinds()[:-1]]))
        return jnp.stack(told, axis=-1) + offsets

    def _table(self) -> Float[Array, "classes gates_units"]:
        """Give the embeddings times the input weights; a token's rows have the bias."""
        table = self.embed.embedding[...] @ self.input.kernel[...]
        return table.at[: vocabulary.SIZE].add(self.bias[...])

    def _recurrent(self) -> Float[Array, "units gates_units"]:
        return self.recurrent[...].astype(self.precision)


def _silent(units: int, outputs: int, rngs: nnx.Rngs) -> nnx.Linear:
    """Build a layer that has nothing to say before it is trained."""
    return nnx.Linear(units, outputs, kernel_init=nnx.initializers.zeros, rngs=rngs)


def _first_bias(cell: str, units: int) -> Float[Array, " gates_units"]:
    """Give the bias before training: an LSTM's forget gates start open."""
    bias = jnp.zeros(CELLS[cell].gates * units)
    return bias.at[units : 2 * units].set(_FORGET_BIAS) if cell == "lstm" else bias


def _interval(pitch: Array, before: Array) -> Array:
    """Give the interval between two pitches, 0 where one is missing."""
    both = (pitch != vocabulary.REST) & (before != vocabulary.REST)
    return jnp.where(both, jnp.clip(pitch - before, -_WIDEST, _WIDEST), 0)


def _by_pitch(
    by_interval: Float[Array, "*rows intervals"], pitch: Int[Array, "*rows"]
) -> Float[Array, "*rows vocabulary"]:
    """Give each token the logit of its interval from a pitch; rests, and all without one, get 0."""
    tokens = jnp.arange(vocabulary.SIZE)
    interval = tokens - pitch[..., None]
    known = (jnp.abs(interval) <= _WIDEST) & (tokens != vocabulary.REST)
    known &= pitch[..., None] != vocabulary.REST
    place = jnp.clip(interval + _WIDEST, 0, _INTERVALS - 1)
    return jnp.where(known, jnp.take_along_axis(by_interval, place, axis=-1), 0.0)


def drop(
    hidden: Float[Array, "time batch units"], rate: float, keys: Key[Array, " batch"]
) -> Float[Array, "time batch units"]:
    """Silence units at random, the same ones through all of a stretch: Gal & Ghahramani (2016).

    Each stretch has a key of its own, so that how a batch is split makes no difference.
    """
    units = hidden.shape[2:]
    kept = jax.vmap(lambda key: jax.random.bernoulli(key, 1 - rate, units))(keys)
    return jnp.where(kept, hidden / (1 - rate), 0.0)


def last_log_probs(
    network: Network, windows: Int[Array, "time batch"], first: Int[Array, " batch"]
) -> Float[Array, "batch vocabulary"]:
    """Give ln p of the step after each window."""
    recall = network.remembered.run(windows)
    last = jax.tree.map(lambda x: x[-1], recall)
    return jax.nn.log_softmax(network.logits(network.hidden(recall, first)[-1], last))


def build(settings: Mapping[str, Any], *, seed: int) -> Network:
    """Build a network with fresh weights from what ``settings.json`` holds."""
    settings = dict(settings)
    remembered = Memory(
        horizon=HORIZONS[settings.pop("context")],
        lookbacks=tuple(settings.pop("lookbacks")),
        longest=settings.pop("longest"),
    )
    return Network(**settings, remembered=remembered, rngs=nnx.Rngs(seed))
