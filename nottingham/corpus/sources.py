"""Where a corpus comes from: an archive, its host, a bundled package, or a user's own files.

Every named corpus is declared as data: where it is, at which version, under which licence, and the
sha256 of each file. Nothing of it is part of this project. What `fetch` leaves is the corpus,
verified and whole, with a ``provenance.json`` that says what it is; or, after an error, what was
there before.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pooch
import requests

from nottingham import printable
from nottingham.corpus import provenance
from nottingham.corpus.archive import read_verified
from nottingham.errors import InputError
from nottingham.files import atomic_folder, writing
from nottingham.formats.files import ENDINGS, find_files, read_bytes

ARCHIVE_VARIABLE = "NOTTINGHAM_ARCHIVE"
_CONNECT_AND_READ_SECONDS = (10, 60)
_RETRIES = 2
_COPIES = ".dvc/tmp/exps"
"""Where DVC runs the experiments that it does not run in the working tree."""


@dataclass(frozen=True)
class Declared:
    """A corpus on a host that packs a repository at a commit as ``.tar.gz``."""

    name: str
    repository: str
    commit: str
    licence: str
    notation: str
    """The folder of the notation; the other files are not read as tunes."""
    manifest: Path
    """Paths and hashes, as ``sha256sum`` writes them."""

    @property
    def url(self) -> str:
        """The address of the archive."""
        return f"{self.repository}/archive/{self.commit}.tar.gz"

    def sha256(self) -> dict[str, str]:
        """Map each file of the corpus to its hash."""
        lines = self.manifest.read_text().splitlines()
        return {path: digest for digest, path in (line.split("  ", 1) for line in lines)}


NOTTINGHAM = Declared(
    name="nottingham",
    repository="https://github.com/jukedeck/nottingham-dataset",
    commit="0992bb6cd864f6d4b90d6663e08c0ef53ffaa08f",
    licence="GPL-3.0",
    notation="ABC_cleaned",
    manifest=Path(__file__).with_name("nottingham.sha256"),
)


@dataclass(frozen=True)
class Bundle:
    """A corpus of ABC files that the music21 package carries."""

    name: str
    folder: str


BUNDLES = {
    bundle.name: bundle
    for bundle in (
        Bundle("ryans-mammoth", "ryansMammoth"),
        Bundle("oneills-1850", "oneills1850"),
        Bundle("airds-airs", "airdsAirs"),
        Bundle("essen", "essenFolksong"),
    )
}

SUBSTITUTED = f"""\
THE NOTTINGHAM TUNES COULD NOT BE HAD: {{reason}}
Everything that follows is about ANOTHER CORPUS, {{corpus}}: no figure here compares with the
poster's or with the committed reports. To get the real corpus: download
{NOTTINGHAM.url}
set {ARCHIVE_VARIABLE} to its path, then run: dvc repro -f -s download && dvc repro"""


def fetch(corpus: str, folder: Path, *, archive: str | None) -> dict[str, Any]:
    """Put a corpus into ``folder`` with its ``provenance.json``, replacing what was there.

    Args:
        corpus: ``nottingham``; a name in `BUNDLES`, which music21 carries; ``auto``, which is
            ``nottingham`` or, where that cannot be had, ``ryans-mammoth``; or the path of a file
            or folder of notation.
        folder: where the files go.
        archive: a local archive or folder of ``nottingham``, instead of its host. When None, the
            environment variable ``NOTTINGHAM_ARCHIVE``, if set, names one.

    Returns:
        What is in ``provenance.json``.

    Raises:
        InputError: if the corpus cannot be had or is not what was declared.
    """
    named = archive or os.environ.get(ARCHIVE_VARIABLE)
    if corpus in BUNDLES:
        return _replace(folder, lambda new: _from_bundle(BUNDLES[corpus], new))
    if corpus not in ("auto", NOTTINGHAM.name):
        known = ", ".join(["auto", NOTTINGHAM.name, *BUNDLES])
        path = _on_disk(
            corpus,
            otherwise=f"download.corpus: given {corpus!r}; allowed: {known}, or the path of a file "
            "or folder of ABC, MIDI or MusicXML, which this is not",
        )
        return _replace(folder, lambda new: _from_path(path, new))
    if named:
        key = "download.archive" if archive else ARCHIVE_VARIABLE
        missing = f"{key}: given {named!r}; there is no such archive or folder"
        local = _on_disk(named, otherwise=missing)
        return _replace(folder, lambda new: _from_local(NOTTINGHAM, local, new))
    try:
        return _replace(folder, lambda new: _from_host(NOTTINGHAM, new))
    except InputError as error:
        if corpus == "nottingham":
            raise InputError(
                f"{error}\nDownload {NOTTINGHAM.url} elsewhere and set {ARCHIVE_VARIABLE} to its "
                "path, or run with -S download.corpus=auto to make do with a bundled corpus"
            ) from error
        return _substitute(folder, reason=str(error))


def _on_disk(name: str, *, otherwise: str) -> Path:
    """Find a file or folder, which may be below ``~``.

    Raises:
        InputError: saying ``otherwise``, where there is none, and why an experiment may miss it.
    """
    with suppress(OSError, RuntimeError):  # a name that is too long; the home of nobody
        path = Path(name).expanduser()
        if path.exists():
            return path
        if not path.is_absolute() and _COPIES in Path.cwd().as_posix():
            otherwise += (
                "; an experiment with --temp or --queue runs in a copy of the files that git "
                "tracks: give the absolute path"
            )
    raise InputError(otherwise)


def _replace(folder: Path, fill: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """Fill a new folder beside ``folder`` and swap it in only when it is complete."""
    with atomic_folder(folder) as new:
        record = fill(new)
        provenance.write(new, record)
    return record


def _from_local(corpus: Declared, archive: Path, folder: Path) -> dict[str, Any]:
    files = _store(folder, read_verified(archive, corpus.sha256()))
    return _record(corpus, files=files)


def _from_host(corpus: Declared, folder: Path) -> dict[str, Any]:
    name = f"{corpus.commit}.tar.gz"
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        fetcher = pooch.create(
            path=work,
            base_url=corpus.url.removesuffix(name),
            registry={name: None},  # hosts pack anew at times: the files inside are verified
            retry_if_failed=_RETRIES,
        )
        downloader = pooch.HTTPDownloader(progressbar=True, timeout=_CONNECT_AND_READ_SECONDS)
        try:
            archive = Path(fetcher.fetch(name, downloader=downloader))
        except (requests.RequestException, OSError, ValueError) as error:
            raise InputError(f"{corpus.url}: cannot be downloaded: {error}") from error
        files = _store(folder, read_verified(archive, corpus.sha256()))
    return _record(corpus, files=files)


def _from_bundle(bundle: Bundle, folder: Path) -> dict[str, Any]:
    """Copy a corpus out of the installed music21 package."""
    spec = importlib.util.find_spec("music21")  # found, not imported: that takes seconds
    assert spec is not None
    assert spec.submodule_search_locations is not None
    source = Path(spec.submodule_search_locations[0]) / "corpus" / bundle.folder
    tunes = sorted(source.glob("*.abc"))
    if not tunes:
        raise InputError(f"{source}: no tunes here; install music21 again")
    files = _store(folder, ((f"{bundle.folder}/{tune.name}", tune.read_bytes()) for tune in tunes))
    return {
        "corpus": bundle.name,
        "source": f"the music21 package, corpus/{bundle.folder}",
        "version": importlib.metadata.version("music21"),
        "licence": "as stated in the music21 package",
        "notation": bundle.folder,
        "substituted": None,
        "files": files,
    }


def _from_path(path: Path, folder: Path) -> dict[str, Any]:
    """Copy the notation in a user's file or folder, and nothing else that lies there."""
    root = path.parent if path.is_file() else path
    found = (
        (printable.path(f.relative_to(root).as_posix()), read_bytes(f)) for f in find_files(path)
    )
    files = _store(folder / "tunes", found)
    if not files:
        raise InputError(f"{path}: no tunes here; expected files ending in {ENDINGS}")
    return {
        "corpus": printable.path(path.stem if path.is_file() else path.resolve().name),
        "source": printable.path(str(path)),
        "version": None,
        "licence": "unknown: the user's own files",
        "notation": "tunes",
        "substituted": None,
        "files": {f"tunes/{name}": digest for name, digest in files.items()},
    }


def _substitute(folder: Path, *, reason: str) -> dict[str, Any]:
    def fill(new: Path) -> dict[str, Any]:
        record = _from_bundle(BUNDLES["ryans-mammoth"], new)
        record["substituted"] = SUBSTITUTED.format(reason=reason, corpus=record["corpus"])
        return record

    record = _replace(folder, fill)
    provenance.warn_if_substituted(record)
    return record


def _store(folder: Path, files: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """Write files below ``folder`` and return the sha256 of each by its path."""
    hashes = {}
    for path, content in files:
        target = folder / path
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        hashes[path] = hashlib.sha256(content).hexdigest()
    return dict(sorted(hashes.items()))


def _record(corpus: Declared, *, files: dict[str, str]) -> dict[str, Any]:
    return {
        "corpus": corpus.name,
        "source": corpus.repository,
        "version": corpus.commit,
        "licence": corpus.licence,
        "notation": corpus.notation,
        "substituted": None,
        "files": files,
    }
