"""The README's commands and Python run."""

import json
import re
import shlex
import sys
from dataclasses import replace

import pytest

from nottingham import __main__
from nottingham.dataset import streams
from nottingham.formats import writers
from nottingham.models.counting.baselines import Uniform
from nottingham.music.tune import write_tunes
from nottingham.representation import Notes
from tests.closure import ROOT
from tests.jigs import fill, jig

README = (ROOT / "README.md").read_text()


def commands(program: str) -> list[str]:
    """List the README's commands for a program, those between backticks too."""
    found = re.findall(rf"(?:^|`)({program} [^`\n#]+)", README, re.MULTILINE)
    return sorted({command.strip() for command in found})


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder in which the pipeline has run, with a tune and answers of a reader's own."""
    folder = fill(tmp_path_factory.mktemp("project"))
    tunes, notes = [jig(number) for number in range(4)], Notes()
    places = streams.load(folder / "data" / "windows.npz").split
    streams.save(folder / "data" / "notes.npz", streams.of_tunes(tunes, notes, split=places))
    write_tunes(folder / "data" / "parts" / "train.jsonl", tunes[:2])
    Uniform(notes).save(folder / "models" / "note-lstm")
    (folder / "reports").mkdir(exist_ok=True)
    limit = {"limit": {"run": 1000.0, "share": 1.0}, "sets": {}}
    (folder / "reports" / "originality.json").write_text(json.dumps(limit))
    mine = replace(jig(3), notes=jig(3).notes[:48])
    for name in ("my", "my_tunes"):
        writers.write(mine, folder / name, ["abc"])
    answer = {"pair": 1, "model": "lstm", "tune": "jigs/1", "person": True, "play": False}
    answers = {"nottingham": "listening", "version": 1, "page": "abc", "listener": "1f"}
    (folder / "answers.json").write_text(json.dumps(answers | {"answers": [answer]}))
    return folder


@pytest.mark.parametrize("command", commands("nottingham"))
def test_a_command_of_the_readme_runs(command, project, monkeypatch, tmp_path):
    """The one for the model in the package, in an empty folder."""
    monkeypatch.chdir(tmp_path if "--dance reel" in command else project)
    quick = ["--formats", "abc"] if "generate" in command else []
    monkeypatch.setattr(sys, "argv", [*shlex.split(command), *quick])
    if "--help" not in command:
        __main__.main()
        return
    with pytest.raises(SystemExit, match="0"):
        __main__.main()


def test_the_python_of_the_readme_runs(project, monkeypatch, capsys):
    monkeypatch.chdir(project)
    (code,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    exec(code, {})
    assert "nats per token" in capsys.readouterr().out
