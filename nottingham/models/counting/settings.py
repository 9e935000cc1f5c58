"""The settings of models that count."""

from typing import Annotated

from pydantic import Field

from nottingham.settings import Float, Int, Settings


class NgramSettings(Settings):
    """The candidates among which validation chooses."""

    max_order: Annotated[Int, Field(ge=1, le=8)]
    """Every n from 1 to this is counted."""
    smoothing: Annotated[
        list[Annotated[Float, Field(ge=1e-9, le=1e9)]], Field(min_length=1, max_length=100)
    ]
    """Values of c in (count + c) / (total + c k)."""
