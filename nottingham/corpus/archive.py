"""Taking known files out of an archive or folder that nobody vouches for.

Only files whose path and sha256 are listed come out, as bytes in memory; nothing is ever
extracted to a path that the archive names. An archive that holds anything but plain files and
folders below one top folder, or that unpacks to more than a stated size, is refused whole.
"""

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from nottingham.errors import InputError

MAX_UNPACKED_BYTES = 256 * 2**20
MAX_MEMBERS = 20_000

_ERRORS = (
    OSError, EOFError, zlib.error, tarfile.TarError,
    ArithmeticError, LookupError, RecursionError, TypeError, ValueError,  # from headers of nonsense
)  # fmt: skip


def read_verified(source: Path, sha256: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every listed file in an archive (``.tar.gz``) or a folder.

    Args:
        source: a ``.tar.gz`` with one top folder, or a folder with the files below it.
        sha256: the hash in hexadecimal of each wanted file by its path.

    Raises:
        InputError: if the source is damaged or hostile, or a file is missing or different. Files
            yielded before the error must be thrown away.
    """
    missing = set(sha256)
    files = _folder_files(source, sha256) if source.is_dir() else _archive_files(source)
    for path, content in files:
        if path not in missing:
            continue
        found = hashlib.sha256(content).hexdigest()
        if found != sha256[path]:
            raise InputError(
                f"{source}: {path} differs from the declared corpus (sha256 {found}, expected "
                f"{sha256[path]}); use an unchanged copy of the declared version"
            )
        missing.remove(path)
        yield path, content
    if missing:
        raise InputError(
            f"{source}: {len(missing)} of {len(sha256)} files are missing, the first is "
            f"{min(missing)}; this is not the declared corpus, or not all of it"
        )


def _folder_files(folder: Path, wanted: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    for path in wanted:
        file = folder / path
        if file.is_symlink():
            raise InputError(f"{file}: a link; the corpus holds plain files only")
        if file.is_file():
            _check_size(folder, path, file.stat().st_size)
            yield path, file.read_bytes()


def _check_size(source: Path, name: str, size: int) -> None:
    if size > MAX_UNPACKED_BYTES:
        raise InputError(f"{source}: {name!r} is of {size:,} bytes; refused")


def _archive_files(archive: Path) -> Iterator[tuple[str, bytes]]:
    if archive.exists() and not archive.is_file():
        raise InputError(f"{archive}: a pipe or device, and no archive")
    try:
        with gzip.open(archive) as unzipped:
            limited = io.BufferedReader(_Limited(unzipped, archive))
            with tarfile.open(fileobj=limited, mode="r|") as tar:
                yield from _members(tar, archive)
    except FileNotFoundError as error:
        raise InputError(f"{archive}: there is no such archive or folder") from error
    except _ERRORS as error:
        raise InputError(
            f"{archive}: damaged, truncated or not a .tar.gz archive ({error}); get it again"
        ) from error


def _members(tar: tarfile.TarFile, archive: Path) -> Iterator[tuple[str, bytes]]:
    tops: set[str] = set()
    for count, member in enumerate(tar, start=1):
        path = PurePosixPath(member.name)
        if count > MAX_MEMBERS:
            raise InputError(f"{archive}: more than {MAX_MEMBERS} members; refused")
        if path.is_absolute() or ".." in path.parts or "\\" in member.name:
            raise InputError(f"{archive}: member {member.name!r} leaves the archive; refused")
        if not (member.isreg() or member.isdir()):
            raise InputError(f"{archive}: member {member.name!r} is a link or device; refused")
        if member.issparse():  # a few bytes here, and as many zeros as they say in memory
            raise InputError(f"{archive}: member {member.name!r} is a file with holes; refused")
        _check_size(archive, member.name, member.size)
        tops.update(path.parts[:1])
        if len(tops) > 1:
            raise InputError(f"{archive}: more than one top folder ({sorted(tops)}); refused")
        content = tar.extractfile(member)
        if content is not None:
            yield str(PurePosixPath(*path.parts[1:])), content.read()


class _Limited(io.RawIOBase):
    """A stream that ends in an error once it has given ``MAX_UNPACKED_BYTES``."""

    def __init__(self, stream: gzip.GzipFile, archive: Path) -> None:
        self._stream, self._archive, self._left = stream, archive, MAX_UNPACKED_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise InputError(
                f"{self._archive}: unpacks to more than {MAX_UNPACKED_BYTES >> 20} MiB; refused"
            )
        buffer[: len(data)] = data
        return len(data)
