"""Models: anything that gives the next token's probabilities; see `base`."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nottingham.models.base import Model
    from nottingham.representation import Representation


def load(
    path: Path | str, *, representation: "Representation | None" = None, compiled: bool = True
) -> "Model":
    """Read a model from its folder; see `registry.load`."""
    from nottingham.models import registry  # here: what a training imports needs no registry

    return registry.load(path, representation=representation, compiled=compiled)
