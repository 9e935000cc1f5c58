"""The settings of the stage sample."""

from typing import Annotated

from pydantic import Field

from nottingham.settings import Float, Int, Place, Seed, Settings


class SampleSettings(Settings):
    """The samples of the models."""

    tunes: Annotated[Int, Field(ge=1, le=1000)]
    """Test tunes that each model continues; all, if there are fewer."""
    measures: Annotated[Int, Field(ge=5, le=512)]
    """Measures of a sample; the first four are a test tune's."""
    corpus: Place | None
    """Of several, the corpus whose test tunes are continued, and whose tunes new ones are to be
    like, and are compared with; null: all of them."""
    new: Annotated[Int, Field(ge=1, le=1000)]
    """Tunes of each dance, jig, reel, waltz and polka, that a model writes from nothing."""
    from_nothing: list[str]
    """The models that write such tunes."""
    temperature: Annotated[Float, Field(ge=0.01, le=100)]
    """Below 1, likely tokens are drawn more often; above 1, unlikely ones."""
    temperature_continued: Annotated[Float, Field(ge=0.01, le=100)]
    """The temperature of models of notes where they continue a primer."""
    top_p: Annotated[Float, Field(gt=0, le=1)]
    """Only the likeliest tokens that together have this probability are drawn; 1: all."""
    guidance: Annotated[Float, Field(ge=0, le=10)]
    """The weight of header and position against the notes before, in networks with logits of both;
    1: as trained. Those of form and endings take its cube."""
    seed: Seed
