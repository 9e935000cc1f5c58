"""Files and folders of tunes, over processes and over a cluster."""

import errno
import gc
import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
import warnings
from pathlib import Path

import dask
import pytest

from nottingham import corpus
from nottingham.corpus import collection, sources
from nottingham.corpus.collection import Skipped, find_notation, keep, read_all
from nottingham.errors import InputError
from tests.closure import ROOT
from tests.conftest import DATA

SCALE = "X:1\nT:Scale\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|\n"


def test_a_folder_of_every_format(tmp_path):
    from music21 import converter

    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.abc").write_text(SCALE)
    (tmp_path / "notes.txt").write_text("no tunes")
    score = converter.parse(SCALE, format="abc")
    score.write("midi", tmp_path / "a.mid")
    score.write("musicxml", tmp_path / "c.musicxml")
    score.write("mxl", tmp_path / "d.mxl")
    tunes = {tune.id: tune for tune in corpus.read(tmp_path)}
    assert list(tunes) == ["a/1", "c/1", "d/1", "sub/b/1"]
    for tune in tunes.values():
        assert [n.pitch for n in tune.notes] == [60, 62, 64, 65, 67, 69, 71, 72]
        assert [n.duration for n in tune.notes] == [1] * 8
    assert tunes["sub/b/1"].title == "Scale"


def test_files_that_differ_in_their_ending_only_have_tunes_of_their_own(tmp_path):
    for name in ("a.abc", "a.ABC", "b.abc"):
        (tmp_path / name).write_text(SCALE)
    assert [n.id for n in find_notation(tmp_path)] == ["a.ABC/1", "a.abc/1", "b/1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_text_in_any_encoding(tmp_path, encoding):
    text = 'X:1\nT:Café <script>"\x01\nL:1/4\nK:C\nC|\n'
    (tmp_path / "a.abc").write_bytes(text.encode(encoding))
    assert [tune.title for tune in corpus.read(tmp_path)] == ['Café <script>"']


def test_a_title_may_hold_anything_and_is_one_line(tmp_path):
    title = "D\x85E\u2028F\x0bG ../../x <b>&amp;"
    (tmp_path / "a.abc").write_text(f"X:1\nT:{title}\nL:1/4\nK:C\nC|\n", encoding="utf-8")
    (tune,) = corpus.read(tmp_path)
    assert tune.title == "D E F G ../../x <b>&"
    assert len(tune.notes) == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(tmp_path, end):
    (tmp_path / "a.abc").write_bytes((SCALE + "\n" + SCALE).replace("\n", end).encode())
    assert [len(tune.notes) for tune in corpus.read(tmp_path)] == [8, 8]


def test_a_file_that_cannot_be_opened_is_named(tmp_path):
    (tmp_path / "a.abc").symlink_to(tmp_path / "gone.abc")
    with pytest.raises(InputError, match=r"a\.abc: cannot be read \(No such file"):
        list(read_all(tmp_path))


def test_what_cannot_be_read_is_kept_aside_with_its_reason(tmp_path):
    (tmp_path / "a.abc").write_text("X:1\nL:1/4\nK:C\nC|\n\nX:2\nK:C\n\n")
    (tmp_path / "b.mid").write_bytes(b"no MIDI")
    report = tmp_path / "parse.json"
    tunes = keep(read_all(tmp_path), report=report, max_skipped_share=0.7)
    assert [tune.id for tune in tunes] == ["a/1"]
    found = json.loads(report.read_text())
    row = {"corpus": ""}
    assert (found["read"], found["skipped"]) == (1, 2)
    assert found["skipped_tunes"] == [
        row | {"file": "a.abc", "number": "2", "reason": "it has no notes"},
        row | {"file": "b.mid", "number": "1", "reason": found["skipped_tunes"][1]["reason"]},
    ]
    report.unlink()
    with pytest.raises(InputError, match=r"2 of 3 tunes cannot be read.*a\.abc, tune 2"):
        list(keep(read_all(tmp_path), report=report, max_skipped_share=0.5))
    assert report.exists()


def test_a_collection_without_a_readable_tune_is_refused(tmp_path):
    results = [Skipped("a/1", "a.abc", "it has no notes")]
    with pytest.raises(InputError, match="1 of 1 tunes"):
        list(keep(results, report=tmp_path / "parse.json", max_skipped_share=1))


def test_read_warns_of_what_it_leaves_out(tmp_path):
    (tmp_path / "a.abc").write_text("X:1\nL:1/4\nK:C\nC|\n\nX:2\nK:C\n\n")
    with pytest.warns(UserWarning, match=r"a/2 in a\.abc: "):
        assert len(list(corpus.read(tmp_path / "a.abc"))) == 1


def test_who_wants_no_more_tunes_is_not_warned_of_the_rest(tmp_path):
    (tmp_path / "a.abc").write_text("\n".join([SCALE] * 200))
    tunes = corpus.read(tmp_path / "a.abc")
    assert next(tunes).meter == "4/4"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tunes.close()


def test_nothing_to_read_is_said(tmp_path):
    with pytest.raises(InputError, match=r"no tunes here; expected files ending in \.abc, \.mid, "):
        list(read_all(tmp_path))
    with pytest.raises(InputError, match=r"none\.abc: cannot be read \(No such file"):
        list(read_all(tmp_path / "none.abc"))


def test_a_folder_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    """Whoever runs the tests may read everything: here the system says no."""
    (tmp_path / "a.abc").write_text(SCALE)
    (tmp_path / "locked").mkdir()
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("locked"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InputError, match=r"/locked: cannot be read \(Permission denied\)"):
        list(read_all(tmp_path))


def test_the_hand_written_tunes():
    tunes = list(corpus.read(DATA / "tunes"))
    assert [tune.title for tune in tunes] == ["Up the Stairs", "Round the Pond", "Three Steps Home"]
    assert [tune.meter for tune in tunes] == ["4/4", "6/8", "3/4"]
    assert [tune.end for tune in tunes] == [68, 48, 48]
    assert tunes[0].notes[0].onset == 3


def write_books(folder, books, tunes):
    """Books of many different tunes, every fifth of which cannot be read."""
    folder.mkdir(parents=True)
    for book in range(books):
        text = ""
        for number in range(tunes):
            music = "z4|" if number % 5 == 4 else f"{'CDEFGAB'[number % 7]}{book + 1}DEF|" * 60
            text += f"X:{number + 1}\nM:4/4\nL:1/16\nK:C\n{music}\n\n"
        (folder / f"book{book}.abc").write_text(text)


def test_the_number_of_processes_changes_nothing(tmp_path, monkeypatch):
    write_books(tmp_path / "books", 2, 60)
    several = list(read_all(tmp_path / "books"))
    monkeypatch.setattr(collection, "_CHUNK", 7)
    monkeypatch.setattr(
        collection, "Parallel", lambda n_jobs, **settings: parallel(n_jobs=1, **settings)
    )
    assert list(read_all(tmp_path / "books")) == several
    assert len(several) == 120


parallel = collection.Parallel


@pytest.mark.slow
def test_memory_does_not_grow_with_the_corpus(tmp_path, monkeypatch):
    """A corpus four times the size takes no more memory, reading processes aside."""
    monkeypatch.setattr(
        collection, "Parallel", lambda n_jobs, **settings: parallel(n_jobs=1, **settings)
    )
    peaks = []
    gc.freeze()  # what other tests left in memory makes the collector wait longer
    for books in (5, 20):
        write_books(tmp_path / str(books), books, 20)
        tracemalloc.start()
        kept = keep(read_all(tmp_path / str(books)), report=tmp_path / "r", max_skipped_share=1)
        assert sum(1 for _ in kept) == books * 16
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    gc.unfreeze()
    assert peaks[1] < 2 * peaks[0]  # about 1.2; all in a list would be four times as much


def start(*command, log):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with log.open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            env=environment,
            cwd=log.parent,
            stderr=out,
            stdout=out,
        )


def wait_for(condition, what):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(what)


@pytest.fixture
def cluster(tmp_path):
    """A Dask scheduler and two workers on loopback, as processes of their own."""
    file = tmp_path / "scheduler.json"
    scheduler = start(
        *("dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"),
        *("--scheduler-file", str(file)),
        log=tmp_path / "scheduler.log",
    )
    wait_for(file.exists, "the scheduler does not start")
    address = json.loads(file.read_text())["address"]
    workers = [
        start(
            *("dask", "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"),
            *("--local-directory", str(tmp_path / f"worker{number}")),
            log=tmp_path / f"worker{number}.log",
        )
        for number in range(2)
    ]
    for number in range(2):
        log = tmp_path / f"worker{number}.log"
        wait_for(lambda log=log: b"Registered to" in log.read_bytes(), "a worker does not start")
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def parse(folder, scheduler):
    """Run the parse stage on the books in ``folder/data/raw``."""
    settings = (ROOT / "params.yaml").read_text()
    settings = settings.replace("max_skipped_share: 0.02", "max_skipped_share: 0.5")
    if scheduler:
        settings = settings.replace("  scheduler:\n", f"  scheduler: {scheduler}\n")
    (folder / "params.yaml").write_text(settings)
    return start("stages.parse", log=folder / "parse.log")


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes_when_a_worker_is_killed(tmp_path, cluster):
    address, workers = cluster
    raw = tmp_path / "data" / "raw"
    write_books(tmp_path / "ours", 12, 200)
    sources.fetch([str(tmp_path / "ours")], raw, archive=None)
    tunes, report = tmp_path / "data" / "tunes.jsonl", tmp_path / "reports" / "parse.json"

    assert parse(tmp_path, None).wait(120) == 0, (tmp_path / "parse.log").read_text()
    alone = tunes.read_bytes(), report.read_bytes()
    tunes.unlink()
    report.unlink()

    running = parse(tmp_path, address)
    wait_for(lambda: any(f.stat().st_size for f in partial(tmp_path)), "nothing is written")
    workers[0].send_signal(signal.SIGKILL)
    assert running.poll() is None, "it ended before the worker was killed"
    assert running.wait(120) == 0, (tmp_path / "parse.log").read_text()
    assert (tunes.read_bytes(), report.read_bytes()) == alone
    assert json.loads(report.read_text())["read"] == 12 * 160


def partial(folder: Path):
    return list((folder / "data").glob(".tunes.jsonl.partial-*"))


def test_a_cluster_that_does_not_answer_is_named(tmp_path):
    (tmp_path / "a.abc").write_text(SCALE)
    quickly = dask.config.set({"distributed.comm.timeouts.connect": "1s"})
    with quickly, pytest.raises(InputError, match=r"no Dask cluster at tcp://127\.0\.0\.1:9 that"):
        list(read_all(tmp_path, scheduler="tcp://127.0.0.1:9"))
