"""A file or folder of notation as a collection of tunes, read over all cores.

ABC files hold many tunes, MIDI and MusicXML files one each. Files are taken in the order of
their paths and tunes in the order of the file, whatever the number of processes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from nottingham.corpus.abc import split_tunes
from nottingham.corpus.reader import Reading, UnreadableTuneError, read_abc, read_file
from nottingham.corpus.tune import Tune
from nottingham.errors import InputError
from nottingham.progress import bar

_ABC = {".abc"}
_ONE_TUNE = {".mid", ".midi", ".musicxml", ".mxl", ".xml"}


@dataclass(frozen=True)
class Notation:
    """One tune before it is read: ABC text, or a file that holds this tune alone."""

    id: str
    path: Path
    source: str
    """The file's path below the folder that is read."""
    text: str | None


@dataclass(frozen=True)
class Skipped:
    """A tune that could not be read, and why."""

    id: str
    source: str
    reason: str


def find_notation(path: Path | str) -> list[Notation]:
    """List the tunes in a file or, at any depth, in a folder.

    Raises:
        InputError: if there is nothing to read.
    """
    path = Path(path)
    suffixes = _ABC | _ONE_TUNE
    files = [path] if path.is_file() else sorted(f for f in path.rglob("*") if f.is_file())
    files = [file for file in files if file.suffix.lower() in suffixes]
    root = path.parent if path.is_file() else path
    found = [notation for file in files for notation in _notations(file, root)]
    if not found:
        raise InputError(f"{path}: no tunes here; expected files ending in {sorted(suffixes)}")
    return found


def _notations(file: Path, root: Path) -> list[Notation]:
    source = file.relative_to(root).as_posix()
    stem = source.removesuffix(file.suffix)
    if file.suffix.lower() in _ONE_TUNE:
        return [Notation(f"{stem}/1", file, source, None)]
    tunes = split_tunes(_decode(file.read_bytes()))
    return [Notation(f"{stem}/{number}", file, source, text) for number, text in tunes]


def _decode(raw: bytes) -> str:
    """Read text as UTF-8 or, as older tune books are written, as Latin-1."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def read_all(notations: Sequence[Notation], *, progress: str = "") -> Iterator[Reading | Skipped]:
    """Read tunes in parallel, in order; what cannot be read comes out as `Skipped`."""
    parallel = Parallel(n_jobs=-1, return_as="generator")
    results: Any = parallel(delayed(_read_one)(notation) for notation in notations)
    return iter(bar(results, label=progress, unit="tune", total=len(notations)))


def _read_one(notation: Notation) -> Reading | Skipped:
    try:
        if notation.text is not None:
            return read_abc(notation.text, id=notation.id, source=notation.source)
        return read_file(notation.path, id=notation.id, source=notation.source)
    except UnreadableTuneError as error:
        return Skipped(notation.id, notation.source, str(error))


def sort_out(results: Iterable[Reading | Skipped]) -> tuple[list[Tune], dict[str, Any]]:
    """Part the tunes from those skipped, and count both for ``reports/parse.json``."""
    results = list(results)
    read = [result for result in results if isinstance(result, Reading)]
    skipped = [result for result in results if isinstance(result, Skipped)]
    as_written = [reading.tune.id for reading in read if not reading.unfolded]
    report = {
        "read": len(read),
        "as_written": len(as_written),
        "skipped": len(skipped),
        "as_written_tunes": as_written,
        "skipped_tunes": [
            {"file": s.source, "number": s.id.rpartition("/")[2], "reason": s.reason}
            for s in skipped
        ],
    }
    return [reading.tune for reading in read], report


def check_skipped(report: dict[str, Any], max_share: float) -> None:
    """Refuse a collection of which too much was skipped.

    Raises:
        InputError: naming the first tune that could not be read.
    """
    total = report["read"] + report["skipped"]
    if report["skipped"] > max_share * total:
        first = report["skipped_tunes"][0]
        raise InputError(
            f"{report['skipped']} of {total} tunes cannot be read, more than "
            f"parse.max_skipped_share = {max_share:g} allows; the first is {first['file']}, tune "
            f"{first['number']}: {first['reason']}; reports/parse.json lists them all"
        )
