"""``provenance.json``: what a corpus is, where it came from, and whether it is the one wanted."""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nottingham.errors import InputError
from nottingham.files import read_json, write_json
from nottingham.formats.files import SUFFIXES, find_files

_NAME = "provenance.json"
_REMEDY = "dvc repro download"
_KEYS = {"corpus", "source", "version", "licence", "notation", "substituted", "files"}


def write(folder: Path, record: dict[str, Any]) -> None:
    """Write the record of the corpus in ``folder``."""
    write_json(folder / _NAME, record)


def read(folder: Path) -> dict[str, Any]:
    """Read the record of the corpus in ``folder``.

    Raises:
        InputError: if it is missing or damaged.
    """
    record = read_json(folder / _NAME, made_by=_REMEDY)
    if not isinstance(record, dict) or set(record) != _KEYS or not _is_typed(record):
        raise InputError(f"{folder / _NAME}: not a provenance record; make it again: {_REMEDY}")
    return record


def _is_typed(record: Mapping[str, Any]) -> bool:
    texts = [record[name] for name in ("corpus", "source", "licence", "notation")]
    maybe = [record["version"], record["substituted"]]
    files = record["files"]
    return (
        all(isinstance(text, str) for text in texts)
        and all(text is None or isinstance(text, str) for text in maybe)
        and isinstance(files, dict)
        and all(isinstance(digest, str) for digest in files.values())
    )


def notation(folder: Path) -> Path:
    """Give the notation of the corpus in ``folder``, whole and as it came.

    Raises:
        InputError: if a file of the corpus is missing or differs, or one is there that is not of
            the corpus.
    """
    record = read(folder)
    found = {path.relative_to(folder).as_posix(): path for path in find_files(folder)}
    listed = {name for name in record["files"] if Path(name).suffix.lower() in SUFFIXES}
    if not any(name.startswith(f"{record['notation']}/") for name in listed):
        raise InputError(f"{folder / _NAME}: lists no notation; make it again: {_REMEDY}")
    for name in sorted(listed | set(found)):
        if name not in found or digest(found[name]) != record["files"].get(name):
            raise InputError(
                f"{folder / name}: not as {folder / _NAME} has it; make the corpus again: {_REMEDY}"
            )
    return folder / str(record["notation"])


def digest(path: Path) -> str:
    """Hash a file of the corpus."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def warn_if_substituted(record: Mapping[str, Any]) -> None:
    """Say on standard error, so that it cannot be overlooked, that this is another corpus."""
    if record["substituted"]:
        frame = "!" * 90
        print(f"\n{frame}\n{record['substituted']}\n{frame}\n", file=sys.stderr, flush=True)
