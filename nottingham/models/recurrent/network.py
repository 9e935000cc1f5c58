"""The recurrent network: embeddings, recurrence, softmax, and logits of what it may copy.

All inputs of a step are classes (`inputs`), each with an embedding. Embeddings times input weights
is a small table that each step looks up.

The logit of a token is a sum of terms computed from the state: for the token itself, for its
interval from the last pitch, and for each lookback candidate that is this token. The last two terms
mean the same in every key. Some inputs add logits of their own; so does what the header says of a
section: to what began in the section that it repeats, to the tonic where it closes, and to the
notes before its end.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jaxtyping import Array, Float, Int, Key

from nottingham.models.lookback import MATCH_CLASSES, Features, Lookback, horizon, transposed
from nottingham.models.lookback import State as Looking
from nottingham.models.recurrent import cells, cudnn
from nottingham.models.recurrent.cells import CELLS
from nottingham.models.recurrent.inputs import INTERVALS, WIDEST, InputClasses, tonic
from nottingham.representation import Representation, clock
from nottingham.representation.clock import Clock
from nottingham.representation.vocabulary import NO_PITCH

Hidden = Float[Array, "*time batch units"]
Logits = Float[Array, "*time batch vocabulary"]

_FORGET_BIAS = 1.0  # remember at first: Jozefowicz et al. (2015)
_PLAN_RATE = 8.0  # how many times as fast the logits of the plan are learnt, as events are few
_CADENCE_RATE = 4.0  # the same, of those at the end of a section, of which there are more
_IMPOSSIBLE = -1e9  # the logit of a token that the grammar rules out


class State(NamedTuple):
    """What a network carries from step to step, for each tune of a batch."""

    recurrent: Any
    """h and the cell's memory."""
    looking: Looking
    times: Clock
    """When the next token begins."""


class Inputs(NamedTuple):
    """The inputs of a segment: ``[time, batch, …]``."""

    features: Features
    """The lookback features after each token."""
    times: Clock
    """When the token after each of these begins."""


class Prepared(NamedTuple):
    """What is the same at each step."""

    table: Float[Array, "classes gates_units"]
    """The embeddings times the input weights; a token's rows have the bias."""
    recurrent: Float[Array, "units gates_units"]


class Network(nnx.Module):
    """Embed, recur, and compute the logits of the token that follows."""

    def __init__(
        self,
        *,
        cell: str,
        units: int,
        embedding: int,
        precision: str,
        lookback: Lookback,
        inputs: InputClasses,
        rngs: nnx.Rngs,
    ) -> None:
        """Draw the initial weights.

        Args:
            cell: a key of `CELLS`.
            units: size of the hidden state.
            embedding: size of a class's vector.
            precision: ``float32`` or ``bfloat16``, in which the recurrence multiplies matrices.
            lookback: the features of a tune's past, and the representation.
            inputs: which inputs there are, of the same lookback; with intervals, the next one has
                logits.
            rngs: where the weights are drawn from.
        """
        gates = CELLS[cell].gates
        self.cell, self.precision, self.lookback = cell, precision, lookback
        self.input_classes = inputs
        self.embed = nnx.Embed(inputs.count, embedding, rngs=rngs)
        self.input = nnx.Linear(embedding, gates * units, use_bias=False, rngs=rngs)
        self.bias = nnx.Param(_first_bias(cell, units))
        square = nnx.initializers.orthogonal()
        kernels = [square(rngs.params(), (units, units)) for _ in range(gates)]
        self.recurrent = nnx.Param(jnp.concatenate(kernels, axis=1))
        self.output = nnx.Linear(units, self.representation.vocabulary.size, rngs=rngs)
        if inputs.direct_count:
            size = self.representation.vocabulary.size
            self.direct = nnx.Param(jnp.zeros((inputs.direct_count, size)))
        if inputs.intervals:
            self.interval = _zero(units, INTERVALS, rngs)
        if lookback.candidates:
            self.copy = _zero(units, lookback.candidates, rngs)
            self.trust = nnx.Param(jnp.zeros((lookback.candidates, MATCH_CLASSES)))
        if inputs.repeats:
            self.repeat = nnx.Param(jnp.zeros((len(lookback.sections), inputs.repeats)))
        if inputs.closes:
            self.close = nnx.Param(jnp.zeros(inputs.closes))
            size = self.representation.vocabulary.size
            self.cadence = nnx.Param(jnp.zeros((inputs.cadences, size)))

    @property
    def representation(self) -> Representation:
        """How tunes are written as tokens."""
        return self.lookback.representation

    def inputs(self, tokens: Int[Array, "time batch"], times: Clock) -> Inputs:
        """See `Trainable`."""
        return Inputs(self.lookback.run(tokens), times)

    def stored_inputs(self, tunes: Sequence[np.ndarray]) -> Features | None:
        """See `Trainable`: those of a window are of a segment alone."""
        if self.lookback.horizon == self.representation.window:
            return None
        return self.lookback.over([tokens[1:] for tokens in tunes], starts=True)

    def with_times(self, stored: Features, times: Clock) -> Inputs:
        """See `Trainable`."""
        return Inputs(stored, times)

    def pitches(self, inputs: Inputs) -> Int[Array, "rows batch"]:
        """See `Trainable`."""
        features = inputs.features
        pitch = jnp.asarray(self.representation.vocabulary.pitch_or_none)
        candidates = jnp.moveaxis(pitch[features.candidates], -1, 0)
        return jnp.concatenate(
            [pitch[features.token], features.pitch, features.previous_pitch, *candidates]
        )

    def transposed(
        self, inputs: Inputs, table: Int[Array, "shifts tokens"], semitones: Int[Array, " batch"]
    ) -> Inputs:
        """See `Trainable`."""
        relative = self.representation.vocabulary.relative
        features = transposed(inputs.features, table, semitones, relative=relative)
        return Inputs(features, inputs.times)

    def predict(
        self,
        inputs: Inputs,
        *,
        last: int,
        dropout: float = 0.0,
        keys: Key[Array, " batch"] | None = None,
    ) -> Logits:
        """See `Trainable`."""
        hidden = self.hidden(inputs.features, inputs.times)[-last:]
        if keys is not None and dropout:
            hidden = drop(hidden, dropout, keys)
        return self.logits(hidden, *jax.tree.map(lambda x: x[-last:], inputs))

    def hidden(self, features: Features, times: Clock) -> Hidden:
        """Run over segments of tunes from h_0 = 0.

        Args:
            features: after each token: ``[time, batch]``.
            times: when the token after each of these begins: ``[time, batch]``.

        Returns:
            The state after each token, from which `logits` predicts the next one.
        """
        classes = self.input_classes.classes(features, times)
        if cudnn.serves(self.cell, self.precision):
            inputs = self.embed.embedding[...][classes].sum(axis=2)
            return cudnn.lstm(inputs, self.input.kernel[...], self.bias[...], self.recurrent[...])
        return cells.run(CELLS[self.cell], self._table(), self._recurrent(), classes)

    def input_times(self, times: Clock) -> Clock:
        """Return times without what is no input of this network: NumPy's arrays."""
        measure, tick, length = times
        inputs = self.input_classes
        measure = measure % inputs.phrase if inputs.phrase else np.zeros_like(measure)
        return Clock(measure, tick if inputs.metrical_position else np.zeros_like(tick), length)

    def prepare(self) -> Prepared:
        """Compute what every `step` needs."""
        return Prepared(self._table(), self._recurrent())

    def blank(self, batch: int) -> State:
        """Return the state of a segment that begins within a tune: h_0 = 0."""
        recurrent = cells.start(CELLS[self.cell], batch, self.recurrent.shape[0])
        times = clock.start(self.representation, jnp.zeros(batch, jnp.int32))
        return State(recurrent, self.lookback.start(batch), times)

    def start(self, prepared: Prepared, batch: int) -> State:
        """Return the state before the first token of a tune: after a step on `Vocabulary.none`."""
        recurrent, looking, times = self.blank(batch)
        classes = self.input_classes.classes(looking.features, times)
        recurrent = cells.step(CELLS[self.cell], recurrent, *prepared, classes)
        return State(recurrent, looking, times)

    def step(
        self, prepared: Prepared, state: State, tokens: Int[Array, " batch"], times: Clock
    ) -> State:
        """Return the state after one token of each tune; the next begins at ``times``."""
        looking = self.lookback.step(state.looking, tokens)
        classes = self.input_classes.classes(looking.features, times)
        recurrent = cells.step(CELLS[self.cell], state.recurrent, *prepared, classes)
        return State(recurrent, looking, times)

    def logits_after(self, state: State) -> Float[Array, "batch vocabulary"]:
        """Return the logits of the token after a state of `step`."""
        return self.logits(state.recurrent[0], state.looking.features, state.times)

    def logits(self, hidden: Hidden, features: Features, times: Clock) -> Logits:
        """Return the logits of the token after each state, given its features and its time."""
        vocabulary = self.representation.vocabulary
        logits: Logits = self.output(hidden)
        if self.input_classes.direct_count:
            rows = self.input_classes.direct(features, times)
            for kind in range(rows.shape[-1]):
                logits += self.direct[...][rows[..., kind]]
        if self.input_classes.intervals:
            pitches = jnp.asarray(vocabulary.pitch)
            logits += _by_pitch(self.interval(hidden), features.pitch, pitches)
        if self.lookback.candidates:
            number = jnp.arange(self.lookback.candidates)
            scores = self.copy(hidden) + self.trust[...][number, features.matches]
            if self.input_classes.repeats:
                rows = self.input_classes.repeat(features, times)
                by_form = _PLAN_RATE * jnp.moveaxis(self.repeat[...], 0, 1)[rows]
                scores = scores.at[..., jnp.array(self.lookback.sections, int)].add(by_form)
            for k in range(self.lookback.candidates):
                is_candidate = features.candidates[..., k, None] == jnp.arange(vocabulary.size)
                logits += jnp.where(is_candidate, scores[..., k, None], 0.0)
        if self.input_classes.closes:
            closing = self.close[...][self.input_classes.close(features, times)]
            pitches = jnp.asarray(vocabulary.pitch)
            tonics = pitches % 12 == tonic(vocabulary, features.header)[..., None]
            tonics &= pitches != NO_PITCH
            logits += jnp.where(tonics, _PLAN_RATE * closing[..., None], 0.0)
            ending = self.cadence[...][self.input_classes.cadence(features, times)]
            logits += _CADENCE_RATE * ending
        if not vocabulary.may_follow.all():
            possible = jnp.asarray(vocabulary.may_follow)[features.token]
            logits = jnp.where(possible, logits, _IMPOSSIBLE)
        return logits

    def _table(self) -> Float[Array, "classes gates_units"]:
        """Return the embeddings times the input weights; a token's rows have the bias."""
        table = self.embed.embedding[...] @ self.input.kernel[...]
        return table.at[: self.representation.vocabulary.size + 1].add(self.bias[...])

    def _recurrent(self) -> Float[Array, "units gates_units"]:
        return self.recurrent[...].astype(self.precision)


def _zero(units: int, outputs: int, rngs: nnx.Rngs) -> nnx.Linear:
    """Build a layer whose outputs are zero before it is trained."""
    return nnx.Linear(units, outputs, kernel_init=nnx.initializers.zeros, rngs=rngs)


def _first_bias(cell: str, units: int) -> Float[Array, " gates_units"]:
    """Return the bias before training: an LSTM's forget gates start open."""
    bias = jnp.zeros(CELLS[cell].gates * units)
    return bias.at[units : 2 * units].set(_FORGET_BIAS) if cell == "lstm" else bias


def _by_pitch(
    by_interval: Float[Array, "*rows intervals"],
    pitch: Int[Array, "*rows"],
    pitches: Int[Array, " vocabulary"],
) -> Float[Array, "*rows vocabulary"]:
    """Return for each token the logit of its interval from a pitch; 0 where either has none."""
    interval = pitches - pitch[..., None]
    known = (jnp.abs(interval) <= WIDEST) & (pitches != NO_PITCH)
    known &= pitch[..., None] != NO_PITCH
    index = jnp.clip(interval + WIDEST, 0, INTERVALS - 1)
    return jnp.where(known, jnp.take_along_axis(by_interval, index, axis=-1), 0.0)


def drop(
    hidden: Float[Array, "time batch units"], rate: float, keys: Key[Array, " batch"]
) -> Float[Array, "time batch units"]:
    """Apply variational dropout: one mask a segment (Gal & Ghahramani, 2016).

    Each segment has a key of its own, so that how a batch is split makes no difference.
    """
    units = hidden.shape[2:]
    kept = jax.vmap(lambda key: jax.random.bernoulli(key, 1 - rate, units))(keys)
    return jnp.where(kept, hidden / (1 - rate), 0.0)


def last_log_probs(
    network: Network, windows: Int[Array, "time batch"], times: Clock
) -> Float[Array, "batch vocabulary"]:
    """Return ln p of the token after each window, from h_0 = 0.

    Args:
        network: with its weights.
        windows: tokens.
        times: when the token after each of these begins: ``[time, batch]``.
    """
    return jax.nn.log_softmax(network.predict(network.inputs(windows, times), last=1)[-1])


def build(settings: Mapping[str, Any], representation: Representation, *, seed: int) -> Network:
    """Build a network with fresh weights from what ``settings.json`` holds."""
    settings = dict(settings)
    lookback = Lookback(
        representation,
        horizon=horizon(representation, settings.pop("context")),
        measures=tuple(settings.pop("lookbacks")),
        last=settings.pop("last_token"),
        longest=settings.pop("longest_match"),
    )
    inputs = InputClasses(
        lookback,
        metrical_position=settings.pop("metrical_position"),
        phrase=settings.pop("phrase"),
        header=tuple(settings.pop("header")),
        measures_to_go=settings.pop("measures_to_go"),
        section=settings.pop("section"),
        intervals=settings.pop("intervals"),
    )
    return Network(**settings, lookback=lookback, inputs=inputs, rngs=nnx.Rngs(seed))
