"""``provenance.json``: what corpora there are, where from, and whether they are those wanted."""

import hashlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nottingham.errors import InputError
from nottingham.files import read_json, write_json

NAME = "provenance.json"
REMEDY = "dvc repro"
_KEYS = {
    "corpus",
    "source",
    "version",
    "licence",
    "credit",
    "notation",
    "roots",
    "substituted",
    "files",
}


def write(folder: Path, records: Sequence[Mapping[str, Any]]) -> None:
    """Write the records of the corpora in ``folder``."""
    write_json(folder / NAME, {"corpora": list(records)})


def read(folder: Path) -> list[dict[str, Any]]:
    """Read the records of the corpora in ``folder``, at least one.

    Raises:
        InputError: if it is missing or damaged.
    """
    found = read_json(folder / NAME, made_by=REMEDY)
    records = found.get("corpora") if isinstance(found, dict) else None
    if not isinstance(records, list) or not records or not all(map(_is_record, records)):
        raise InputError(f"{folder / NAME}: not a provenance record; make it again: {REMEDY}")
    return records


def _is_record(record: Any) -> bool:
    if not isinstance(record, dict) or set(record) != _KEYS:
        return False
    texts = [record[name] for name in ("corpus", "source", "licence", "credit", "notation")]
    maybe = [record[name] for name in ("version", "roots", "substituted")]
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


def substituted(records: Iterable[Mapping[str, Any]]) -> str:
    """Return what there is to say where another corpus stands in for the one asked for."""
    return next((str(r["substituted"]) for r in records if r["substituted"]), "")


def warn_if_substituted(records: Iterable[Mapping[str, Any]]) -> None:
    """Warn on standard error that this is another corpus than the one asked for."""
    if said := substituted(records):
        frame = "!" * 90
        print(f"\n{frame}\n{said}\n{frame}\n", file=sys.stderr, flush=True)
