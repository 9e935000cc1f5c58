"""The corpus in ``data/raw``, checked against its provenance before it is read."""

from pathlib import Path

from nottingham.corpus import provenance
from nottingham.corpus.provenance import NAME, REMEDY, digest
from nottingham.errors import InputError
from nottingham.formats.files import SUFFIXES, find_files


def notation(folder: Path) -> Path:
    """Return the notation of the corpus in ``folder``, whole and as it came.

    Raises:
        InputError: if a file of the corpus is missing or differs, or one is there that is not of
            the corpus.
    """
    record = provenance.read(folder)
    found = {path.relative_to(folder).as_posix(): path for path in find_files(folder)}
    listed = {name for name in record["files"] if Path(name).suffix.lower() in SUFFIXES}
    if not any(name.startswith(f"{record['notation']}/") for name in listed):
        raise InputError(f"{folder / NAME}: lists no notation; make it again: {REMEDY}")
    for name in sorted(listed | set(found)):
        if name not in found or digest(found[name]) != record["files"].get(name):
            raise InputError(
                f"{folder / name}: not as {folder / NAME} has it; make the corpus again: {REMEDY}"
            )
    return folder / str(record["notation"])
