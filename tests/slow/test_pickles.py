"""Pickles, and other things that run code, wherever a stage reads something: never run."""

import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from nottingham.corpus import provenance
from nottingham.errors import InputError
from nottingham.models import storage
from tests.slow.faults import MODEL, STAGES, read_by_stages, refused, run_here

pytestmark = pytest.mark.slow

LAUGHS = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
NOTATION = {
    "entity.musicxml": '<!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]><s>&e;</s>',
    "laughs.musicxml": f'<!DOCTYPE s [<!ENTITY a0 "ha">{LAUGHS}]><s>&a9;</s>',
    "include.abc": "X:1\n%%abc-include /etc/passwd\nI:abc-include /etc/passwd\nT:T\nK:C\n",
}


class Payload:
    """What writes a file when it is unpickled."""

    def __init__(self, marker):
        self._marker = marker

    def __reduce__(self):
        return Path.touch, (self._marker,)


@pytest.fixture
def marker(tmp_path):
    """The file that nothing may write; a pickle that is loaded would."""
    path = tmp_path / "run"
    pickle.loads(pickle.dumps(Payload(path)))
    assert path.exists()
    path.unlink()
    yield path
    assert not path.exists()


def planted(path, marker):
    """Put a pickle in place of a file, in the form in which a careless reader would load it."""
    pickled = pickle.dumps(Payload(marker))
    if path.suffix == ".npz":
        held = {}
        with np.load(path) as arrays:
            held = {name: arrays[name] for name in arrays.files}
        objects = np.array([Payload(marker)], object)
        np.savez(path, **held | dict.fromkeys(held, objects), allow_pickle=True)
    elif path.suffix == ".yaml":
        path.write_text(f"train: !!python/object/apply:pathlib.Path.touch [{marker}]\n")
    elif path.suffix == ".safetensors":
        path.write_bytes(pickled)
        settings = json.loads(path.with_name("settings.json").read_text())
        settings["weights_sha256"] = storage.digest(path)
        path.with_name("settings.json").write_text(json.dumps(settings))
    else:
        path.write_bytes(pickled)


def test_a_pickle_in_any_artifact_is_refused_unread(ran, project, marker):
    tried = read_by_stages(ran)
    for stage, name in tried:
        path = project / name
        kept = {file: file.read_bytes() for file in path.parent.iterdir() if file.is_file()}
        planted(path, marker)
        message = refused(project, stage)
        assert not marker.exists(), f"{stage} ran what was in {name}"
        assert name in message, f"{stage}: {message}"
        for file, content in kept.items():
            file.write_bytes(content)
    print(f"{len(tried)} pickles planted")
    assert {stage for stage, _ in tried} >= set(STAGES) - {"download"}


def test_a_pickle_alone_in_an_npz_is_refused_unread(project, marker):
    """As ``numpy.load`` takes one that has no zip file around it, and as a member of one."""
    path = project / "data" / "windows.npz"
    path.write_bytes(pickle.dumps(Payload(marker)))
    assert "data/windows.npz" in refused(project, "fit-ngram")
    with zipfile.ZipFile(path, "w") as packed:
        for name in ("tokens", "offsets", "split", "ids", "representation"):
            packed.writestr(f"{name}.npy", pickle.dumps(Payload(marker)))
    assert "data/windows.npz" in refused(project, "fit-ngram")


@pytest.mark.parametrize("stage", ["download", "window", f"judge@{MODEL}"])
def test_settings_that_make_objects_are_refused_unread(project, marker, stage):
    path = project / "params.yaml"
    path.write_text(
        path.read_text() + f"\nmore: !!python/object/apply:pathlib.Path.touch [{marker}]\n"
    )
    assert "params.yaml" in refused(project, stage)


def test_a_pickle_as_a_training_state_is_not_taken_up(project, marker):
    (project / ".training" / "lstm").mkdir(parents=True)
    from nottingham.training.checkpoint import Checkpoint

    (project / ".training" / "lstm" / "mark.safetensors").write_bytes(pickle.dumps(Payload(marker)))
    assert Checkpoint(project / ".training" / "lstm", "mark").load(np.zeros(3)) is None


@pytest.mark.parametrize("name", [*NOTATION, "pickle.mid", "pickle.mxl", "pickle.abc"])
def test_notation_reaches_nothing_outside_itself(project, marker, name):
    """Entities, inclusions and pickles: the tune is refused, or nothing of them is in it."""
    raw = project / "data" / "raw"
    (record,) = provenance.read(raw)
    file = raw / "nottingham" / "ABC_cleaned" / name
    if name in NOTATION:
        file.write_text(NOTATION[name])
    else:
        file.write_bytes(pickle.dumps(Payload(marker)))
    record["files"][f"nottingham/ABC_cleaned/{name}"] = provenance.digest(file)
    provenance.write(raw, [record])
    settings = (project / "params.yaml").read_text()
    (project / "params.yaml").write_text(
        settings.replace("max_skipped_share: 0.02", "max_skipped_share: 1")
    )
    run_here(project, "parse")
    assert "root:" not in (project / "data" / "tunes.jsonl").read_text()
    report = json.loads((project / "reports" / "parse.json").read_text())
    assert report["read"] in (3, 4)
    if name not in ("include.abc", "pickle.abc"):
        assert [tune["file"] for tune in report["skipped_tunes"]] == [name]
        assert report["skipped_tunes"][0]["reason"]


def test_a_corpus_that_is_a_pickle_is_no_corpus(project, marker, monkeypatch):
    archive = project / "corpus.tar.gz"
    archive.write_bytes(pickle.dumps(Payload(marker)))
    monkeypatch.setenv("NOTTINGHAM_ARCHIVE", str(archive))
    with pytest.raises(InputError, match=r"corpus\.tar\.gz: damaged, truncated or not"):
        run_here(project, "download")
