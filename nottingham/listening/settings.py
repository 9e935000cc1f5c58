"""The settings of the stage listen."""

from typing import Annotated, Literal

from pydantic import Field

from nottingham.settings import Int, Name, Seed, Settings


class ListenSettings(Settings):
    """The page on which the tunes are heard, and its blind test."""

    tunes: Annotated[Int, Field(ge=1, le=100)]
    """Tunes shown of each model, with the same beginnings; all, if there are fewer."""
    pairs: Annotated[Int, Field(ge=0, le=100)]
    """Pairs of the blind test, from the tunes that are left; 0: there is no test."""
    blind: Annotated[list[Name], Field(min_length=1, max_length=100)]
    """The models of the blind test, each in the same number of pairs, or one more.

    The surprisal of the real tunes is to the first.
    """
    sound: Literal["tone", "fluidsynth"]
    """A plain tone, the same on every machine, or FluidSynth, which must be installed."""
    seed: Seed
    """Draws the tunes, the pairs, and which of a pair comes first."""
