"""The settings of the stage sample."""

from typing import Annotated

from pydantic import Field

from nottingham.settings import Float, Int, Seed, Settings


class SampleSettings(Settings):
    """The samples of the models."""

    tunes: Annotated[Int, Field(ge=1, le=1000)]
    """Test tunes that each model continues; all, if there are fewer."""
    steps: Annotated[Int, Field(ge=1, le=100_000)]
    """Tokens generated after the first window of a test tune."""
    temperature: Annotated[Float, Field(ge=0.01, le=100)]
    """Below 1, likely tokens are drawn more often; above 1, unlikely ones."""
    seed: Seed
