"""The data of the listening page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nottingham.formats.audio import Synthesizer
from nottingham.generation.samples import Samples
from nottingham.music.tune import Tune

FILES = "samples"
"""The folder beside the page that has its files."""
BASELINES = ("random", "hold")
"""Models that are there to be compared with in figures; the page hides them at first."""


@dataclass(frozen=True)
class PageData:
    """Tunes and their measures."""

    samples: Samples
    tunes: Mapping[str, Tune]
    """The tunes of the corpus, by id."""
    bits: Mapping[str, Sequence[Sequence[float]]]
    """The surprisal of each measure of each shown tune, in bits, by its model or `REAL`."""
    judge: str
    """The model whose surprisal the real tunes have."""
    synthesizer: Synthesizer
    """Of the sounds."""
    matches: Mapping[str, Sequence[Mapping[str, Any]]]
    """What each sample has in common with training tunes, by model: see ``originality.json``."""
    baselines: Sequence[str] = BASELINES
    """Models whose tunes are hidden at first."""
