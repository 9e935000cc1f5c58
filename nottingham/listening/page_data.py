"""What the page is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from nottingham.generation.samples import Samples
from nottingham.music.tune import Tune
from nottingham.representation import Representation

FILES = "samples"
"""The folder beside the page that has its files."""


@dataclass(frozen=True)
class PageData:
    """Tunes, and what is known of them."""

    samples: Samples
    tunes: Mapping[str, Tune]
    """The tunes of the corpus, by id."""
    representation: Representation
    bits: Mapping[str, Sequence[Sequence[float]]]
    """How surprising each measure of each shown tune is, by the model that wrote it, or `REAL`."""
    judge: str
    """The model to which the real tunes are so surprising."""
    matches: Mapping[str, Sequence[Mapping[str, Any]]]
    """What each sample has in common with training tunes, by model: see ``novelty.json``."""

    @property
    def given(self) -> int:
        """The measures that a real tune gave, whole or in part, before a model went on."""
        return ceil(self.representation.window / self.representation.measure_ticks)
