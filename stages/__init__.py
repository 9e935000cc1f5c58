"""One thin script for each stage of ``dvc.yaml``: settings, inputs, one call, outputs."""

import sys
from collections.abc import Callable

from nottingham.errors import InputError


def run(stage: Callable[[], None]) -> None:
    """Run a stage; an error that the user can mend is a message and exit status 1."""
    try:
        stage()
    except InputError as error:
        sys.exit(f"error: {error}")
