"""The settings of a training: the part of a section of ``train`` that describes it."""

from typing import Annotated, Literal

from pydantic import Field

from nottingham.settings import Float, Int, Name, Place, Seed, Settings


class TrainingSettings(Settings):
    """The training of a network, whatever its architecture."""

    objective: Literal["last-step", "every-step"]
    """Loss on the 33rd step of 32-step windows only, or on every step of longer segments."""
    segment: Annotated[Int, Field(ge=2, le=4096)]
    """Tokens in a training segment of the every-step objective."""
    batch: Annotated[Int, Field(ge=1, le=65536)]
    """Windows or segments in an update."""
    epochs: Annotated[Int, Field(ge=1, le=100_000)]
    """Passes over the training targets: an epoch has one loss term for each."""
    learning_rate: Annotated[Float, Field(gt=0, le=1)]
    """The peak of a schedule that warms up and then falls along a cosine."""
    dropout: Annotated[Float, Field(ge=0, lt=1)]
    """Variational dropout: the share of units that are dropped in each training segment."""
    transpose: Annotated[Int, Field(ge=0, le=24)]
    """Each training segment is shifted by up to this many semitones either way."""
    balance: Annotated[Float, Field(ge=0, le=1)]
    """How often tunes of several corpora are trained on: those of a corpus in proportion to this
    power of its size. 1: every tune alike; 0: every corpus alike."""
    corpus: Place | None
    """Of several, the one that is trained on; null: all of them."""
    start: Name | None
    """The network of this pipeline whose weights it begins with, which must begin with random
    ones; null: such. In ``dvc.yaml``, its training depends on ``models/<start>``."""
    keep: Literal["best", "last"]
    """Whether the weights of the epoch with the best validation log-loss are kept, or the last."""
    seed: Seed
