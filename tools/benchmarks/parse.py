"""Reading ABC into tunes in playing order: this project beside plain music21, on the same tunes.

Both read the same 40 tunes in one process, in turns, so that whatever else the machine does falls
on both alike; then this project alone reads the whole corpus over all cores. music21 parses and
calls ``expandRepeats()``; where it gives up on the repeats, its time counts all the same.

    python -m tools.benchmarks.parse            # needs NOTTINGHAM_ARCHIVE
"""

import os
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from joblib.externals.loky import get_reusable_executor
from music21 import converter, repeat
from music21.exceptions21 import Music21Exception

from nottingham.corpus import collection, sources
from nottingham.errors import exit_on_error
from nottingham.formats.abc import reader
from nottingham.formats.unfold import perform
from nottingham.music.tune import Tune

SAMPLE = 40


def ours(text: str) -> None:
    """Read a tune as the parse stage does."""
    perform(reader.read(text), id="a/1", source="a.abc")


def music21s(text: str) -> None:
    """Read a tune as music21's users do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        score: Any = converter.parseData(text, format="abc", forceSource=True)
        with suppress(repeat.ExpanderException, Music21Exception):
            score.parts[0].expandRepeats()


def seconds(read: Callable[[str], None], text: str) -> float:
    """Time one reading."""
    started = time.perf_counter()
    read(text)
    return time.perf_counter() - started


def main() -> None:
    """Print both times and their ratio, then the whole corpus's time and memory."""
    if not os.environ.get(sources.ARCHIVE_VARIABLE):
        sys.exit(f"error: set {sources.ARCHIVE_VARIABLE} to the corpus's archive or folder")
    with tempfile.TemporaryDirectory() as name:
        record = sources.fetch("nottingham", Path(name) / "raw", archive=None)
        folder = Path(name) / "raw" / record["notation"]
        texts = [str(notation.content) for notation in collection.find_notation(folder)]
        sample = texts[:: len(texts) // SAMPLE][:SAMPLE]
        ours(sample[0])
        music21s(sample[0])
        times = [(seconds(ours, text), seconds(music21s, text)) for text in sample]
        mine, theirs = sum(t for t, _ in times), sum(t for _, t in times)
        print(f"{SAMPLE} tunes, one process: {mine:.2f} s; music21 {theirs:.2f} s")
        print(f"ratio: {theirs / mine:.0f} times as fast as music21")
        started = time.perf_counter()
        tunes = sum(isinstance(result, Tune) for result in collection.read_all(folder))
        took = time.perf_counter() - started
    get_reusable_executor().shutdown(wait=True)  # only then are the processes' peaks known
    process = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"the whole corpus, {os.cpu_count()} cores: {tunes} tunes in {took:.1f} s")
    print(f"memory of the largest reading process: {process:.0f} MiB")


if __name__ == "__main__":
    with exit_on_error():
        main()
