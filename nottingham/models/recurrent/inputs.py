"""The inputs of a recurrent network as classes: the token, its time, the header, lookback features.

Each kind of input is a block of rows, one a class, in an embedding; a step adds up a row of each
block. What needs no past, the header and the position in the tune, also has logits of its own: a
row of logits for each class.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from nottingham.models.lookback import MATCH_CLASSES, Features, Lookback
from nottingham.representation.clock import Clock
from nottingham.representation.vocabulary import NO_PITCH, Vocabulary

WIDEST = 24
"""Semitones: wider intervals count as this wide, and have no logit."""
INTERVALS = 2 * WIDEST + 1

_POSITIONS = 288  # in a measure, in ticks: later ones count as the last
_TO_GO = 64  # measures: more count as this many
_EIGHTHS = 8  # of a measure: the positions in a section

Column = Int[Array, "*time batch"]
Block = tuple[int, Callable[[Features, Clock], Column]]
"""The number of classes of an input, and the class at each step."""


@dataclass(frozen=True)
class InputClasses:
    """Which inputs a network has."""

    lookback: Lookback
    metrical_position: bool
    """Whether the position in the measure is an input."""
    phrase: int
    """The measure, counted modulo this number, is an input; 0: it is not."""
    header: tuple[str, ...]
    """The fields of a tune's header that are inputs of each step, and are consumed where they
    stand."""
    measures_to_go: bool
    """Whether the number of measures left of the tune is an input."""
    section: int
    """The position in sections of this many measures, the first full one at their head, is an
    input, and all that needs no past has logits of its own; 0: neither."""
    intervals: bool
    """Whether the last interval is an input."""

    @property
    def count(self) -> int:
        """The number of classes of all inputs."""
        return sum(size for size, _ in self._blocks())

    def classes(self, features: Features, times: Clock) -> Int[Array, "*time batch kinds"]:
        """Return the rows of the embedding that each step adds up.

        Args:
            features: after each token.
            times: when the token after each of these begins.
        """
        return _rows(self._blocks(), features, times)

    @property
    def direct_count(self) -> int:
        """The number of classes that have logits of their own; 0 without sections."""
        return sum(size for size, _ in self._direct_blocks())

    def direct(self, features: Features, times: Clock) -> Int[Array, "*time batch kinds"]:
        """Return the rows of logits that each step adds up: see `classes`."""
        return _rows(self._direct_blocks(), features, times)

    def _blocks(self) -> Iterator[Block]:
        vocabulary = self._vocabulary
        yield vocabulary.size + 1, self._consumed
        yield from self._fields()
        if self.metrical_position:
            yield self._positions, self._position
            if vocabulary.measure.any():  # else the position tells the next barline
                yield self._positions, self._to_barline
        if self.phrase:
            yield 2 * self.phrase, self._measure
        if self.measures_to_go:
            yield _TO_GO + 2, self._to_go
        if self.section:
            yield self.section * _EIGHTHS, self._in_section
        if self.intervals:
            yield INTERVALS, _interval
        candidates = range(self.lookback.candidates)
        for number in candidates:
            yield vocabulary.size + 1, partial(_column, "candidates", number)
        for number in candidates:
            yield MATCH_CLASSES, partial(_column, "matches", number)

    def _direct_blocks(self) -> Iterator[Block]:
        """Yield the positions in section and measure by dance, measures to go, and the header."""
        if self.section:
            dances, places = len(self._dances) + 1, self.section * _EIGHTHS
            yield dances * places, partial(self._by_dance, places, self._in_section)
            ticks = self._positions
            yield dances * ticks, partial(self._by_dance, ticks, self._to_barline)
            if self.measures_to_go:
                yield (_TO_GO + 2) * _EIGHTHS, self._to_go_in_eighths
            yield from self._fields()

    @property
    def _dances(self) -> Int[np.ndarray, " dances"]:
        """The tokens of the dances; none where the dance is no input."""
        if "dance" not in self.header:
            return np.zeros(0, np.int64)
        return np.flatnonzero(self._vocabulary.kind == self._vocabulary.kinds.index("dance"))

    def _by_dance(
        self,
        size: int,
        values: Callable[[Features, Clock], Column],
        features: Features,
        times: Clock,
    ) -> Column:
        """Return a class for each pair of dance and value; the last dance is an unknown one."""
        found = values(features, times)
        if not self._dances.size:
            return found
        number = np.full(self._vocabulary.size + 1, len(self._dances))
        number[self._dances] = np.arange(len(self._dances))
        field = self._vocabulary.kinds.index("dance")
        return jnp.asarray(number)[features.header[..., field]] * size + found

    def _fields(self) -> Iterator[Block]:
        kinds = self._vocabulary.kinds
        for field in self.header:
            yield self._vocabulary.size + 1, partial(_column, "header", kinds.index(field))

    @property
    def _vocabulary(self) -> Vocabulary:
        return self.lookback.representation.vocabulary

    @property
    def _positions(self) -> int:
        longest = int(self._vocabulary.measure.max())
        return min(_POSITIONS, max(longest, self.lookback.representation.measure_ticks))

    def _consumed(self, features: Features, times: Clock) -> Column:
        """Return the last token; `Vocabulary.none` for a field of a header that is no input."""
        vocabulary = self._vocabulary
        left_out = [k for k in range(vocabulary.headers) if vocabulary.kinds[k] not in self.header]
        hidden = np.isin(vocabulary.kind, left_out)
        shown = np.where(hidden, vocabulary.none, np.arange(vocabulary.size))
        found: Array = jnp.asarray(np.append(shown, vocabulary.none))[features.token]
        return found

    def _position(self, features: Features, times: Clock) -> Column:
        return jnp.minimum(times.tick, self._positions - 1)

    def _to_barline(self, features: Features, times: Clock) -> Column:
        """Return the ticks up to the next barline, less one."""
        return jnp.minimum(times.length - times.tick, self._positions) - 1

    def _measure(self, features: Features, times: Clock) -> Column:
        found: Array = times.measure % self.phrase + self.phrase * features.upbeat
        return found

    def _in_section(self, features: Features, times: Clock) -> Column:
        measure = (times.measure - features.upbeat) % self.section
        found: Array = measure * _EIGHTHS + _eighth(times)
        return found

    def _to_go(self, features: Features, times: Clock) -> Column:
        """Return the measures left, the one under way included; one more class if unknown."""
        measures = jnp.asarray(np.append(self._vocabulary.measures, 0))
        total = jnp.max(measures[features.header], axis=-1, initial=0)
        left = jnp.clip(total + features.upbeat - times.measure, 0, _TO_GO)
        return jnp.where(total > 0, left, _TO_GO + 1)

    def _to_go_in_eighths(self, features: Features, times: Clock) -> Column:
        found: Array = self._to_go(features, times) * _EIGHTHS + _eighth(times)
        return found


def _rows(
    blocks: Iterator[Block], features: Features, times: Clock
) -> Int[Array, "*time batch kinds"]:
    """Return the class of each block, counted through all of them."""
    first, columns = 0, []
    for size, values in blocks:
        columns.append(first + values(features, times))
        first += size
    return jnp.stack(columns, axis=-1)


def _eighth(times: Clock) -> Column:
    """Return which eighth of its measure is under way, from 0 on."""
    found: Array = _EIGHTHS * times.tick // times.length
    return found


def _column(name: str, number: int, features: Features, times: Clock) -> Column:
    found: Array = getattr(features, name)[..., number]
    return found


def _interval(features: Features, times: Clock) -> Column:
    """Return the interval between the last two pitches, that of a unison where one is missing."""
    pitch, previous = features.pitch, features.previous_pitch
    both = (pitch != NO_PITCH) & (previous != NO_PITCH)
    return jnp.where(both, jnp.clip(pitch - previous, -WIDEST, WIDEST), 0) + WIDEST
