"""The inputs of a recurrent network as classes: the token, its time, the header, lookback features.

Each kind of input is a block of rows, one a class, in an embedding; a step adds up a row of each
block. What needs no past, the header and the position in the tune, also has logits of its own: a
row of logits for each class.

The same functions serve NumPy arrays and, where they are compiled, JAX's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any

import numpy as np
from jaxtyping import Int

from nottingham.models.lookback import MATCH_CLASSES, Features, Lookback, horizon
from nottingham.music.timeline import SECTION
from nottingham.representation import Representation
from nottingham.representation.clock import Clock
from nottingham.representation.vocabulary import NO_PITCH, Vocabulary

WIDEST = 24
"""Semitones: wider intervals count as this wide, and have no logit."""
INTERVALS = 2 * WIDEST + 1

_POSITIONS = 288  # in a measure, in ticks: later ones count as the last
_TO_GO = 64  # measures: more count as this many
_EIGHTHS = 8  # of a measure: the positions in a section
_SIXTEENTH = 12  # ticks, where a quarter has 48
_LENGTH_BOUNDS = (2, 3, 4)  # quarters, of a measure
_LENGTHS = len(_LENGTH_BOUNDS) + 1
_CLOSES = 3  # no, yes, unknown
_CADENCE = 36  # sixteenths before the end of a section: its cadence

Column = Int[Any, "*time batch"]
Value = Callable[[Features, Clock], Column]
Block = tuple[int, Value]
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
    """The fields of a tune's header that are consumed where they stand, and are inputs of each
    step: form and endings by what they say of the section under way, the measures, where
    `measures_to_go` says it, by those that are left."""
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
        return sum(size for size, _ in self._blocks)

    def classes(self, features: Features, times: Clock) -> Int[Any, "*time batch kinds"]:
        """Return the rows of the embedding that each step adds up.

        Args:
            features: after each token.
            times: when the token after each of these begins.
        """
        return _rows(self._blocks, features, times)

    @property
    def direct_count(self) -> int:
        """The number of classes that have logits of their own; 0 without sections."""
        return sum(size for size, _ in self._direct_blocks)

    def direct(self, features: Features, times: Clock) -> Int[Any, "*time batch kinds"]:
        """Return the rows of logits that each step adds up: see `classes`."""
        return _rows(self._direct_blocks, features, times)

    @property
    def repeats(self) -> int:
        """The number of classes of `repeat`; 0 where the form is no input."""
        return self._repeats * SECTION if "form" in self.header else 0

    def repeat(self, features: Features, times: Clock) -> Int[Any, "*time batch"]:
        """Return a class for each pair of what the section under way repeats and its measure."""
        return self._repeat(0, features, times) * SECTION + _measure_of(SECTION, features, times)

    @property
    def closes(self) -> int:
        """The number of classes of `close`; 0 where the endings are no input."""
        places = (len(self._dances) + 1) * SECTION * _EIGHTHS
        return _CLOSES * places if "endings" in self.header else 0

    def close(self, features: Features, times: Clock) -> Int[Any, "*time batch"]:
        """Return a class for whether the section closes on the tonic, the position, the dance."""
        place = partial(_place_in, SECTION)
        found = self._by_dance(SECTION * _EIGHTHS, place, features, times)
        return self._close(features, times) * (self.closes // _CLOSES) + found

    @property
    def cadences(self) -> int:
        """The number of classes of `cadence`; 0 where the endings are no input."""
        return 1 + _CLOSES * 2 * _CADENCE if "endings" in self.header else 0

    def cadence(self, features: Features, times: Clock) -> Int[Any, "*time batch"]:
        """Return a class for each triple that decides a cadence; the last class: no cadence.

        The triples are whether the section closes on the tonic, whether the last pitch is the
        tonic, and the sixteenths left in the section. There is none in an upbeat, nor earlier in a
        section.
        """
        measures = SECTION - 1 - _measure_of(SECTION, features, times)
        left = (measures * times.length + times.length - times.tick - 1) // _SIXTEENTH
        is_tonic = features.pitch % 12 == tonic(self._vocabulary, features.header)
        is_tonic &= features.pitch != NO_PITCH
        found = (self._close(features, times) * 2 + is_tonic) * _CADENCE + left
        is_cadence = (left < _CADENCE) & (_section(features, times) >= 0)
        return _xp(times).where(is_cadence, found, self.cadences - 1)

    @cached_property
    def _blocks(self) -> tuple[Block, ...]:
        return tuple(self._every_block())

    @cached_property
    def _direct_blocks(self) -> tuple[Block, ...]:
        return tuple(self._every_direct_block())

    def _every_block(self) -> Iterator[Block]:
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
        if self.repeats:
            yield self._repeats**2, self._repeats_now_and_next
        if self.closes:
            yield _CLOSES, self._close
        if self.section:
            yield self.section * _EIGHTHS, partial(_place_in, self.section)
        if self.intervals:
            yield INTERVALS, _interval
        candidates = range(self.lookback.candidates)
        for number in candidates:
            yield vocabulary.size + 1, partial(_column, "candidates", number)
        for number in candidates:
            yield MATCH_CLASSES, partial(_column, "matches", number)

    def _every_direct_block(self) -> Iterator[Block]:
        """Yield the positions in section and measure by dance, measures to go, and the header."""
        if self.section:
            dances, places = _LENGTHS * (len(self._dances) + 1), self.section * _EIGHTHS
            in_section = partial(_place_in, self.section)
            yield dances * places, partial(self._by_dance_and_length, places, in_section)
            yield self._positions, self._to_barline
            sixteenths = -(-self._positions // _SIXTEENTH)
            yield (
                dances * sixteenths,
                partial(self._by_dance_and_length, sixteenths, self._sixteenths),
            )
            if self.measures_to_go:
                yield (_TO_GO + 2) * _EIGHTHS, self._to_go_in_eighths
            yield from self._fields()

    @cached_property
    def _dances(self) -> Int[np.ndarray, " dances"]:
        """The tokens of the dances; none where the dance is no input."""
        if "dance" not in self.header:
            return np.zeros(0, np.int64)
        return np.flatnonzero(self._vocabulary.kind == self._vocabulary.kinds.index("dance"))

    def _by_dance(self, size: int, values: Value, features: Features, times: Clock) -> Column:
        """Return a class for each pair of dance and value; the last dance is an unknown one."""
        found: Column = values(features, times)
        if not self._dances.size:
            return found
        return self._field(self._vocabulary.kinds.index("dance"), features, times) * size + found

    def _by_dance_and_length(
        self, size: int, values: Value, features: Features, times: Clock
    ) -> Column:
        """Return a class for each triple of dance, length of the measure, roughly, and value."""
        xp = _xp(times)
        bounds = xp.array(_LENGTH_BOUNDS) * self.lookback.representation.measure_ticks / 4
        length = xp.sum(times.length[..., None] > bounds, axis=-1, dtype=xp.int32)

        def both(features: Features, times: Clock) -> Column:
            return length * size + values(features, times)

        return self._by_dance(_LENGTHS * size, both, features, times)

    def _fields(self) -> Iterator[Block]:
        """Yield the fields of the header that no other input says."""
        said = {"form", "endings"} | ({"measures"} if self.measures_to_go else set())
        for field in (name for name in self.header if name not in said):
            if field not in self._vocabulary.kinds:  # the corpus, where there is only one
                continue
            kind = self._vocabulary.kinds.index(field)
            tokens = int(np.count_nonzero(self._vocabulary.kind == kind))
            yield tokens + 1, partial(self._field, kind)

    def _field(self, kind: int, features: Features, times: Clock) -> Column:
        """Return which of its tokens a field of the header has; the last class: none yet."""
        number = _xp(times).asarray(_numbers(self._vocabulary, kind))
        found: Any = number[features.header[..., kind]]
        return found

    @property
    def _repeats(self) -> int:
        sections: int = self._vocabulary.repeats.shape[1]
        return sections + 1

    def _repeat(self, ahead: int, features: Features, times: Clock) -> Column:
        """Return how many sections back lies the last one like a section, by the header's form.

        It is the section under way, or a later one by ``ahead``; 0: it is new; the last class: the
        form says nothing of it.
        """
        number = _section(features, times) + ahead
        return _said(self._said_repeats, features, number) % self._repeats

    @cached_property
    def _said_repeats(self) -> Int[np.ndarray, "tokens_and_none sections_and_none"]:
        return _with_nothing(self._vocabulary.repeats)

    def _repeats_now_and_next(self, features: Features, times: Clock) -> Column:
        now, then = (self._repeat(ahead, features, times) for ahead in (0, 1))
        found: Any = now * self._repeats + then
        return found

    def _close(self, features: Features, times: Clock) -> Column:
        """Return whether the section under way closes on the tonic; 2: nothing is said of it."""
        number, first_ones = _section(features, times), self._vocabulary.closes.shape[1] - 1
        is_last = number == self._total(features) // SECTION - 1
        is_last &= "measures" in self.header
        xp = _xp(times)
        beyond = xp.where(is_last, first_ones, -1)
        number = xp.where(number < first_ones, number, beyond)
        return _said(self._said_closes, features, number) % _CLOSES

    @cached_property
    def _said_closes(self) -> Int[np.ndarray, "tokens_and_none sections_and_none"]:
        return _with_nothing(self._vocabulary.closes)

    @property
    def _vocabulary(self) -> Vocabulary:
        return self.lookback.representation.vocabulary

    @cached_property
    def _positions(self) -> int:
        longest = int(self._vocabulary.measure.max())
        return min(_POSITIONS, max(longest, self.lookback.representation.measure_ticks))

    def _consumed(self, features: Features, times: Clock) -> Column:
        """Return the last token; `Vocabulary.none` for a field of a header that is no input."""
        found: Any = _xp(times).asarray(self._shown)[features.token]
        return found

    @cached_property
    def _shown(self) -> Int[np.ndarray, " tokens_and_none"]:
        """The input that each token is."""
        vocabulary = self._vocabulary
        left_out = [k for k in range(vocabulary.headers) if vocabulary.kinds[k] not in self.header]
        hidden = np.append(np.isin(vocabulary.kind, left_out), False)
        return np.where(hidden, vocabulary.none, np.arange(vocabulary.size + 1))

    def _position(self, features: Features, times: Clock) -> Column:
        found: Any = _xp(times).minimum(times.tick, self._positions - 1)
        return found

    def _to_barline(self, features: Features, times: Clock) -> Column:
        """Return the ticks up to the next barline, less one."""
        found: Any = _xp(times).minimum(times.length - times.tick, self._positions) - 1
        return found

    def _sixteenths(self, features: Features, times: Clock) -> Column:
        return self._to_barline(features, times) // _SIXTEENTH

    def _measure(self, features: Features, times: Clock) -> Column:
        found: Any = times.measure % self.phrase + self.phrase * features.upbeat
        return found

    def _to_go(self, features: Features, times: Clock) -> Column:
        """Return the measures left, the one under way included; one more class if unknown."""
        total = self._total(features)
        xp = _xp(times)
        left = xp.clip(total + features.upbeat - times.measure, 0, _TO_GO)
        return xp.where(total > 0, left, _TO_GO + 1)

    def _total(self, features: Features) -> Column:
        """Return the measures that the header says a tune to have; 0 if it says nothing."""
        xp = features.header.__array_namespace__()
        measures = xp.asarray(np.append(self._vocabulary.measures, 0))
        found: Any = xp.max(measures[features.header], axis=-1, initial=0)
        return found

    def _to_go_in_eighths(self, features: Features, times: Clock) -> Column:
        found: Any = self._to_go(features, times) * _EIGHTHS + _eighth(times)
        return found


def inputs_of(
    settings: Mapping[str, Any], representation: Representation
) -> tuple[InputClasses, dict[str, Any]]:
    """Take the inputs from what ``settings.json`` holds of a network; return the rest of it too."""
    rest = dict(settings)
    lookback = Lookback(
        representation,
        horizon=horizon(representation, rest.pop("context")),
        measures=tuple(rest.pop("lookbacks")),
        last=rest.pop("last_token"),
        longest=rest.pop("longest_match"),
    )
    inputs = InputClasses(
        lookback,
        metrical_position=rest.pop("metrical_position"),
        phrase=rest.pop("phrase"),
        header=tuple(rest.pop("header")),
        measures_to_go=rest.pop("measures_to_go"),
        section=rest.pop("section"),
        intervals=rest.pop("intervals"),
    )
    return inputs, rest


def _xp(times: Clock) -> Any:
    """Return the namespace of arrays: NumPy's or JAX's."""
    return times.tick.__array_namespace__()


@cache
def _numbers(vocabulary: Vocabulary, kind: int) -> Int[np.ndarray, " tokens_and_none"]:
    """Return the number of each token among those of its kind; others have the one after."""
    of_kind = np.append(vocabulary.kind == kind, False)
    return np.where(of_kind, np.cumsum(of_kind) - 1, np.count_nonzero(of_kind))


def _rows(
    blocks: Iterable[Block], features: Features, times: Clock
) -> Int[Any, "*time batch kinds"]:
    """Return the class of each block, counted through all of them."""
    first, columns = 0, []
    for size, values in blocks:
        columns.append(first + values(features, times))
        first += size
    return _xp(times).stack(columns, axis=-1)


def _section(features: Features, times: Clock) -> Column:
    """Return which section is under way; −1: the upbeat before the first one."""
    found: Any = (times.measure - features.upbeat) // SECTION
    return found


def _with_nothing(
    table: Int[np.ndarray, "tokens sections"],
) -> Int[np.ndarray, "tokens+1 sections+1"]:
    """Add to what headers say of sections a token and a section of which nothing is said: −1."""
    return np.pad(table, ((0, 1), (0, 1)), constant_values=-1)


def _said(table: Int[np.ndarray, "tokens sections"], features: Features, number: Column) -> Column:
    """Return what a header says of a section; −1: nothing, or there is no such section.

    Args:
        table: of `_with_nothing`.
        features: whose header.
        number: of the section.
    """
    xp, none = number.__array_namespace__(), table.shape[1] - 1
    said = xp.max(xp.asarray(table)[features.header], axis=-2)
    number = xp.where(number < 0, none, xp.minimum(number, none))
    found: Any = xp.take_along_axis(said, number[..., None], axis=-1)[..., 0]
    return found


def tonic(vocabulary: Vocabulary, header: Int[Any, "*rows headers"]) -> Int[Any, "*rows"]:
    """Return the pitch class of the tonic as tokens have it; −1 if the header names none."""
    xp = header.__array_namespace__()
    named = xp.asarray(np.append(vocabulary.tonic, 0))[header].max(axis=-1)
    return xp.where(named > 0, 0, -1) if vocabulary.relative else named - 1


def _measure_of(section: int, features: Features, times: Clock) -> Column:
    """Return which measure of a section of so many is under way, from 0 on."""
    found: Any = (times.measure - features.upbeat) % section
    return found


def _place_in(section: int, features: Features, times: Clock) -> Column:
    """Return which eighth of a measure of a section is under way, from 0 on."""
    return _measure_of(section, features, times) * _EIGHTHS + _eighth(times)


def _eighth(times: Clock) -> Column:
    """Return which eighth of its measure is under way, from 0 on."""
    found: Any = _EIGHTHS * times.tick // times.length
    return found


def _column(name: str, number: int, features: Features, times: Clock) -> Column:
    found: Any = getattr(features, name)[..., number]
    return found


def _interval(features: Features, times: Clock) -> Column:
    """Return the interval between the last two pitches, that of a unison where one is missing."""
    pitch, previous = features.pitch, features.previous_pitch
    both = (pitch != NO_PITCH) & (previous != NO_PITCH)
    xp = pitch.__array_namespace__()
    return xp.where(both, xp.clip(pitch - previous, -WIDEST, WIDEST), 0) + WIDEST
