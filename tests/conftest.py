"""What all tests share: tunes and token streams. (pyproject.toml has jaxtyping check shapes.)"""

import atexit
import os
import shutil
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.music.tune import Note, Tune
from nottingham.representation import Grid

DATA = Path(__file__).parent / "data"

# To be set before JAX is imported, and handed on to the processes that tests start: batches are
# split over several devices in the tests too, and what is compiled twice is compiled once
os.environ.setdefault("JAX_NUM_CPU_DEVICES", "8")
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")  # small programs, compiled once
if "PYTEST_XDIST_WORKER" not in os.environ:  # a worker takes the cache of its controller
    COMPILED = tempfile.mkdtemp(prefix="nottingham-compiled-")
    atexit.register(shutil.rmtree, COMPILED, ignore_errors=True)
    os.environ["JAX_COMPILATION_CACHE_DIR"] = COMPILED
os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each process compiles the project's code


LONGEST = ("test_pipeline.py", "test_sampling.py", "test_protocol.py", "test_processes.py")
"""The files of tests that take longest, longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files, or the last of them would run on one core while others wait."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(LONGEST)))


@pytest.fixture(autouse=True)
def no_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own archive never decides what a test does."""
    monkeypatch.delenv("NOTTINGHAM_ARCHIVE", raising=False)


def _archive(variable: str) -> Path:
    named = os.environ.get(variable)
    if not named:
        pytest.skip(f"{variable} names no archive of the real corpus")
    return Path(named)


@pytest.fixture(scope="session")
def real_archive() -> Path:
    """The real corpus, for the tests that need it."""
    return _archive("NOTTINGHAM_ARCHIVE")


@pytest.fixture(scope="session")
def ceol_rince_archive() -> Path:
    """The real tunes of Ceol Rince."""
    return _archive("CEOL_RINCE_ARCHIVE")


@pytest.fixture
def make_tune():
    """Build a tune from (onset, duration, pitch) triples."""

    def make(*notes, id="book/1", meter="4/4", **fields) -> Tune:
        melody = tuple(Note(Fraction(o), Fraction(d), p) for o, d, p in notes)
        defaults = {"title": "A tune", "key": "C major", "chords": (), "source": "book.abc"}
        return Tune(id=id, meter=meter, notes=melody, **(defaults | fields))

    return make


@pytest.fixture
def dataset() -> streams.Dataset:
    """Twelve tunes of random tokens, eight of them to train, two to validate, two to test."""
    draw = np.random.default_rng(0)
    tunes = [draw.integers(40, 46, size=90 + i).astype(np.uint8) for i in range(12)]
    places = np.array([split.TRAIN] * 8 + [split.VALID] * 2 + [split.TEST] * 2, np.uint8)
    ids = [f"book/{i}" for i in range(12)]
    return streams.join(tunes, split=places, ids=ids, representation=Grid(8))
