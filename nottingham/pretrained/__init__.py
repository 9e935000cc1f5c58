"""The model in the package: its folder has its weights, and its card, README.md.

``make pretrained`` makes all of it again.
"""

from pathlib import Path

from nottingham import models
from nottingham.errors import InputError, damaged
from nottingham.files import read_json
from nottingham.generation import known
from nottingham.generation.known import KnownHeadings
from nottingham.models.base import Model

FOLDER = Path(__file__).parent / "ceol-rince-lstm"
_REMEDY = "pip install --force-reinstall nottingham"


def load() -> Model:
    """Read the model, for a few tunes at a time.

    Raises:
        InputError: if the package is damaged.
    """
    try:
        return models.load(FOLDER, compiled=False)
    except InputError as error:
        raise InputError(f"the package is damaged, install it again: {_REMEDY}; {error}") from error


def headings() -> KnownHeadings:
    """Read the headings of the training tunes.

    Raises:
        InputError: if they are missing or damaged.
    """
    path = FOLDER / known.FILE
    try:
        return KnownHeadings.from_json(read_json(path, made_by=_REMEDY))
    except (TypeError, ValueError) as error:
        raise damaged(path, "dances and meters", error, made_by=_REMEDY) from error
