"""Notation in, tunes out."""

import warnings
from collections.abc import Iterator
from pathlib import Path

from nottingham.music.tune import Tune


def read(path: Path | str) -> Iterator[Tune]:
    """Yield the tunes of an ABC, MIDI or MusicXML file, or of a folder of such files.

    A tune that cannot be read is left out with a warning that names it and says why; what the
    reader remarks on one that it reads is a warning too.

    Raises:
        InputError: if there is nothing to read.
    """
    from nottingham.corpus.collection import Skipped, read_all

    for result in read_all(path):
        if isinstance(result, Skipped):
            warnings.warn(f"{result.id} in {result.source}: {result.reason}", stacklevel=2)
            continue
        for remark in result.remarks:
            warnings.warn(f"{result.id} in {result.source}: {remark}", stacklevel=2)
        yield result
