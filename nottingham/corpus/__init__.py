"""Notation in, tunes out."""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from nottingham.music.tune import Tune


def read(path: Path | str, *, skipped: Callable[[str], None] = warnings.warn) -> Iterator[Tune]:
    """Yield the tunes of an ABC, MIDI or MusicXML file, or of a folder of such files.

    A tune that cannot be read is left out with a warning that names it and says why; what the
    reader remarks on one that it reads is a warning too.

    Args:
        path: of the file or folder.
        skipped: called with the message about each tune that is left out.

    Raises:
        InputError: if there is nothing to read.
    """
    from nottingham.corpus.collection import Skipped, read_all

    for result in read_all(path):
        if isinstance(result, Skipped):
            skipped(f"{result.id} in {result.source}: {result.reason}")
            continue
        for remark in result.remarks:
            warnings.warn(f"{result.id} in {result.source}: {remark}", stacklevel=2)
        yield result
