"""Tunes as tokens and back; `base` says what a representation is."""

from collections.abc import Mapping
from typing import Any

from nottingham.representation.base import Representation
from nottingham.representation.grid import Grid
from nottingham.representation.notes import Notes

__all__ = ["REPRESENTATIONS", "Grid", "Notes", "Representation", "from_settings"]

REPRESENTATIONS: dict[str, Any] = {"grid": Grid, "notes": Notes}
"""By the name in their settings."""


def from_settings(settings: Any) -> Representation:
    """Build the representation that `Representation.settings` describes.

    Args:
        settings: as a file has them; anything else is refused.

    Raises:
        ValueError: if it describes none.
    """
    if not isinstance(settings, Mapping) or str(settings.get("name")) not in REPRESENTATIONS:
        raise ValueError(f"{settings!r} is no representation")
    given = {key: value for key, value in settings.items() if key != "name"}
    try:
        found: Representation = REPRESENTATIONS[settings["name"]](**given)
    except TypeError as error:
        raise ValueError(f"{settings!r} is no representation: {error}") from error
    return found
