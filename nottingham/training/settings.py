"""The settings of a training: a section of ``train``."""

from typing import Annotated, Literal

from pydantic import Field

from nottingham.models.recurrent.settings import NetworkSettings
from nottingham.settings import Float, Int, Seed


class TrainingSettings(NetworkSettings):
    """A recurrent network and its training."""

    objective: Literal["last-step", "every-step"]
    """Loss on the 33rd step of 32-step windows only, or on every step of longer segments."""
    segment: Annotated[Int, Field(ge=2, le=4096)]
    """Tokens in a training segment of the every-step objective."""
    batch: Annotated[Int, Field(ge=1, le=65536)]
    """Windows or segments in an update."""
    epochs: Annotated[Int, Field(ge=1, le=100_000)]
    """An epoch takes as many loss terms as the training tunes have targets."""
    learning_rate: Annotated[Float, Field(gt=0, le=1)]
    """The peak of a schedule that warms up and then falls along a cosine."""
    dropout: Annotated[Float, Field(ge=0, lt=1)]
    """Variational dropout: the share of units that each training segment does without."""
    transpose: Annotated[Int, Field(ge=0, le=24)]
    """Each training segment is shifted by up to this many semitones either way."""
    keep: Literal["best", "last"]
    """Whether the weights of the epoch with the best validation log-loss are kept, or the last."""
    seed: Seed
