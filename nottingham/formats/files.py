"""Files of notation, known by their endings."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from nottingham.errors import InputError

ABC = {".abc"}
MIDI = {".mid", ".midi"}
MUSICXML = {".musicxml", ".mxl", ".xml"}
SUFFIXES = ABC | MIDI | MUSICXML
ENDINGS = ", ".join(sorted(SUFFIXES))


def find_files(path: Path) -> Iterator[Path]:
    """Yield the files of notation in a folder, at any depth, or the one file that ``path`` is."""
    for files in folders(path):
        yield from files


def folders(path: Path) -> Iterator[list[Path]]:
    """Yield the files of notation, folder by folder, in the order of their names.

    Raises:
        InputError: naming a folder that cannot be read.
    """
    if path.is_file():
        yield [path] if path.suffix.lower() in SUFFIXES else []
        return
    for folder, inner, names in os.walk(path, onerror=_refuse):
        inner.sort()
        files = (Path(folder, name) for name in sorted(names))
        yield [file for file in files if file.suffix.lower() in SUFFIXES]


def _refuse(error: OSError) -> NoReturn:
    raise InputError(f"{error.filename}: cannot be read ({error.strerror})") from error


def read_bytes(file: Path) -> bytes:
    """Read a file of notation.

    Raises:
        InputError: naming the file, if it cannot be read.
    """
    if file.exists() and not file.is_file():
        raise InputError(f"{file}: a folder, pipe or device; only files hold notation")
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from error
