"""What is asked for: the description of tunes to generate."""

from dataclasses import dataclass

from nottingham.generation.constraints import NOTHING, Constraints
from nottingham.models.sampling import AS_PREDICTED, SamplingConfig
from nottingham.representation import Representation

MOST_BARS = 512
"""Measures of the longest tune that can be requested."""
TEMPERATURE, TEMPERATURE_CONTINUED = 1.0, 0.7
"""The usual temperature, and that of models of notes that continue a primer."""


@dataclass(frozen=True)
class Request:
    """Describe the tunes to generate."""

    bars: int
    """Measures in all, with a primer's and without an upbeat."""
    count: int = 1
    first: int = 0
    """Tunes of the same seed before these, which are left out."""
    seed: int = 1
    meter: str = ""
    """As in ``6/8``; empty: the primer's, or any."""
    dance: str = ""
    """One of `dances.NAMES`; empty: the primer's, or any. For models with a header."""
    corpus: str = ""
    """Of which tunes are to be like; empty: any. For models of several."""
    form: str = ""
    """One of `forms.NAMES`; empty: any. For models with a header."""
    constraints: Constraints = NOTHING
    sampling: SamplingConfig = AS_PREDICTED


def usual_temperature(representation: Representation, *, primed: bool) -> float:
    """Return the temperature that was chosen on validation tunes, as in ``params.yaml``.

    Args:
        representation: of the model.
        primed: whether the model continues a primer.
    """
    return TEMPERATURE_CONTINUED if primed and representation.vocabulary.headers else TEMPERATURE


def usual_corpus(representation: Representation) -> str:
    """Return the first corpus of a model of several, by which it is judged; else nothing."""
    return next(iter(representation.corpora), "")
