"""The settings of the stage listen."""

from typing import Annotated

from pydantic import Field

from nottingham.settings import Int, Name, Seed, Settings


class ListenSettings(Settings):
    """The page on which the tunes are heard, and its blind test."""

    tunes: Annotated[Int, Field(ge=1, le=100)]
    """How many tunes are shown of each model, begun alike, if there are as many."""
    pairs: Annotated[Int, Field(ge=0, le=100)]
    """How many pairs the blind test has, of the tunes that are left; 0: there is none."""
    blind: Annotated[list[Name], Field(min_length=1, max_length=100)]
    """The models that are set against people there: each in as many pairs, or one more."""
    seed: Seed
    """Draws the tunes, the pairs, and which of a pair comes first."""
