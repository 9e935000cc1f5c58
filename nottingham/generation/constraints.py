"""Constraints on generated tunes: the tokens that may come next at each moment."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nottingham.errors import InputError
from nottingham.models.sampling import Limits
from nottingham.music import keys
from nottingham.music.limits import HIGHEST_PITCH, LOWEST_PITCH
from nottingham.representation import Representation
from nottingham.representation.clock import Clock
from nottingham.representation.vocabulary import NO_PITCH, named

_PITCHES = np.arange(LOWEST_PITCH, HIGHEST_PITCH + 1)


@dataclass(frozen=True)
class Constraints:
    """A `models.sampling.Constraint`; by default every token is allowed."""

    key: str = ""
    """As in ``D major``."""
    scale: bool = True
    """Whether all notes are of the key's scale."""
    lowest: int = LOWEST_PITCH
    highest: int = HIGHEST_PITCH
    """MIDI numbers, both included."""
    ends_on_tonic: bool = False
    """Whether the last half measure holds nothing but the tonic."""
    fills_last_measure: bool = False
    """Whether a note sounds at the last barline: a measure of rests alone would not count."""

    def __post_init__(self) -> None:
        """Refuse constraints that no tune can meet.

        Raises:
            InputError: saying why.
        """
        if self.lowest > self.highest:
            raise InputError(f"no pitch lies between {self.lowest} and {self.highest}")
        if not self._of_key(_PITCHES).any():
            raise InputError(f"{self._range()}: no note of {self.key} lies there; widen it")
        if not self.ends_on_tonic or not self.key:
            return
        if not self._tonics(_PITCHES, keys.tonic(self.key)).any():
            raise InputError(
                f"{self._range()}: no tonic of {self.key} lies there to end on; widen it"
            )

    def allowed(
        self, representation: Representation, times: Clock, limits: Limits, begun: Any, last: Any
    ) -> Any:
        """Return which tokens may come next; see `models.sampling.Constraint`."""
        vocabulary, xp = representation.vocabulary, times.tick.__array_namespace__()
        pitches = xp.asarray(vocabulary.pitch) + limits.shifts[:, None]
        silent = vocabulary.pitch == NO_PITCH
        is_rest, is_tie = named(vocabulary, "rest"), named(vocabulary, "tie")
        now, ends = (times.measure * times.length + times.tick)[:, None], limits.ends[:, None]
        length, ticks = times.length[:, None], xp.asarray(vocabulary.ticks)
        begun = xp.asarray(begun)[:, None]
        if vocabulary.headers:  # the last measure makes up for an upbeat
            ends = ends + ((begun > 0) & (begun < length)) * begun
        found = xp.asarray(silent) | self._of_key(pitches)
        if self.ends_on_tonic:
            closing = ends - self._closing(length)
            within = (now >= closing) & (now < ends)
            found &= ~within | xp.asarray(silent & ~is_rest)
            found |= within & self._tonics(pitches, limits.tonics[:, None])
            found &= (now >= closing) | (now + ticks <= closing)
            found &= xp.asarray(~is_tie) | (now != closing)
            found &= xp.asarray(~vocabulary.ends) | (now > closing)
        if self.fills_last_measure:
            barline = (ends - 1) // length * length
            found &= (now != barline) | xp.asarray(~(is_rest | is_tie))
            found &= ~xp.asarray(vocabulary.ends) | (now > barline)
            # after a rest or a tie, a duration begins no new note
            prolongs = xp.asarray(np.append(is_rest | is_tie, False))[last][:, None]
            found &= ~prolongs | (now >= barline) | (now + ticks <= barline)
        if vocabulary.headers:  # tunes that end by themselves, in one meter
            change = (vocabulary.measure > 0) & (vocabulary.kind >= vocabulary.headers)
            end = vocabulary.ends
            header = vocabulary.kind < vocabulary.headers
            found &= ~xp.asarray(change) & (now + ticks <= ends)
            found &= ~xp.asarray(end) | (now > ends - length)
            found &= xp.asarray(end | header) | (now < ends)
            # a rest takes a tick at least, one that is tied a further one
            silence = xp.asarray(vocabulary.ticks + (is_rest | is_tie))
            found &= (begun >= 0) | (now + silence < length)  # before an upbeat: no whole measure
        return found

    def check_pitches(self, pitches: Any, tonics: Any) -> None:
        """Refuse a range in which a tune has no note to take.

        Args:
            pitches: that a model has for each tune, ``[batch, pitches]``.
            tonics: of each tune, a pitch class, ``[batch]``.

        Raises:
            InputError: naming the range.
        """
        tonic = self._tonics(pitches, tonics[:, None]) | (not self.ends_on_tonic)
        if not (self._of_key(pitches) & tonic).any(axis=1).all():
            raise InputError(f"{self._range()}: the model has too few notes there; widen it")

    @staticmethod
    def _closing(length: Any) -> Any:
        """Return the last half of a measure, in ticks."""
        return (length + 1) // 2

    def _of_key(self, pitches: Any) -> Any:
        """Return which pitches, ``[...]``, are allowed at all."""
        xp = pitches.__array_namespace__()
        inside = (self.lowest <= pitches) & (pitches <= self.highest)
        if self.key and self.scale:
            inside &= xp.isin(pitches % 12, xp.asarray(sorted(keys.scale(self.key))))
        return inside

    def _tonics(self, pitches: Any, tonic: Any) -> Any:
        """Return which of the allowed pitches, ``[...]``, are the tonic."""
        return self._of_key(pitches) & (pitches % 12 == tonic)

    def _range(self) -> str:
        return f"from {self.lowest} to {self.highest} (MIDI numbers)"


NOTHING = Constraints()
"""Every token is allowed."""
