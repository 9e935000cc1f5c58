"""Tunes as tokens and back; `base` says what a representation is."""

from collections.abc import Mapping
from typing import Any

from nottingham.representation.base import Representation
from nottingham.representation.grid import Grid

__all__ = ["REPRESENTATIONS", "Representation", "from_settings"]

REPRESENTATIONS = {"grid": Grid}
"""By the name in their settings."""


def from_settings(settings: Mapping[str, Any]) -> Representation:
    """Build the representation that `Representation.settings` describes.

    Raises:
        ValueError: if it describes none.
    """
    given = dict(settings)
    kind = REPRESENTATIONS.get(str(given.pop("name", None)))
    if kind is None:
        raise ValueError(f"{settings!r} is no representation")
    try:
        return kind(**given)
    except TypeError as error:
        raise ValueError(f"{settings!r} is no representation: {error}") from error
