"""Notes give back the tunes of the corpora that music21 carries, exactly."""

import importlib.util
import warnings
from pathlib import Path

import pytest

from nottingham import corpus
from nottingham.corpus.sources import BUNDLES
from nottingham.dataset import streams
from nottingham.representation import Notes

FOLDER = Path(importlib.util.find_spec("music21").submodule_search_locations[0], "corpus")
LEAST = 0.995
"""The share of a corpus that can be written; the others have a reason."""


@pytest.fixture(params=[40, pytest.param(1, marks=pytest.mark.slow)])
def every(request):
    """Which files are read: every 40th, or among the slow tests all."""
    return request.param


@pytest.mark.parametrize("name", BUNDLES)
def test_every_note_comes_back(name, every):
    notes, tunes = Notes(), []
    for path in sorted((FOLDER / BUNDLES[name].folder).glob("*.abc"))[::every]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of tunes that cannot be read
            tunes += corpus.read(path)
    reasons = {}
    with streams.Store(notes) as store:
        written = list(streams.written(tunes, [store], reasons))
    assert len(tunes) > 5
    assert len(reasons) <= (1 - LEAST) * len(tunes) + (every > 1)  # one of a few is more
    assert all("write it in simpler note values" in reason for reason in reasons.values())
    for tune in written:
        restored = notes.decode(notes.encode(tune), tune)
        assert restored.notes == tune.notes
        assert restored.meter_changes == tuple(c for c in tune.meter_changes if c.onset < tune.end)
