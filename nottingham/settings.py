"""What the settings classes of all rooms share: strict, frozen, with numbers as DVC writes them.

Settings modules only check values. What a setting is worth stands in ``params.yaml``, which DVC
compares by itself; no default is given here.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def whole(value: Any) -> Any:
    """Read 200.0, which is how ``dvc exp run -S key=2e2`` arrives, as the integer 200."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _number(value: Any) -> Any:
    """Read the text "1e-05" as the number it spells."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


Int = Annotated[int, BeforeValidator(whole), BeforeValidator(_number)]
Float = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_number)]
Seed = Annotated[Int, Field(ge=0, lt=2**32)]
Place = Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^[^\x00]*$")]
"""A path, or a name that may stand where a path does."""
Name = Annotated[str, Field(max_length=64, pattern=r"^[a-z][a-z0-9-]*$")]
"""A model's, which is also that of a folder."""


class Settings(BaseModel):
    """A section: frozen, complete, nothing unknown, nothing coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
