"""The README's commands and Python run, and the settings that documents name are valid."""

import json
import re
import shlex
import sys

import pytest
from dvc.utils.hydra import apply_overrides, get_hydra_sweeps

from nottingham import __main__, params
from tests.closure import ROOT
from tests.jigs import MINE, fill

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text()
ALL = "\n".join(document.read_text() for document in DOCUMENTS)
SETTINGS = sorted(s for s in set(re.findall(r"-S '?([\w.-]+=[^\s'`]+)", ALL)) if "…" not in s)


def commands(program: str) -> list[str]:
    """List the README's commands for a program, those between backticks too."""
    found = re.findall(rf"(?:^|`)({program} [^`\n#]+)", README, re.MULTILINE)
    return sorted({command.strip() for command in found})


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder in which the pipeline has run, with a tune and answers of a reader's own."""
    folder = fill(tmp_path_factory.mktemp("project"))
    (folder / "reports").mkdir(exist_ok=True)
    limit = {"limit": {"run": 1000.0, "share": 1.0}, "sets": {}}
    (folder / "reports" / "originality.json").write_text(json.dumps(limit))
    for name in ("my.abc", "my_tunes.abc"):
        (folder / name).write_text(MINE)
    answer = {"pair": 1, "model": "lstm", "tune": "jigs/1", "person": True, "play": False}
    answers = {"nottingham": "listening", "version": 1, "page": "abc", "listener": "1f"}
    (folder / "answers.json").write_text(json.dumps(answers | {"answers": [answer]}))
    return folder


@pytest.mark.parametrize("command", commands("nottingham"))
def test_a_command_of_the_readme_runs(command, project, monkeypatch):
    monkeypatch.chdir(project)
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
    assert "nats per step" in capsys.readouterr().out


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_of_the_documents_is_valid(setting, tmp_path):
    """A sweep's values one by one, as DVC takes them apart."""
    path = tmp_path / "params.yaml"
    for sweep in get_hydra_sweeps({"params.yaml": [setting]}):
        path.write_text((ROOT / "params.yaml").read_text())
        apply_overrides(path, sweep["params.yaml"])
        params.load(path)
