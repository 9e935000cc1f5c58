"""What a tune is to obey, as the tokens that each of its steps may have."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

from nottingham.errors import InputError
from nottingham.music import keys
from nottingham.representation import vocabulary

_PITCHES = np.arange(vocabulary.LOWEST_PITCH, vocabulary.HIGHEST_PITCH + 1)


@dataclass(frozen=True)
class Constraints:
    """What is asked for; nothing is, by default."""

    key: str = ""
    """As in ``D major``: all notes are of its scale."""
    lowest: int = vocabulary.LOWEST_PITCH
    highest: int = vocabulary.HIGHEST_PITCH
    """MIDI numbers, both included."""
    ends_on_tonic: bool = False
    """Whether the last half measure holds nothing but the tonic."""

    def __post_init__(self) -> None:
        """Refuse what no tune can obey.

        Raises:
            InputError: saying why.
        """
        if self.lowest > self.highest:
            raise InputError(f"no pitch lies between {self.lowest} and {self.highest}")
        if self.ends_on_tonic and not self.key:
            raise InputError("to end on the tonic, a tune needs a key: name one")
        if not self._notes().any():
            raise InputError(f"{self._range()}: no note of {self.key} lies there; widen it")
        if self.ends_on_tonic and not self._tonics().any():
            raise InputError(
                f"{self._range()}: no tonic of {self.key} lies there to end on; widen it"
            )

    def allowed(
        self, ends: Int[np.ndarray, " tunes"], *, first: int, steps_per_measure: int
    ) -> Bool[np.ndarray, "steps tunes vocabulary"]:
        """Give the tokens that each new step of some tunes may have.

        Args:
            ends: how many steps each tune has in all.
            first: the place of the first new step; it is before all ends.
            steps_per_measure: the grid.

        Returns:
            A row for each step from ``first`` to the last end.
        """
        place = first + np.arange(ends.max() - first)[:, None]
        anything = np.concatenate([[True], self._notes()])
        if not self.ends_on_tonic:
            return np.broadcast_to(anything, (*(place < ends).shape, vocabulary.SIZE))
        closing = (place >= ends - (steps_per_measure + 1) // 2) & (place < ends)
        return np.where(closing[..., None], np.concatenate([[False], self._tonics()]), anything)

    def _notes(self) -> Bool[np.ndarray, " keys"]:
        inside = (self.lowest <= _PITCHES) & (self.highest >= _PITCHES)
        if not self.key:
            return inside
        return inside & np.isin(_PITCHES % 12, sorted(keys.scale(self.key)))

    def _tonics(self) -> Bool[np.ndarray, " keys"]:
        return self._notes() & (keys.tonic(self.key) == _PITCHES % 12)

    def _range(self) -> str:
        return f"from {self.lowest} to {self.highest} (MIDI numbers)"


NOTHING = Constraints()
"""Nothing is asked for."""
