"""Files that appear whole or not at all, and JSON written the same way every time."""

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import IO, Any

from nottingham.errors import unreadable, unwritable


@contextmanager
def atomic_file(path: Path | str) -> Iterator[IO[bytes]]:
    """Open a file for writing that takes its place under ``path`` only when complete.

    Raises:
        InputError: if there is no room or no access.
    """
    path = Path(path)
    remove_leftovers(path)
    with writing(path):
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=_partial(path))
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
            Path(partial).chmod(0o644)
            Path(partial).replace(path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise


@contextmanager
def atomic_folder(path: Path | str) -> Iterator[Path]:
    """Make a folder that takes its place under ``path``, and that of an old one, when complete.

    Raises:
        InputError: if there is no room or no access.
    """
    path = Path(path)
    remove_leftovers(path)
    with writing(path):
        new = Path(tempfile.mkdtemp(dir=path.parent, prefix=_partial(path)))
        try:
            new.chmod(0o755)
            yield new
            _swap(new, path)
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _swap(new: Path, path: Path) -> None:
    """Put a folder in the place of another, which comes back if that fails, and else is removed."""
    old = _replaced(path)
    if path.exists():
        path.replace(old)
    try:
        new.replace(path)
    except BaseException:
        if old.exists():
            old.replace(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def writing(path: Path | str) -> Iterator[None]:
    """Name the path in an error of the system, which for a full disk names none.

    Raises:
        InputError: naming it, and what to do.
    """
    try:
        yield
    except OSError as error:
        raise unwritable(path, error) from error


def remove_leftovers(path: Path) -> None:
    """Make the folder of ``path``, without what a killed process left there half-written.

    The old folder comes back where the process was killed while a new one took its place.

    Raises:
        InputError: if there is no access.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        old = _replaced(path)
        if old.exists() and not path.exists():
            old.replace(path)
        for left in (*path.parent.glob(f"{escape(_partial(path))}*"), old):
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink(missing_ok=True)


def _partial(path: Path) -> str:
    """Begin the name of what is not whole yet."""
    return f".{path.name}.partial-"


def _replaced(path: Path) -> Path:
    """Return the path of an old folder while the new one takes its place."""
    return path.with_name(f".{path.name}.replaced")


def write_text(path: Path | str, text: str) -> None:
    """Write ``text`` as UTF-8, whole or not at all."""
    with atomic_file(path) as file:
        file.write(text.encode())


def write_json(path: Path | str, value: Any) -> None:
    """Write ``value`` as indented JSON with a final newline, refusing NaN and infinity."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_csv(path: Path | str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write a table as CSV; floats get four decimals, which is what a plot can show."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([f"{x:.4f}" if isinstance(x, float) else x for x in row] for row in rows)
    write_text(path, text.getvalue())


def read_json(path: Path | str, *, made_by: str) -> Any:
    """Read a JSON file; ``made_by`` names the command to run when it is missing or damaged.

    Raises:
        InputError: if it is, with that command.
    """
    try:
        return json.loads(Path(path).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise unreadable(path, error, made_by=made_by) from error
