"""The settings of the stage window."""

from typing import Annotated, Literal

from pydantic import Field

from nottingham.settings import Float, Int, Place, Seed, Settings


class WindowSettings(Settings):
    """How tunes become tokens, and which tunes train, validate and test."""

    steps_per_measure: Annotated[Int, Field(ge=1, le=96)]
    """Of the grid."""
    relative_pitch: bool
    """Whether the pitches of notes are relative to the tonic."""
    train_share: Annotated[Float, Field(gt=0, lt=1)]
    """Share of the tunes that train, validation included; the rest tests."""
    valid_share: Annotated[Float, Field(gt=0, lt=1)]
    """Share of the training tunes that validates instead."""
    used_share: Annotated[Float, Field(gt=0, le=1)]
    """Share of the remaining training tunes that train; the others sit out: a learning curve."""
    split: Literal["grouped", "random"]
    """Whether duplicates stay on one side, or fall where they may, as on the poster."""
    seed: Seed
    max_shared: Annotated[Float, Field(ge=0, le=1)]
    """Training tunes that share more with a held-out tune of another corpus are left out: passages
    that both have, by those of the one that has fewer."""
    split_file: Place | None
    """A YAML or JSON file with lists of tune ids under train, valid and test; null: hashed."""
