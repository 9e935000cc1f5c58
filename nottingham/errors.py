"""The one error a user is meant to read: it names the file or key, what is wrong, what to do."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class InputError(Exception):
    """Something given to the pipeline (a setting, a file, an archive) cannot be used."""


@contextmanager
def told() -> Iterator[None]:
    """End a program with such an error's message, or with the name of a command that failed."""
    try:
        yield
    except InputError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"error: {' '.join(error.cmd)} failed; see above")
