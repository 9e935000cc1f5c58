"""The settings of the stage sample."""

from typing import Annotated

from pydantic import Field

from nottingham.settings import Float, Int, Seed, Settings


class SampleSettings(Settings):
    """The tunes that the models write."""

    tunes: Annotated[Int, Field(ge=1, le=1000)]
    """How many test tunes are continued by each model, if there are as many."""
    steps: Annotated[Int, Field(ge=1, le=100_000)]
    """New steps after the first 32 of a test tune."""
    temperature: Annotated[Float, Field(ge=0.01, le=100)]
    """Below 1 the likely gets likelier, above 1 the unlikely."""
    seed: Seed
