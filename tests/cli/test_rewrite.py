"""``nottingham rewrite``, with a model that knows nothing of music."""

from pathlib import Path

import pytest

from nottingham import corpus
from nottingham.formats import writers
from nottingham.music import measures
from tests.jigs import jig


@pytest.fixture
def rewrite(project, typed):
    """Type the command beside a tune."""
    writers.write(jig(1), Path("my"), ["abc"])
    return lambda *words: typed("rewrite", "my.abc", "--project", project, *words)


def read(path):
    (tune,) = corpus.read(path)
    return tune


def test_suggestions_are_files_and_lines(rewrite):
    said = rewrite(
        "--bars", "3-4", "--count", "2", "--formats", "abc,mid", "--temperature", "3", "--once"
    )
    before, lines = read("my.abc"), said.splitlines()
    assert lines[0].startswith("model: note-lstm, trained in ")
    assert lines[1].endswith("bits a note as it is")
    bits = [float(line.split()[2]) for line in lines if line.startswith("suggestion")]
    assert bits == sorted(bits)
    assert len(bits) == 2
    start, end = measures.start(before, 2), measures.start(before, 4)
    for number in (1, 2):
        tune = read(f"tunes/my-3-4-{number}.abc")
        assert f"tunes/my-3-4-{number}.mid" in said
        assert (tune.title, tune.key, tune.meter) == (before.title, before.key, before.meter)
        assert (
            "N:measures 3-4 by note-lstm, seed 1" in Path(f"tunes/my-3-4-{number}.abc").read_text()
        )
        kept = [n for n in before.notes if n.onset < start or n.onset >= end]
        assert [n for n in tune.notes if n.onset < start or n.onset >= end] == kept
        assert tune.notes != before.notes


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--bars", "5-x"], "--bars 5-x: write the first and the last measure, as in 5-8"),
        (["--bars", "99"], "my.abc: there are no measures 99-99"),
        (["--bars", "3", "--count", "0"], "--count 0: from 1"),
        (["--bars", "3", "--model", "tune-lstm"], "measures are written by models of notes"),
        (["--bars", "3", "--temperature", "0"], "--temperature 0: from 0.01"),
    ],
)
def test_what_cannot_be_done_is_explained(rewrite, words, message):
    with pytest.raises(SystemExit, match=message):
        rewrite(*words)
    assert not Path("tunes").exists()
