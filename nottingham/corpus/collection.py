"""A file or folder of notation as a collection of tunes, read over all cores or a cluster.

ABC files hold many tunes, MIDI and MusicXML files one each. Files are taken in the order of their
paths and tunes in the order of the file, whatever the number of processes, and no more of them
are in memory at a time than are being read.
"""

import codecs
import threading
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed, parallel_config

from nottingham import printable
from nottingham.corpus import annotations
from nottingham.corpus.verification import Corpus
from nottingham.errors import InputError
from nottingham.files import write_json
from nottingham.formats.abc import reader as abc
from nottingham.formats.abc.tunebook import split_tunes
from nottingham.formats.files import ABC, ENDINGS, MIDI, folders, read_bytes
from nottingham.formats.midi import reader as midi
from nottingham.formats.unfold import unfold
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.tune import Tune
from nottingham.progress import bar

_CHUNK = 16
"""Tunes in a task: large enough that handing it over costs little."""

_SECONDS_TO_END = 5.0


@dataclass(frozen=True)
class Notation:
    """One tune before it is read: ABC text, or the content of a file that holds it alone."""

    id: str
    source: str
    """The file's path below the folder that is read."""
    content: str | bytes


@dataclass(frozen=True)
class Skipped:
    """A tune that could not be read, and why."""

    id: str
    source: str
    reason: str
    corpus: str = ""


def find_notation(path: Path | str) -> Iterator[Notation]:
    """Yield the tunes in a file or, at any depth, in a folder, unread."""
    path = Path(path)
    root = path.parent if path.is_file() else path
    for files in folders(path):
        stems = Counter(file.stem for file in files)
        for file in files:
            source = printable.path(file.relative_to(root).as_posix())
            # a.abc and a.mid in one folder: their tunes need different ids
            stem = source.removesuffix(file.suffix) if stems[file.stem] == 1 else source
            yield from _notations(file, stem, source)


def _notations(file: Path, stem: str, source: str) -> Iterator[Notation]:
    content = read_bytes(file)
    if file.suffix.lower() in ABC:
        for number, text in split_tunes(_decode(content)):
            yield Notation(f"{stem}/{number}", source, text)
    else:
        yield Notation(f"{stem}/1", source, content)


def _decode(raw: bytes) -> str:
    """Read text as UTF-8 (or UTF-16 with its mark) or, as older books are written, in Windows' or
    ISO's Latin alphabet; lines may end as on any system.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = raw.decode("utf-16", errors="replace")
    else:
        text = raw.decode("latin-1")  # which takes anything
        for encoding in ("cp1252", "utf-8-sig"):
            with suppress(UnicodeDecodeError):
                text = raw.decode(encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_all(
    path: Path | str,
    *,
    melody_track: int | str | None = None,
    jumps: bool = True,
    scheduler: str | None = None,
    progress: str = "",
) -> Iterator[Tune | Skipped]:
    """Read every tune of a file or folder, in order; what cannot be read comes as `Skipped`.

    Args:
        path: a file, or a folder searched at any depth.
        melody_track: where a MIDI file has the melody; see `midi.read`.
        jumps: whether D.C., D.S. and codas are played; see `order.playing_order`.
        scheduler: address of a Dask cluster; None for the processes of this machine.
        progress: label of a progress bar; nothing for none.

    Raises:
        InputError: if there is nothing to read, or no cluster.
    """
    total = sum(1 for _ in find_notation(path))
    if not total:
        raise InputError(
            f"{path}: no tunes here; expected files ending in {ENDINGS}, and in those of ABC a "
            "line X:1 before a tune"
        )
    notations = find_notation(path)
    chunks = iter(lambda: list(islice(notations, _CHUNK)), [])
    tasks = (delayed(_read_chunk)(chunk, melody_track, jumps) for chunk in chunks)
    shown: Any = bar(label=progress, unit="tune", total=total)
    skipped = 0
    with _engine(scheduler), shown, _results(tasks) as chunks_read:
        for results in chunks_read:
            skipped += sum(isinstance(result, Skipped) for result in results)
            shown.set_postfix(skipped=skipped, refresh=False)
            shown.update(len(results))
            yield from results


def read_corpora(
    corpora: Sequence[Corpus],
    *,
    melody_track: int | str | None = None,
    jumps: bool = True,
    scheduler: str | None = None,
    progress: str = "",
) -> Iterator[Tune | Skipped]:
    """Read the tunes of corpora, in order, each with the name of its corpus.

    Where there are several, ids begin with this name.

    Args:
        corpora: where each is.
        melody_track: as `read_all` takes it; so are the others.
        jumps: whether D.C., D.S. and codas are played.
        scheduler: address of a Dask cluster.
        progress: label of a progress bar.
    """
    for corpus in corpora:
        roots = annotations.read_roots(corpus.roots) if corpus.roots else None
        for result in read_all(
            corpus.notation,
            melody_track=melody_track,
            jumps=jumps,
            scheduler=scheduler,
            progress=progress,
        ):
            found = result
            if roots is not None and isinstance(found, Tune):
                found = annotations.annotate(found, roots)
            id = f"{corpus.name}/{found.id}" if len(corpora) > 1 else found.id
            yield replace(found, id=id, corpus=corpus.name)


@contextmanager
def _results(tasks: Iterable[Any]) -> Iterator[Iterator[list[Tune | Skipped]]]:
    """Return what tasks return, in their order; closing it early warns of nothing."""
    results = Parallel(n_jobs=-1, return_as="generator", batch_size=1)(tasks)
    try:
        yield results
    except BaseException:
        with warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", message=".*adjusting the input task", category=UserWarning
            )
            results.close()
        for thread in threading.enumerate():
            if thread.name == "QueueFeederThread":  # joblib's: Python would end in its middle
                thread.join(_SECONDS_TO_END)
        raise


@contextmanager
def _engine(scheduler: str | None) -> Iterator[None]:
    """Run joblib on this machine, or on a cluster whose workers can import this package."""
    if scheduler is None:
        yield
        return
    if find_spec("distributed") is None:
        raise InputError("parse.scheduler: Dask is not installed: pip install 'nottingham[dask]'")
    try:
        with parallel_config("dask", scheduler_host=scheduler):
            yield
    except (OSError, ImportError) as error:
        raise InputError(
            f"parse.scheduler: no Dask cluster at {scheduler} that works ({error}); it needs a "
            "scheduler there and workers that can import nottingham; or set it to nothing"
        ) from error


def _read_chunk(
    chunk: list[Notation], melody_track: int | str | None, jumps: bool
) -> list[Tune | Skipped]:
    return [read_one(notation, melody_track=melody_track, jumps=jumps) for notation in chunk]


def read_one(
    notation: Notation, *, melody_track: int | str | None = None, jumps: bool = True
) -> Tune | Skipped:
    """Read one tune, or say why it cannot be read: one file never stops the others."""
    try:
        return read_tune(notation, melody_track=melody_track, jumps=jumps)
    except UnreadableTuneError as error:
        reason = str(error)
    except Exception as error:  # a fault of the reader, which costs this tune alone
        reason = (
            f"the reader failed on it ({type(error).__name__}: {error}); please report this, with "
            "the file"
        )
    return Skipped(notation.id, notation.source, printable.line(reason))


def read_tune(
    notation: Notation, *, melody_track: int | str | None = None, jumps: bool = True
) -> Tune:
    """Read one tune.

    Raises:
        UnreadableTuneError: saying why. Any other exception is a fault of the reader.
    """
    id, source, content = notation.id, notation.source, notation.content
    if isinstance(content, str):
        return unfold(abc.read(content), id=id, source=source, jumps=jumps)
    if Path(source).suffix.lower() in MIDI:
        return midi.read(content, id=id, source=source, melody_track=melody_track)
    from nottingham.formats.musicxml import reader as musicxml

    return unfold(musicxml.read(content), id=id, source=source, jumps=jumps)


def keep(
    results: Iterable[Tune | Skipped], *, report: Path | str, max_skipped_share: float
) -> Iterator[Tune]:
    """Pass on the tunes; when all are through, write a report.

    It says how many were read of each corpus, which were skipped, and what the reader remarked on
    others.

    Raises:
        InputError: at the end, if too large a share was skipped, naming the first.
    """
    read: Counter[str] = Counter()
    skipped: list[Skipped] = []
    remarked: list[dict[str, Any]] = []
    for result in results:
        if isinstance(result, Skipped):
            skipped.append(result)
            continue
        read[result.corpus] += 1
        if result.remarks:
            remarked.append(_row(result, remarks=list(result.remarks)))
        yield result
    summary = {
        "read": read.total(),
        "skipped": len(skipped),
        "remarked": len(remarked),
        "corpora": dict(read),
        "skipped_tunes": [_row(tune, reason=tune.reason) for tune in skipped],
        "remarked_tunes": remarked,
    }
    write_json(report, summary)
    total = read.total() + len(skipped)
    if len(skipped) > max_skipped_share * total or not read.total():
        first = skipped[0]
        raise InputError(
            f"{len(skipped)} of {total} tunes cannot be read, and "
            f"parse.max_skipped_share is {max_skipped_share:g}; the first is "
            f"{first.source}, tune {first.id.rpartition('/')[2]}: {first.reason}; {report} lists "
            "them all"
        )


def _row(tune: Tune | Skipped, **found: Any) -> dict[str, Any]:
    return {
        "corpus": tune.corpus,
        "file": tune.source,
        "number": tune.id.rpartition("/")[2],
        **found,
    }
