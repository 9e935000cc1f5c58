"""The tokens of a representation, described by integer tables.

NumPy and a compiled scan look the tables up alike: ``table[tokens]``. Everything that models,
training, evaluation and generation need of a token is in them, so that none of these
depends on how a representation spells music.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from jaxtyping import Bool, Int, Integer

NO_PITCH = 0
"""The entry of `Vocabulary.pitch` for a token without pitch: a rest, a duration, an end."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The tokens from 0 on; each table has an entry for each token."""

    names: Sequence[str]
    """For people: ``rest``, ``C4``, ``1/8``, ``Am7``."""
    pitch: Int[np.ndarray, " tokens"]
    """The MIDI number of a token, or `NO_PITCH`."""
    ticks: Int[np.ndarray, " tokens"]
    """By how many ticks a token moves the clock: a step of a grid 1, a pitch 0, a duration its
    length."""
    kinds: Sequence[str]
    """Of tokens, by name: ``pitch``, ``duration``."""
    kind: Int[np.ndarray, " tokens"]
    """What a token is, as an index of `kinds`."""
    follows: Bool[np.ndarray, "kinds kinds"]
    """The grammar: whether a token of the second kind may follow one of the first."""
    begins: Bool[np.ndarray, " kinds"]
    """The grammar: whether a token of a kind may begin a tune."""
    headers: int
    """Kinds below this number are the fields of a tune's header, each of which it has once."""
    measure: Int[np.ndarray, " tokens"]
    """The ticks of a measure from a token on, which is a meter; 0: as before."""
    measures: Int[np.ndarray, " tokens"]
    """The measures that a token says a tune to have, without an upbeat; 0: it says nothing."""
    repeats: Int[np.ndarray, "tokens sections"]
    """Of a token that says a tune's form: for each section how many sections before it the last
    like it lies, 0 if there is none; −1: nothing is said of it."""
    closes: Int[np.ndarray, "tokens sections"]
    """Of a token that says how a tune's sections end: 1 for each that closes on the tonic, else 0;
    −1: nothing is said of it. The last column is of the last section of a tune that has as many
    sections as there are columns, or more."""
    tonic: Int[np.ndarray, " tokens"]
    """The pitch class of a token that names the tonic, plus 1; 0: it names none."""
    relative: bool
    """Whether pitches are relative to the tonic: a transposed tune has the same."""

    @property
    def size(self) -> int:
        """The number of tokens."""
        return len(self.names)

    @property
    def none(self) -> int:
        """The number for a missing token: one more than the last token's."""
        return self.size

    @cached_property
    def dtype(self) -> np.dtype:
        """The smallest unsigned integers that hold every token and `none`."""
        return np.min_scalar_type(self.none)

    @cached_property
    def pitch_or_none(self) -> Int[np.ndarray, " tokens_and_none"]:
        """`pitch` with an entry for `none`."""
        return np.append(self.pitch, NO_PITCH)

    @cached_property
    def ends(self) -> Bool[np.ndarray, " tokens"]:
        """Which tokens end a tune: nothing may follow them."""
        last: np.ndarray = ~np.any(self.follows, axis=1)
        ends: np.ndarray = last[self.kind]
        return ends

    @cached_property
    def may_follow(self) -> Bool[np.ndarray, "tokens_and_none tokens"]:
        """Which tokens may follow each token, and `none`, the start of a tune.

        A token that nothing may follow, an end, repeats itself.
        """
        after = self.follows[self.kind][:, self.kind]
        after |= np.eye(self.size, dtype=bool) & self.ends[:, None]
        return np.concatenate([after, self.begins[None, self.kind]])

    @cached_property
    def only_durations(self) -> Bool[np.ndarray, " tokens_and_none"]:
        """After which tokens, and `none`, only durations may follow: tokens that do but last."""
        durations = (self.ticks > 0) & (self.pitch == NO_PITCH)
        found: np.ndarray = ~np.any(self.may_follow[:, ~durations], axis=1)
        return found

    @property
    def lowest_pitch(self) -> int:
        """The lowest MIDI number of a token."""
        return int(self.pitch[self.pitch != NO_PITCH].min())

    @property
    def highest_pitch(self) -> int:
        """The highest MIDI number of a token."""
        return int(self.pitch.max())

    def transposition(self, most: int) -> Int[np.ndarray, "shifts tokens_and_none"]:
        """Return a table of transposed tokens.

        Args:
            most: semitones, up and down.

        Returns:
            In row ``most + n`` and column t the token of t's kind whose pitch or tonic is n
            semitones higher; t itself where t has none, where no token has that one, or where
            pitches are relative. `none` stays.
        """
        by_pitch = {
            (int(kind), int(pitch)): token
            for token, (kind, pitch) in enumerate(zip(self.kind, self.pitch, strict=True))
            if pitch != NO_PITCH and not self.relative
        }
        by_class = {int(self.tonic[t]) - 1: int(t) for t in np.flatnonzero(self.tonic)}
        table = np.tile(np.arange(self.size + 1), (2 * most + 1, 1))
        for row, shift in enumerate(range(-most, most + 1)):
            for (kind, pitch), token in by_pitch.items():
                table[row, token] = by_pitch.get((kind, pitch + shift), token)
            for tonic, names_it in by_class.items():
                table[row, names_it] = by_class.get((tonic + shift) % 12, names_it)
        return table.astype(np.int32)

    def check(self, tokens: Integer[np.ndarray, "..."] | np.ndarray) -> None:
        """Refuse arrays, such as ``[time]``, that are not of tokens.

        Raises:
            ValueError: if a value is outside the vocabulary or no integer.
        """
        if tokens.dtype.kind not in "iu":
            raise ValueError(f"tokens are integers from 0 to {self.size - 1}, not {tokens.dtype}")
        if tokens.size and not 0 <= tokens.min() <= tokens.max() < self.size:
            raise ValueError(
                f"tokens from {tokens.min()} to {tokens.max()}; there are those from 0 to "
                f"{self.size - 1}"
            )


@cache
def named(vocabulary: Vocabulary, name: str) -> Bool[np.ndarray, " tokens"]:
    """Return which tokens have a name: one or none."""
    return np.array([one == name for one in vocabulary.names])
