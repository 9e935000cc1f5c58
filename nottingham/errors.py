"""The one error a user is meant to read: it names the file or key, what is wrong, what to do.

Wording lives here, and in the ``errors.py`` of a room; it decides no result, so DVC's dependencies
leave it out.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class InputError(Exception):
    """Something given to the pipeline (a setting, a file, an archive) cannot be used."""


def damaged(
    path: Path | str, expected: str, error: object, *, made_by: str = "dvc repro"
) -> InputError:
    """Return the error for a file that is not what it should be.

    Args:
        path: the file.
        expected: what should be in it.
        error: what is wrong.
        made_by: the command that makes it again.
    """
    return InputError(f"{path}: no {expected} in it ({error}); make it again: {made_by}")


def unreadable(path: Path | str, error: object, *, made_by: str = "dvc repro") -> InputError:
    """Return the error for a file that cannot be read; see `damaged`."""
    return InputError(f"{path}: cannot be read ({error}); make it again: {made_by}")


def unwritable(path: Path | str, error: OSError) -> InputError:
    """Return the error for a file that cannot be written."""
    return InputError(
        f"{path}: cannot be written ({error.strerror or error}); make room or give access, then "
        "run this again"
    )


@contextmanager
def exit_on_error() -> Iterator[None]:
    """End a program with such an error's message, or with the name of a command that failed."""
    try:
        yield
    except InputError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"error: {' '.join(error.cmd)} failed; see above")
