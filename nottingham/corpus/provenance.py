"""``provenance.json``: what a corpus is, where it came from, and whether it is the one wanted."""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nottingham.errors import InputError
from nottingham.files import read_json, write_json

NAME = "provenance.json"
REMEDY = "dvc repro"
_KEYS = {"corpus", "source", "version", "licence", "notation", "substituted", "files"}


def write(folder: Path, record: dict[str, Any]) -> None:
    """Write the record of the corpus in ``folder``."""
    write_json(folder / NAME, record)


def read(folder: Path) -> dict[str, Any]:
    """Read the record of the corpus in ``folder``.

    Raises:
        InputError: if it is missing or damaged.
    """
    record = read_json(folder / NAME, made_by=REMEDY)
    if not isinstance(record, dict) or set(record) != _KEYS or not _is_typed(record):
        raise InputError(f"{folder / NAME}: not a provenance record; make it again: {REMEDY}")
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


def digest(path: Path) -> str:
    """Hash a file of the corpus."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def warn_if_substituted(record: Mapping[str, Any]) -> None:
    """Warn on standard error that this is another corpus than the one asked for."""
    if record["substituted"]:
        frame = "!" * 90
        print(f"\n{frame}\n{record['substituted']}\n{frame}\n", file=sys.stderr, flush=True)
