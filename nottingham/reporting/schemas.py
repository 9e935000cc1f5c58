"""The JSON documents that stages exchange, read and checked.

Only the keys that readers use are declared; a document is returned as it was written.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from nottingham.errors import InputError
from nottingham.evaluation.metrics import BINS
from nottingham.files import read_json

_FIGURES = frozenset(
    f"{kind}{name}" for kind in ("", "familiar_", "new_") for name in ("log_loss", "accuracy")
) | {
    "sampled_accuracy",
    "change_accuracy",
    "rollout_accuracy",
    "opening_log_loss",
    "calibration_error",
    "bits_per_note",
    "pitch_bits",
    "duration_bits",
    "familiar_bits_per_note",
    "new_bits_per_note",
}
_WRITTEN = frozenset(
    {
        "written_bits_per_note",
        "written_bits_per_measure",
        "opening_bits_per_measure",
        "bits_per_tune",
        "header_bits",
        "notes_kept",
    }
)
"""What test tunes have besides."""

Number = Annotated[float, Field(allow_inf_nan=False)]
Interval = Annotated[list[Number], Field(min_length=2, max_length=2)]


def _complete(figures: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    if missing := sorted(names - set(figures)):
        raise ValueError(f"{missing[0]} is missing")
    return figures


_OF_TRAIN = AfterValidator(lambda figures: _complete(figures, _FIGURES))
_OF_TEST = AfterValidator(lambda figures: _complete(figures, _FIGURES | _WRITTEN))


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class _Metrics(_Form):
    """``reports/metrics/<model>.json``."""

    model: str
    representation: Literal["grid", "notes"]
    context: Literal["window", "tune"]
    train: Annotated[dict[str, Number | None], _OF_TRAIN]
    test: Annotated[dict[str, Number | None], _OF_TEST]


class _Sure(_Form):
    value: Number | None
    interval: Interval | None


class _Group(_Form):
    group: str | int
    tunes: int
    targets: int
    log_loss: _Sure
    accuracy: _Sure
    bits_per_note: _Sure


class _Groups(_Form):
    meter: list[_Group]
    dance: list[_Group]
    family: list[_Group]
    overlap: list[_Group]
    position: list[_Group]


class _WrittenGroup(_Form):
    group: str
    tunes: int
    notes: int
    written_bits_per_note: _Sure


class _WrittenGroups(_Form):
    meter: list[_WrittenGroup]
    dance: list[_WrittenGroup]
    family: list[_WrittenGroup]
    overlap: list[_WrittenGroup]


class _Point(_Form):
    confidence: Number
    accuracy: Number


class _Parts(_Form):
    train: Annotated[dict[str, Interval | None], _OF_TRAIN]
    test: Annotated[dict[str, Interval | None], _OF_TEST]


class _Analysis(_Form):
    """``data/evaluated/<model>/analysis.json``."""

    intervals: _Parts
    groups: _Groups
    written: _WrittenGroups
    reliability: Annotated[list[_Point | None], Field(min_length=BINS, max_length=BINS)]


class _Limit(_Form):
    run: Number
    share: Number


class _Match(_Form):
    id: str
    run: int
    share: Number
    nearest: str | None
    above_limit: bool


class _Set(_Form):
    tunes: list[_Match]


class _Originality(_Form):
    """``reports/originality.json``."""

    limit: _Limit
    sets: dict[str, _Set]


class _Musical(_Form):
    tunes: int
    figures: dict[str, _Sure]
    distances: dict[str, dict[str, _Sure]]


class _Beside(_Form):
    generated: _Sure
    real: _Sure
    outside: bool | None


class _Dance(_Form):
    generated: int
    real: int
    figures: dict[str, _Beside]


class _Compared(_Form):
    dances: dict[str, _Dance]
    outside: int
    figures: int
    all_outside: int
    all_figures: int


class _Player(_Form):
    new: _Compared | None
    continued: _Compared | None


class _Feature(_Form):
    feature: str
    weight: Number
    mean: Annotated[list[Number], Field(min_length=2, max_length=2)]


class _Test(_Form):
    accuracy: Number | None
    interval: Interval | None
    telling: list[_Feature]


class _Tests(_Form):
    new: _Test | None
    continued: _Test | None


class _Judged(_Form):
    """``data/judged/<model>.json``."""

    originality: _Originality
    music: dict[str, _Musical]
    player: _Player
    two_sample: _Tests


def metrics(path: Path) -> dict[str, Any]:
    """Read the metrics of the model that the file is named after.

    Raises:
        InputError: if they are missing or damaged, or those of another model.
    """
    remedy = "dvc repro evaluate"
    found: dict[str, Any] = _read(path, _Metrics, made_by=remedy)
    if found["model"] != path.stem:
        raise InputError(f"{path}: the metrics of {found['model']}; make them again: {remedy}")
    return found


def analysis(path: Path) -> dict[str, Any]:
    """Read the intervals, groups and reliability of a model.

    Raises:
        InputError: if the file is missing or damaged.
    """
    found: dict[str, Any] = _read(path, _Analysis, made_by="dvc repro evaluate")
    return found


def judged(path: Path) -> dict[str, Any]:
    """Read the measures of the samples of the model that the file is named after.

    Raises:
        InputError: if the file is missing or damaged, or of another model.
    """
    remedy = "dvc repro judge"
    found: dict[str, Any] = _read(path, _Judged, made_by=remedy)
    if path.stem not in found["music"] or path.stem not in found["originality"]["sets"]:
        raise InputError(f"{path}: of another model; make it again: {remedy}")
    return found


def originality(path: Path | str, *, made_by: str = "dvc repro report") -> dict[str, Any]:
    """Read what generated tunes have in common with training tunes.

    Raises:
        InputError: if it is missing or damaged; ``made_by`` is the command to run then.
    """
    found: dict[str, Any] = _read(path, _Originality, made_by=made_by)
    return found


def _read(path: Path | str, form: type[_Form], *, made_by: str) -> Any:
    found = read_json(path, made_by=made_by)
    try:
        form.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(
            f"{path}: {where}: {first['msg'].lower()}; it is damaged or of another version; "
            f"make it again: {made_by}"
        ) from error
    return found
