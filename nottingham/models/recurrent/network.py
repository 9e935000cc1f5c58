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
from flax import nnx, traverse_util
from jaxtyping import Array, Float, Int, Key

from nottingham.models import segments
from nottingham.models.lookback import MATCH_CLASSES, Features, Lookback
from nottingham.models.lookback import State as Looking
from nottingham.models.recurrent import cells, cudnn, logits
from nottingham.models.recurrent.cells import CELLS
from nottingham.models.recurrent.inputs import INTERVALS, InputClasses, inputs_of
from nottingham.representation import Representation, clock
from nottingham.representation.clock import Clock

Hidden = Float[Array, "*time batch units"]
Logits = Float[Array, "*time batch vocabulary"]

_FORGET_BIAS = 1.0  # remember at first: Jozefowicz et al. (2015)


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
        return Inputs(segments.of_segments(self.lookback, tokens), times)

    def stored_inputs(self, tunes: Sequence[np.ndarray]) -> Features | None:
        """See `Trainable`: those of a window are of a segment alone."""
        if self.lookback.horizon == self.representation.window:
            return None
        return segments.of_tunes(self.lookback, [tokens[1:] for tokens in tunes], starts=True)

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
        features = segments.transposed(inputs.features, table, semitones, relative=relative)
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
        zero = jnp.zeros(batch, jnp.int32)
        times = clock.start(self.representation, zero)
        return State(recurrent, self.lookback.start(zero), times)

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
        weights = named(nnx.state(self))
        found: Logits = logits.after(self.input_classes, weights, hidden, features, times)
        return found

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


def named(weights: Any) -> dict[str, Any]:
    """Name each array of a network by its path, as in ``output.kernel``."""
    found: dict[str, Any] = traverse_util.flatten_dict(nnx.to_pure_dict(weights), sep=".")
    return found


def build(settings: Mapping[str, Any], representation: Representation, *, seed: int) -> Network:
    """Build a network with fresh weights from what ``settings.json`` holds."""
    inputs, rest = inputs_of(settings, representation)
    return Network(**rest, lookback=inputs.lookback, inputs=inputs, rngs=nnx.Rngs(seed))
