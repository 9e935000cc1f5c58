"""Requests for tunes, and the settings of the draws where a request leaves them out."""

from dataclasses import dataclass, replace
from typing import Any

from nottingham.generation.constraints import NOTHING, Constraints
from nottingham.models.sampling import AS_PREDICTED, SamplingConfig
from nottingham.representation import Representation

MOST_BARS = 512
"""Measures of the longest tune that can be requested."""
TEMPERATURE, TEMPERATURE_CONTINUED = 1.0, 0.7
"""The usual temperature, and that of models of notes that continue a primer."""
GUIDANCE, TOP_P = 1.3, 0.95
"""The usual weight of header and position, and share of tokens by probability."""
GUIDANCE_OF_SEVERAL, TOP_P_OF_SEVERAL = 1.1, 1.0
"""Those of models of several corpora."""


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
    """The corpus whose style the tunes have; empty: any. For models of several corpora."""
    form: str = ""
    """One of `forms.NAMES`; empty: any. For models with a header."""
    constraints: Constraints = NOTHING
    sampling: SamplingConfig = AS_PREDICTED


def usual_sampling(
    representation: Representation, *, primed: bool, **requested: float | None
) -> SamplingConfig:
    """Return the settings of the draws that were chosen on validation, as in ``params.yaml``.

    Args:
        representation: of the model.
        primed: whether the model continues a primer.
        requested: fields of the settings that replace the usual ones; None: it does not.
    """
    continued = primed and representation.vocabulary.headers
    several = bool(representation.corpora)
    usual = SamplingConfig(
        TEMPERATURE_CONTINUED if continued else TEMPERATURE,
        top_p=TOP_P_OF_SEVERAL if several else TOP_P,
        guidance=GUIDANCE_OF_SEVERAL if several else GUIDANCE,
    )
    changes: dict[str, Any] = {k: v for k, v in requested.items() if v is not None}
    return replace(usual, **changes)


def usual_corpus(representation: Representation) -> str:
    """Return the first corpus of a model of several, on which it is evaluated; else nothing."""
    return next(iter(representation.corpora), "")
