"""The corpora in ``data/raw``, checked against their provenance before they are read."""

from pathlib import Path
from typing import NamedTuple

from nottingham.corpus import provenance
from nottingham.corpus.provenance import NAME, REMEDY, digest
from nottingham.errors import InputError
from nottingham.formats.files import SUFFIXES, find_files


class Corpus(NamedTuple):
    """A corpus that is whole and as it came."""

    name: str
    notation: Path
    """The folder of its notation."""
    roots: Path | None
    """The table of its tunes' tonics; see `annotations`."""


def corpora(folder: Path) -> list[Corpus]:
    """Return the corpora in ``folder``, whole and as they came.

    Raises:
        InputError: if a file of a corpus is missing or differs, or one is there that is of none.
    """
    records = provenance.read(folder)
    listed = {name: digest for record in records for name, digest in record["files"].items()}
    tables = {record["roots"] for record in records if record["roots"]}
    checked = {name for name in listed if Path(name).suffix.lower() in SUFFIXES} | tables
    for record in records:
        if not any(name.startswith(f"{record['notation']}/") for name in checked):
            raise InputError(f"{folder / NAME}: lists no notation; make it again: {REMEDY}")
    found = {path.relative_to(folder).as_posix(): path for path in find_files(folder)}
    found |= {name: folder / name for name in tables if (folder / name).is_file()}
    for name in sorted(checked | set(found)):
        if name not in found or digest(found[name]) != listed.get(name):
            raise InputError(
                f"{folder / name}: not as {folder / NAME} has it; make the corpus again: {REMEDY}"
            )
    return [
        Corpus(r["corpus"], folder / r["notation"], folder / r["roots"] if r["roots"] else None)
        for r in records
    ]
