"""``provenance.json``: what a corpus is, where it came from, and whether it is the one wanted."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nottingham.errors import InputError
from nottingham.files import read_json, write_json

_NAME = "provenance.json"
_KEYS = {"corpus", "source", "version", "licence", "notation", "substituted", "files"}


def write(folder: Path, record: dict[str, Any]) -> None:
    """Write the record of the corpus in ``folder``."""
    write_json(folder / _NAME, record)


def read(folder: Path) -> dict[str, Any]:
    """Read the record of the corpus in ``folder``.

    Raises:
        InputError: if it is missing or damaged.
    """
    record = read_json(folder / _NAME, made_by="dvc repro --force download")
    if not isinstance(record, dict) or set(record) != _KEYS:
        raise InputError(
            f"{folder / _NAME}: not a provenance record; make it again: dvc repro --force download"
        )
    return record


def warn_if_substituted(record: Mapping[str, Any]) -> None:
    """Say on standard error, so that it cannot be overlooked, that this is another corpus."""
    if record["substituted"]:
        frame = "!" * 90
        print(f"\n{frame}\n{record['substituted']}\n{frame}\n", file=sys.stderr, flush=True)
