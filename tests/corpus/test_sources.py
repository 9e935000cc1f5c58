"""Where a corpus comes from, with a server on loopback in the place of the host."""

import hashlib
import http.server
import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from nottingham.corpus import collection, provenance, sources, verification
from nottingham.errors import InputError
from tests.corpus.test_archive import FILES, HASHES, pack


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    """A small corpus declared like the real one, on a host that nobody reaches."""
    manifest = tmp_path / "manifest.sha256"
    manifest.write_text("".join(f"{digest}  {path}\n" for path, digest in HASHES.items()))
    declared = replace(
        sources.NOTTINGHAM, manifest=manifest, repository="http://127.0.0.1:9/corpus", commit="1"
    )
    monkeypatch.setattr(sources, "NOTTINGHAM", declared)
    monkeypatch.setattr(sources, "_RETRIES", 0)
    return declared


@pytest.fixture
def failures():
    """Status codes with which the host answers before it behaves."""
    return []


@pytest.fixture
def host(tmp_path, corpus, failures, monkeypatch):
    """Serve a folder on loopback as the corpus's host; give the path of the archive there."""
    folder = tmp_path / "host"
    archive = folder / "corpus" / "archive" / "1.tar.gz"
    archive.parent.mkdir(parents=True)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def do_GET(self):
            if failures:
                self.send_error(failures.pop())
            else:
                super().do_GET()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/corpus"
    monkeypatch.setattr(sources, "NOTTINGHAM", replace(corpus, repository=address))
    yield archive
    server.shutdown()
    server.server_close()


def files_below(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "provenance.json"
    }


def test_the_real_corpus_is_declared_whole():
    hashes = sources.NOTTINGHAM.sha256()
    assert sum(path.startswith("ABC_cleaned/") for path in hashes) == 14
    assert sum(path.startswith("MIDI/melody/") for path in hashes) == 1034
    assert all(len(digest) == 64 for digest in hashes.values())


def test_from_a_local_archive(tmp_path, corpus):
    (record,) = sources.fetch(
        ["nottingham"], tmp_path / "raw", archive=str(pack(tmp_path / "a.tar.gz"))
    )
    assert files_below(tmp_path / "raw" / "nottingham") == FILES
    written = json.loads((tmp_path / "raw" / "provenance.json").read_text())
    assert written == {"corpora": [record]}
    assert record["files"] == {f"nottingham/{path}": digest for path, digest in HASHES.items()}
    assert (record["corpus"], record["version"], record["licence"]) == (
        "nottingham",
        "1",
        "GPL-3.0",
    )
    assert record["substituted"] is None


def test_the_environment_names_an_archive(tmp_path, corpus, monkeypatch):
    monkeypatch.setenv("NOTTINGHAM_ARCHIVE", str(pack(tmp_path / "a.tar.gz")))
    sources.fetch(["auto"], tmp_path / "raw", archive=None)
    assert files_below(tmp_path / "raw" / "nottingham") == FILES


def test_a_named_archive_that_is_wrong_is_never_substituted(tmp_path, corpus):
    with pytest.raises(InputError, match="no such archive"):
        sources.fetch(["auto"], tmp_path / "raw", archive=str(tmp_path / "typo.tar.gz"))
    assert not (tmp_path / "raw").exists()


def test_a_failure_keeps_what_was_there_and_leaves_nothing_else(tmp_path, corpus):
    raw = tmp_path / "data" / "raw"
    sources.fetch(["nottingham"], raw, archive=str(pack(tmp_path / "a.tar.gz")))
    bad = pack(tmp_path / "b.tar.gz", files=FILES | {"MIDI/a.mid": b"changed"})
    with pytest.raises(InputError):
        sources.fetch(["nottingham"], raw, archive=str(bad))
    assert files_below(raw / "nottingham") == FILES
    assert list(raw.parent.iterdir()) == [raw]


def test_a_second_fetch_leaves_nothing_of_the_first(tmp_path, corpus):
    raw = tmp_path / "raw"
    sources.fetch(["ryans-mammoth"], raw, archive=None)
    sources.fetch(["nottingham"], raw, archive=str(pack(tmp_path / "a.tar.gz")))
    assert files_below(raw / "nottingham") == FILES


def test_from_the_host(tmp_path, host):
    pack(host)
    sources.fetch(["auto"], tmp_path / "raw", archive=None)
    assert files_below(tmp_path / "raw" / "nottingham") == FILES


def test_a_host_that_fails_is_asked_again(tmp_path, host, failures, monkeypatch):
    pack(host)
    failures.append(503)
    with pytest.raises(InputError, match="503"):
        sources.fetch(["nottingham"], tmp_path / "raw", archive=None)
    failures.append(503)
    monkeypatch.setattr(sources, "_RETRIES", 1)
    sources.fetch(["nottingham"], tmp_path / "raw", archive=None)
    assert files_below(tmp_path / "raw" / "nottingham") == FILES


def test_nottingham_is_strict(tmp_path, corpus):
    with pytest.raises(InputError, match=r"(?s)cannot be downloaded.*set NOTTINGHAM_ARCHIVE to"):
        sources.fetch(["nottingham"], tmp_path / "raw", archive=None)
    assert not (tmp_path / "raw").exists()


def test_auto_makes_do_with_the_bundled_corpus_and_says_so(tmp_path, corpus, capsys):
    (record,) = sources.fetch(["auto"], tmp_path / "raw", archive=None)
    warning = capsys.readouterr().err
    assert "COULD NOT BE HAD" in warning
    assert "NOTTINGHAM_ARCHIVE" in warning
    assert "COULD NOT BE HAD" in record["substituted"]
    assert record["corpus"] == "ryans-mammoth"
    assert len(record["files"]) > 1000
    files = files_below(tmp_path / "raw")
    assert {p: hashlib.sha256(c).hexdigest() for p, c in files.items()} == record["files"]


def test_a_sign_in_page_in_the_host_s_place_counts_as_no_host(tmp_path, host, capsys):
    host.write_bytes(b"<html>sign in</html>")
    (record,) = sources.fetch(["auto"], tmp_path / "raw", archive=None)
    assert "not a .tar.gz archive" in record["substituted"]
    with pytest.raises(InputError, match=r"not a \.tar\.gz"):
        sources.fetch(["nottingham"], tmp_path / "other", archive=None)


def test_nothing_stays_of_a_corpus_of_which_a_part_is_damaged(tmp_path, host, capsys):
    pack(host, files=FILES | {max(FILES): b"changed"})
    record = sources.fetch(["auto"], tmp_path / "raw", archive=None)[0]
    assert "differs from the declared corpus" in record["substituted"]
    assert [corpus.name for corpus in verification.corpora(tmp_path / "raw")] == ["ryans-mammoth"]
    assert not (tmp_path / "raw" / "nottingham").exists()


def test_ryans_mammoth_by_name_is_no_substitution(tmp_path, capsys):
    (record,) = sources.fetch(["ryans-mammoth"], tmp_path / "raw", archive=None)
    assert record["substituted"] is None
    assert not capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "tunes", "skipped"),
    [
        pytest.param("ryans-mammoth", 1059, 0, marks=pytest.mark.slow),
        pytest.param("oneills-1850", 2009, 2, marks=pytest.mark.slow),
        ("airds-airs", 1180, 0),
        pytest.param("essen", 8514, 3, marks=pytest.mark.slow),
    ],
)
def test_the_bundled_corpora_are_read(tmp_path, name, tunes, skipped):
    """How many tunes each has, and how many of them cannot be read (their keys are no keys)."""
    (record,) = sources.fetch([name], tmp_path / "raw", archive=None)
    assert record["corpus"] == name
    results = list(collection.read_all(tmp_path / "raw" / record["notation"]))
    reasons = [r.reason for r in results if isinstance(r, collection.Skipped)]
    assert (len(results), len(reasons)) == (tunes, skipped)
    assert all("not a key" in reason for reason in reasons)


def test_a_folder_of_one_s_own(tmp_path):
    own = tmp_path / "my tunes"
    (own / "sub").mkdir(parents=True)
    (own / "sub" / "a.abc").write_text("X:1\nK:C\nCDE|\n")
    (own / "b.mid").write_bytes(b"kept as it is")
    (own / "letter.doc").write_text("left where it is")
    (record,) = sources.fetch([str(own)], tmp_path / "raw", archive=None)
    assert set(files_below(tmp_path / "raw")) == {
        "my tunes/tunes/sub/a.abc",
        "my tunes/tunes/b.mid",
    }
    assert set(record["files"]) == set(files_below(tmp_path / "raw"))
    assert (record["corpus"], record["notation"], record["substituted"]) == (
        "my tunes",
        "my tunes/tunes",
        None,
    )
    (one,) = sources.fetch([str(own / "sub" / "a.abc")], tmp_path / "raw", archive=None)
    assert set(files_below(tmp_path / "raw")) == {"a/tunes/a.abc"}
    assert one["corpus"] == "a"


def test_several_corpora_lie_side_by_side(tmp_path):
    """Two books with files of one name: ids tell the tunes apart, and each knows its corpus."""
    for name, notes in (("one", "CDE"), ("two", "EDC")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.abc").write_text(f"X:1\nL:1/4\nK:C\n{notes}|\n")
    raw = tmp_path / "raw"
    sources.fetch([str(tmp_path / "two"), str(tmp_path / "one")], raw, archive=None)
    tunes = list(collection.read_corpora(verification.corpora(raw)))
    assert [(t.id, t.corpus, t.notes[0].pitch) for t in tunes] == [
        ("two/a/1", "two", 64),
        ("one/a/1", "one", 60),
    ]
    sources.fetch([str(tmp_path / "one")], raw, archive=None)
    tunes = list(collection.read_corpora(verification.corpora(raw)))
    assert [(t.id, t.corpus) for t in tunes] == [("a/1", "one")]


def test_a_corpus_that_comes_twice_is_refused(tmp_path):
    for name in ("x/own", "y/own"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "a.abc").write_text("X:1\nK:C\nCDE|\n")
    with pytest.raises(InputError, match=r"download\.corpora: given '.*y/own', which is a second"):
        sources.fetch(
            [str(tmp_path / "x/own"), str(tmp_path / "y/own")], tmp_path / "raw", archive=None
        )
    assert not (tmp_path / "raw").exists()


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_text(",root\na,2\n")])
def test_a_table_of_tonics_that_is_not_as_it_came_is_refused(tmp_path, change, monkeypatch):
    manifest = tmp_path / "manifest.sha256"
    files = {"cre_corpus/MIDI/a.mid": b"as it is", "cre_corpus/roots.csv": b",root\na,9\n"}
    digests = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    manifest.write_text("".join(f"{digest}  {path}\n" for path, digest in digests.items()))
    monkeypatch.setattr(sources, "CEOL_RINCE", replace(sources.CEOL_RINCE, manifest=manifest))
    monkeypatch.setenv("CEOL_RINCE_ARCHIVE", str(pack(tmp_path / "a.tar.gz", files=files)))
    raw = tmp_path / "raw"
    sources.fetch(["ceol-rince"], raw, archive=None)
    (corpus,) = verification.corpora(raw)
    assert corpus.roots is not None
    change(corpus.roots)
    with pytest.raises(InputError, match=r"roots\.csv: not as .*provenance\.json has it"):
        verification.corpora(raw)


def test_a_folder_without_tunes_leaves_the_corpus_that_was_there(tmp_path, corpus):
    raw = tmp_path / "raw"
    sources.fetch(["nottingham"], raw, archive=str(pack(tmp_path / "a.tar.gz")))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no tunes here"):
        sources.fetch([str(tmp_path / "empty")], raw, archive=None)
    assert files_below(raw / "nottingham") == FILES


def test_a_name_that_is_none_is_refused_with_all_names(tmp_path):
    with pytest.raises(
        InputError, match=r"download\.corpora: given 'nottinghm'.*oneills-1850.*path"
    ):
        sources.fetch(["nottinghm"], tmp_path / "raw", archive=None)


@pytest.mark.parametrize("name", ["~nobody-at-all/tunes", "x" * 300, "a\nb", "nowhere"])
def test_a_name_that_no_disk_can_have_is_refused_with_its_key(tmp_path, corpus, name):
    with pytest.raises(InputError, match=r"download\.corpora: given "):
        sources.fetch([name], tmp_path / "raw", archive=None)
    with pytest.raises(InputError, match=r"download\.archive: given "):
        sources.fetch(["auto"], tmp_path / "raw", archive=name)


def test_an_experiment_s_copy_of_the_project_lacks_what_git_does_not_track(tmp_path, monkeypatch):
    """As `dvc exp run --temp` has it; the absolute path is not to blame there."""
    copy = tmp_path / ".dvc" / "tmp" / "exps" / "tmp1"
    copy.mkdir(parents=True)
    monkeypatch.chdir(copy)
    with pytest.raises(InputError, match=r"git tracks: give the absolute path$"):
        sources.fetch(["mytunes"], tmp_path / "raw", archive=None)
    with pytest.raises(InputError, match=r"which this is not$"):
        sources.fetch([str(tmp_path / "mytunes")], tmp_path / "raw", archive=None)


def test_a_pipe_among_the_tunes_is_not_waited_for(tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    os.mkfifo(own / "a.abc")
    with pytest.raises(InputError, match=r"a\.abc: a folder, pipe or device"):
        sources.fetch([str(own)], tmp_path / "raw", archive=None)


@pytest.mark.parametrize(
    "content", ["{", "[]", "{}", '{"corpora": []}', '{"corpora": [{"corpus": "nottingham"}]}']
)
def test_a_damaged_provenance_names_the_remedy(tmp_path, content):
    (tmp_path / "provenance.json").write_text(content)
    with pytest.raises(InputError, match=r"provenance\.json.*dvc repro"):
        provenance.read(tmp_path)


def test_the_real_archive_is_the_declared_corpus(tmp_path, real_archive):
    (record,) = sources.fetch(["nottingham"], tmp_path / "raw", archive=str(real_archive))
    assert len(record["files"]) == 3103
