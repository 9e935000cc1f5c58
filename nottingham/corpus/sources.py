"""Where corpora come from: an archive, its host, a bundled package, or a user's own files.

Every named corpus is declared as data: where it is, at which version, under which licence, and the
sha256 of each file. Nothing of it is part of this project. What `fetch` leaves is the corpora,
verified and whole, each in a folder of its own, with a ``provenance.json`` that says what they are;
or, after an error, what was there before.

The Session (thesession.org) is no named corpus: its licence does not allow this use of its tunes.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
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
    variable: str
    """The environment variable that may name a local archive or folder of it."""
    credit: str = ""
    """Whom the licence asks to name."""
    roots: str | None = None
    """A table of the tonics of its tunes; see `annotations`."""

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
    variable="NOTTINGHAM_ARCHIVE",
)
CEOL_RINCE = Declared(
    name="ceol-rince",
    repository="https://github.com/polifonia-project/folk_ngram_analysis",
    commit="9d8ccf9fe40ffdd2a1787e75527062fc1d07c669",
    licence="public domain dedication (its LICENSE.md); CC BY 4.0 (its README.md)",
    notation="cre_corpus/MIDI",
    manifest=Path(__file__).with_name("ceol-rince.sha256"),
    variable="CEOL_RINCE_ARCHIVE",
    credit="Breandán Breathnach, Ceol Rince na hÉireann; ABC by Bill Black; edited, turned into "
    "MIDI and annotated by Danny Diamond and Abdul Shahid for Polifonia",
    roots="cre_corpus/roots.csv",
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
set {NOTTINGHAM.variable} to its path, then run: dvc repro -f -s download && dvc repro"""


def fetch(corpora: Sequence[str], folder: Path, *, archive: str | None) -> list[dict[str, Any]]:
    """Put corpora into ``folder`` with their ``provenance.json``, replacing what was there.

    Args:
        corpora: of each its name, ``nottingham``, ``ceol-rince`` or one in `BUNDLES`, which music21
            carries; ``auto``, which is ``nottingham`` or, where that cannot be had,
            ``ryans-mammoth``; or the path of a file or folder of notation.
        folder: where the files go, those of each corpus in a folder of its name.
        archive: a local archive or folder of ``nottingham``, instead of its host. When None, the
            environment variable ``NOTTINGHAM_ARCHIVE``, if set, names one; for ``ceol-rince``
            ``CEOL_RINCE_ARCHIVE`` does.

    Returns:
        What is in ``provenance.json``.

    Raises:
        InputError: if a corpus cannot be had or is not what was declared, or comes twice.
    """
    with atomic_folder(folder) as new:
        records: list[dict[str, Any]] = []
        for corpus in corpora:
            record = _fetch(corpus, new, archive=archive)
            if record["corpus"] in [other["corpus"] for other in records]:
                raise InputError(
                    f"download.corpora: given {corpus!r}, which is a second corpus named "
                    f"{record['corpus']!r}; leave it out, or rename your file or folder"
                )
            records.append(record)
        provenance.write(new, records)
    provenance.warn_if_substituted(records)
    return records


def _fetch(corpus: str, folder: Path, *, archive: str | None) -> dict[str, Any]:
    """Put the files of a corpus into a folder of its name in ``folder``; return its record."""
    if corpus in BUNDLES:
        return _from_bundle(BUNDLES[corpus], folder)
    declared = CEOL_RINCE if corpus == CEOL_RINCE.name else NOTTINGHAM
    if corpus not in ("auto", declared.name):
        known = ", ".join(["auto", NOTTINGHAM.name, CEOL_RINCE.name, *BUNDLES])
        path = _on_disk(
            corpus,
            otherwise=f"download.corpora: given {corpus!r}; allowed: {known}, or the path of a "
            "file or folder of ABC, MIDI or MusicXML, which this is not",
        )
        return _from_path(path, folder)
    key, named = declared.variable, os.environ.get(declared.variable)
    if archive and declared is NOTTINGHAM:
        key, named = "download.archive", archive
    if named:
        missing = f"{key}: given {named!r}; there is no such archive or folder"
        return _verified(declared, _on_disk(named, otherwise=missing), folder)
    try:
        return _from_host(declared, folder)
    except InputError as error:
        if corpus == "auto":
            shutil.rmtree(folder / declared.name, ignore_errors=True)  # what was right of it
            record = _from_bundle(BUNDLES["ryans-mammoth"], folder)
            record["substituted"] = SUBSTITUTED.format(reason=error, corpus=record["corpus"])
            return record
        otherwise = "leave it out of download.corpora"
        if declared is NOTTINGHAM:
            otherwise = "run with -S download.corpora=auto to make do with a bundled corpus"
        raise InputError(
            f"{error}\nDownload {declared.url} elsewhere and set {declared.variable} to its path, "
            f"or {otherwise}"
        ) from error


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


def _verified(corpus: Declared, archive: Path, folder: Path) -> dict[str, Any]:
    """Take a declared corpus out of an archive or folder."""
    files = _store(folder / corpus.name, read_verified(archive, corpus.sha256()))
    return _record(
        corpus.name,
        source=corpus.repository,
        version=corpus.commit,
        licence=corpus.licence,
        credit=corpus.credit,
        notation=corpus.notation,
        roots=corpus.roots,
        files=files,
    )


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
        return _verified(corpus, archive, folder)


def _from_bundle(bundle: Bundle, folder: Path) -> dict[str, Any]:
    """Copy a corpus out of the installed music21 package."""
    spec = importlib.util.find_spec("music21")  # found, not imported: that takes seconds
    assert spec is not None
    assert spec.submodule_search_locations is not None
    source = Path(spec.submodule_search_locations[0]) / "corpus" / bundle.folder
    tunes = sorted(source.glob("*.abc"))
    if not tunes:
        raise InputError(f"{source}: no tunes here; install music21 again")
    files = _store(
        folder / bundle.name,
        ((f"{bundle.folder}/{tune.name}", tune.read_bytes()) for tune in tunes),
    )
    return _record(
        bundle.name,
        source=f"the music21 package, corpus/{bundle.folder}",
        version=importlib.metadata.version("music21"),
        licence="as stated in the music21 package",
        notation=bundle.folder,
        files=files,
    )


def _from_path(path: Path, folder: Path) -> dict[str, Any]:
    """Copy the notation in a user's file or folder, and nothing else that lies there."""
    root = path.parent if path.is_file() else path
    found = (
        (printable.path(f.relative_to(root).as_posix()), read_bytes(f)) for f in find_files(path)
    )
    name = printable.path(path.stem if path.is_file() else path.resolve().name)
    files = _store(folder / name / "tunes", found)
    if not files:
        raise InputError(f"{path}: no tunes here; expected files ending in {ENDINGS}")
    return _record(
        name,
        source=printable.path(str(path)),
        version=None,
        licence="unknown: the user's own files",
        notation="tunes",
        files={f"tunes/{file}": digest for file, digest in files.items()},
    )


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


def _record(
    name: str,
    *,
    source: str,
    version: str | None,
    licence: str,
    notation: str,
    files: dict[str, str],
    credit: str = "",
    roots: str | None = None,
) -> dict[str, Any]:
    """Return the provenance of a corpus; its paths are given below its folder."""
    return {
        "corpus": name,
        "source": source,
        "version": version,
        "licence": licence,
        "credit": credit,
        "notation": f"{name}/{notation}",
        "roots": roots and f"{name}/{roots}",
        "substituted": None,
        "files": {f"{name}/{path}": digest for path, digest in files.items()},
    }
