"""Constraints on generated tunes: the tokens that may come next at each moment."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Int

from nottingham.errors import InputError
from nottingham.music import keys
from nottingham.music.limits import HIGHEST_PITCH, LOWEST_PITCH
from nottingham.representation import Representation
from nottingham.representation.clock import Clock
from nottingham.representation.vocabulary import NO_PITCH

_PITCHES = np.arange(LOWEST_PITCH, HIGHEST_PITCH + 1)


@dataclass(frozen=True)
class Constraints:
    """A `models.sampling.Constraint`; by default every token is allowed."""

    key: str = ""
    """As in ``D major``: all notes are of its scale."""
    lowest: int = LOWEST_PITCH
    highest: int = HIGHEST_PITCH
    """MIDI numbers, both included."""
    ends_on_tonic: bool = False
    """Whether the last half measure holds nothing but the tonic."""
    fills_last_measure: bool = False
    """Whether the last measure begins with a note: with rests alone, it would be no measure."""

    def __post_init__(self) -> None:
        """Refuse constraints that no tune can meet.

        Raises:
            InputError: saying why.
        """
        if self.lowest > self.highest:
            raise InputError(f"no pitch lies between {self.lowest} and {self.highest}")
        if self.ends_on_tonic and not self.key:
            raise InputError("to end on the tonic, a tune needs a key: name one")
        if not self._of_key(_PITCHES).any():
            raise InputError(f"{self._range()}: no note of {self.key} lies there; widen it")
        if self.ends_on_tonic and not self._tonics(_PITCHES).any():
            raise InputError(
                f"{self._range()}: no tonic of {self.key} lies there to end on; widen it"
            )

    def allowed(self, representation: Representation, times: Clock, ends: Any) -> Any:
        """Return which tokens may come next; see `models.sampling.Constraint`."""
        pitches, measure = representation.vocabulary.pitch, representation.measure_ticks
        xp = times.tick.__array_namespace__()
        silent = pitches == NO_PITCH
        now = (times.measure * measure + times.tick)[:, None]
        found = xp.asarray((silent | self._of_key(pitches))[None])
        if self.ends_on_tonic:
            closing = now >= ends[:, None] - (measure + 1) // 2
            closing &= now < ends[:, None]
            found = xp.where(closing, xp.asarray(self._tonics(pitches)), found)
        if self.fills_last_measure:
            last_barline = now == ((ends - 1) // measure * measure)[:, None]
            found = found & ~(last_barline & xp.asarray(silent))
        return found

    def _of_key(self, pitches: Int[np.ndarray, " n"]) -> Bool[np.ndarray, " n"]:
        inside: np.ndarray = (self.lowest <= pitches) & (self.highest >= pitches)
        if self.key:
            inside &= np.isin(pitches % 12, sorted(keys.scale(self.key)))
        inside &= pitches != NO_PITCH
        return inside

    def _tonics(self, pitches: Int[np.ndarray, " n"]) -> Bool[np.ndarray, " n"]:
        found: np.ndarray = self._of_key(pitches)
        if self.key:
            found &= keys.tonic(self.key) == pitches % 12
        return found

    def _range(self) -> str:
        return f"from {self.lowest} to {self.highest} (MIDI numbers)"


NOTHING = Constraints()
"""Every token is allowed."""
