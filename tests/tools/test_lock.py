"""A lock that is stale is found, with its data at hand and without."""

import os

import pytest
import yaml

from nottingham.errors import InputError
from tests.remotes.repository import clone, dvc, git
from tools.checks import lock

PIPELINE = {
    "stages": {
        "parse": {"cmd": "cp tunes parsed", "deps": ["tunes", "code.py"], "outs": ["parsed"]},
        "window": {"cmd": "cp parsed windows", "deps": ["parsed"], "outs": ["windows"]},
    }
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lock") / "project"
    folder.mkdir()
    (folder / "dvc.yaml").write_text(yaml.safe_dump(PIPELINE))
    (folder / "tunes").write_text("A B c")
    (folder / "code.py").write_text("")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    dvc(folder, "init --quiet", "config core.analytics false", "repro")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Run")
    return folder


@pytest.fixture(autouse=True)
def programs(monkeypatch):
    """As git finds them at a push: not those of .venv."""
    monkeypatch.setenv("PATH", os.defpath)


@pytest.mark.parametrize("fresh", [False, True], ids=["with data", "in a fresh clone"])
def test_a_change_of_the_code_makes_the_lock_stale(project, fresh, tmp_path, monkeypatch, capsys):
    folder = clone(project, tmp_path / "clone") if fresh else project
    monkeypatch.chdir(folder)
    lock.main()
    assert capsys.readouterr().out == "dvc.lock is up to date\n"
    (folder / "code.py").write_text("changed = True\n")
    with pytest.raises(InputError, match=r"dvc.lock is stale from 'parse' on: .* Run dvc repro"):
        lock.main()
    git(folder, "checkout", "--quiet", "code.py")
    if fresh:
        (folder / "dvc.yaml").write_text("stages: [")
        with pytest.raises(InputError, match=r"(?s)dvc.lock cannot be compared: .*dvc.yaml"):
            lock.stale()
