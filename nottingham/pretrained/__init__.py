"""The model in the package: its folder has its weights, and its card, README.md.

``make pretrained`` makes all of it again.
"""

from pathlib import Path

from nottingham.errors import damaged
from nottingham.files import read_json
from nottingham.generation.known import KnownHeadings

FOLDER = Path(__file__).parent / "ceol-rince-lstm"
HEADINGS = "headings.json"
"""How many training tunes have each dance and meter."""


def headings() -> KnownHeadings:
    """Read the headings of the training tunes.

    Raises:
        InputError: if they are missing or damaged.
    """
    path, remedy = FOLDER / HEADINGS, "pip install --force-reinstall nottingham"
    try:
        return KnownHeadings.from_json(read_json(path, made_by=remedy))
    except (TypeError, ValueError) as error:
        raise damaged(path, "dances and meters", error, made_by=remedy) from error
