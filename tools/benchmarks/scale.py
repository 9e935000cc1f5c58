"""Whether reading, encoding and training stay linear in time and flat in memory.

``python -m tools.benchmarks.scale`` makes 1,000, 10,000 and 100,000 tunes of real ones, the ABC of
the Nottingham corpus in ``data/raw``, and runs the stages download, parse, window and one epoch of
a small ``note-lstm`` on each. Tunes are varied, always alike: moved along the scale, some letters
changed, measures put in another order. Of each stage but the first it prints the seconds, also for
a thousand tunes, and the most memory that its processes took at any time which is not a file's:
what is mapped from files, the system takes back when it needs it.
``python -m tools.benchmarks.scale 1000 10000`` makes fewer.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import yaml

from nottingham import yamlfile
from nottingham.errors import InputError, exit_on_error
from nottingham.formats.abc.tunebook import split_tunes
from nottingham.reporting.markdown import table

_COUNTS = (1000, 10_000, 100_000)
_IN_A_FILE = 100
_CHANGED = 0.05  # of the letters
_SEED = 1
_ROOT = Path(__file__).parents[2]
_BOOKS = Path("data/raw/nottingham/ABC_cleaned")
_MODEL = "note-lstm"
_SMALL = {"units": 64, "embedding": 32, "epochs": 1}
_STAGES = {
    "parse": ["stages.parse"],
    "encode": ["stages.window"],
    "an epoch": ["stages.train_flax_lstm", _MODEL],
}
_LETTERS = "CDEFGABcdefgab"
_SECONDS_BETWEEN_LOOKS = 0.1
_MIB = 2**20


def main(counts: Sequence[int]) -> None:
    """Make tunes, run the stages, print the table.

    Raises:
        InputError: if there are no tunes to vary, or a stage fails.
    """
    books = [path.read_text("latin-1") for path in sorted(_BOOKS.glob("*.abc"))]
    real = [text for book in books for _, text in split_tunes(book)]
    if not real:
        raise InputError(f"{_BOOKS}: no tunes to vary; make repro puts them there")
    rows = []
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            _write(Path(folder), real, count)
            _run(Path(folder), ["stages.download"])
            for stage, command in _STAGES.items():
                seconds, memory = _run(Path(folder), command)
                a_thousand = f"{1000 * seconds / count:.2f}"
                rows.append([stage, f"{count:,}", f"{seconds:.1f}", a_thousand, f"{memory:.0f}"])
                print(*rows[-1], flush=True)
    rows.sort(key=lambda row: [*_STAGES].index(row[0]))
    print(table(["stage", "tunes", "seconds", "of a thousand", "MiB"], rows))


def _write(folder: Path, real: Sequence[str], count: int) -> None:
    """Write a pipeline's folder, with settings and tunes."""
    settings: dict[str, Any] = yamlfile.read(_ROOT / "params.yaml")
    settings["download"]["corpora"] = str(folder / "varied")
    settings["train"] = {_MODEL: settings["train"][_MODEL] | _SMALL}
    settings["sample"]["from_nothing"] = [_MODEL]
    settings["listen"]["blind"] = [_MODEL]
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))
    (folder / "varied").mkdir()
    tunes = _varied(real, count)
    for number in range(0, count, _IN_A_FILE):
        some = [next(tunes) for _ in range(min(_IN_A_FILE, count - number))]
        (folder / "varied" / f"{number:06}.abc").write_text("\n\n".join(some))


def _varied(real: Sequence[str], count: int) -> Iterator[str]:
    """Yield variants of tunes as ABC."""
    draw = np.random.default_rng(_SEED)
    for number in range(count):
        head, music = _head_and_music(real[int(draw.integers(len(real)))])
        steps = int(draw.integers(-2, 3))

        def other(letter: re.Match[str], steps: int = steps) -> str:
            moved = steps + (int(draw.integers(-2, 3)) if draw.random() < _CHANGED else 0)
            place = _LETTERS.index(letter[0]) + moved
            return _LETTERS[min(max(place, 0), len(_LETTERS) - 1)]

        measures = re.sub(r'"[^"]*"', "", music).split("|")
        measures = [re.sub("[A-Ga-g]", other, measure) for measure in measures]
        inner = [k for k, text in enumerate(measures) if re.fullmatch(r"[\w\s,'/]+", text)]
        mixed = [measures[k] for k in draw.permutation(inner).tolist()]
        for place, measure in zip(inner, mixed, strict=True):
            measures[place] = measure
        yield f"X:{number + 1}\n{head}\n" + "|".join(measures)


def _head_and_music(text: str) -> tuple[str, str]:
    """Take a tune's text apart."""
    lines = text.splitlines()
    field = re.compile(r"[A-Za-z]:")
    head = [line for line in lines if field.match(line) and not line.startswith("X:")]
    return "\n".join(head), "\n".join(line for line in lines if not field.match(line))


def _run(folder: Path, command: Sequence[str]) -> tuple[float, float]:
    """Run a stage; return the seconds it took, and the MiB of memory.

    Raises:
        InputError: with what it said, if it fails.
    """
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    started, most = time.perf_counter(), 0.0
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        while process.poll() is None:
            most = max(most, _memory(psutil.Process(process.pid)))
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        said.seek(0)
        if process.returncode:
            raise InputError(f"{' '.join(command)}: {said.read().decode()[-2000:]}")
    return time.perf_counter() - started, most / _MIB


def _memory(process: psutil.Process) -> float:
    """Return the bytes of memory of a process and those it started that are not a file's."""
    found = 0.0
    for one in [process, *process.children(recursive=True)]:
        try:
            memory = one.memory_info()
        except psutil.Error:  # it has ended
            continue
        found += memory.rss - memory.shared
    return found


if __name__ == "__main__":
    with exit_on_error():
        main([int(count) for count in sys.argv[1:]] or _COUNTS)
