"""What a reader of the documents may type: every command and every block is understood."""

import argparse
import json
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml
from dvc.cli import DvcParserError
from dvc.exceptions import DvcException

from nottingham import __main__, params
from nottingham.errors import InputError
from nottingham.files import write_json
from tests import documents
from tests.closure import ROOT
from tests.documents import DOCUMENTS
from tests.jigs import MINE, fill

STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
VARIABLES = re.compile(r"(NOTTINGHAM|JAX|CUDA|XLA|DVC|AWS)_\w+|HTTPS_PROXY")
"""What a command may set."""
BY_HAND = {
    "source .venv/bin/activate": "behind make, which .ci/run runs",
    "srun --nodes=4 --ntasks-per-node=1 python -m stages.train_flax_lstm lstm": "not run: no SLURM",
    "rm -r data models .training": "in a copy of the project",
    "rm -r .training": "in a copy of the project",
    "rm -rf .dvc/tmp/exps": "in a copy of the project",
    "rm .dvc/tmp/rwlock": "tests/slow/test_pipeline_kills.py",
    "python -m checks.determinism machines": "docs/pipeline.md has what it printed",
    "mkdir /srv/nottingham-cache": "in another place",
    "chgrp music /srv/nottingham-cache": "in another place",
    "chmod g+ws /srv/nottingham-cache": "in another place",
    "ps -p 29229": "a number that differs each time",
    "apt install abcmidi": ".ci/run",
    "apt install chromium": ".ci/run",
    "apt install fluidsynth fluid-soundfont-gm": ".ci/run",
    "grep -hE '^S:.*19[0-9]{2}' data/raw/ABC_cleaned/*.abc": "65 lines",
}
"""Commands that no test here understands, and where they were run."""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder in which the pipeline has run, and what the documents suppose to be there."""
    folder = fill(tmp_path_factory.mktemp("project"))
    write_json(
        folder / "reports" / "novelty.json", {"limit": {"run": 1000.0, "share": 1.0}, "sets": {}}
    )
    for name in ("my.abc", "my_tunes.abc"):
        (folder / name).write_text(MINE)
    answer = {"pair": 1, "model": "lstm", "tune": "jigs/1", "person": True, "play": False}
    answers = {"nottingham": "listening", "version": 1, "page": "abc", "listener": "1f"}
    write_json(folder / "answers.json", answers | {"answers": [answer]})
    return folder


@pytest.fixture(autouse=True)
def here(project, monkeypatch):
    """Every command is typed in that folder."""
    monkeypatch.chdir(project)


@pytest.mark.parametrize("command", documents.commands())
def test_a_command_is_understood(command, monkeypatch):
    names, words = documents.words(command)
    assert all(VARIABLES.fullmatch(name) for name in names)
    if words in (shlex.split(done) for done in BY_HAND):
        return
    assert words[0] in CHECKS, f"nothing checks it: {command}"
    CHECKS[words[0]](words, monkeypatch)


def test_what_was_run_by_hand_is_still_written():
    written = [documents.words(command)[1] for command in documents.commands()]
    assert [done for done in BY_HAND if shlex.split(done) not in written] == []


def check_make(words, _):
    makefile = (ROOT / "Makefile").read_text()
    head = makefile.split("\n\n")[0]
    for word in words[1:]:
        name, sets, _ = word.partition("=")
        if sets:
            assert re.search(rf"^{name} \?=", makefile, re.MULTILINE), f"make has no {name}"
        else:
            assert re.search(rf"^{name}:", makefile, re.MULTILINE), f"make has no {name}"
            assert re.search(rf"^# make {name}\s", head, re.MULTILINE), f"tell of make {name}"


@cache
def dvc_parser() -> argparse.ArgumentParser:
    from dvc.cli.parser import get_main_parser

    return get_main_parser()


def check_dvc(words, _):
    """Have DVC read the command; the stages that it names exist, the settings are valid."""
    if len(words) == 2:  # named, rather than typed: it may want arguments
        with pytest.raises(SystemExit, match="0"):
            dvc_parser().parse_args([words[1], "--help"])
        return
    chosen = dvc_parser().parse_args(words[1:])
    if words[1] in ("repro", "commit") or words[1:3] == ["exp", "run"]:
        assert set(chosen.targets or []) <= stage_names()
    if overrides := getattr(chosen, "set_param", None):
        check_settings(overrides)


def stage_names():
    found = set(STAGES)
    for name, stage in STAGES.items():
        found |= {f"{name}@{model}" for model in stage.get("matrix", {}).get("model", [])}
    return found


def check_settings(overrides):
    """Change the settings as DVC does, for each choice of a sweep, and read them."""
    from dvc.utils.hydra import apply_overrides, get_hydra_sweeps

    for sweep in get_hydra_sweeps({"params.yaml": overrides}):
        Path("params.yaml").write_text((ROOT / "params.yaml").read_text())
        apply_overrides("params.yaml", sweep["params.yaml"])
        assert params.load("params.yaml")


def check_nottingham(words, monkeypatch):
    """Run the command; only that sounds and scores are left out makes a difference."""
    quick = ["--formats", "abc"] if words[1] == "generate" else []
    monkeypatch.setattr(sys, "argv", [*words, *quick])
    if "--help" not in words:
        __main__.main()
        return
    with pytest.raises(SystemExit, match="0"):
        __main__.main()


def check_python(words, monkeypatch):
    if words[1] == "-c":
        exec(words[2], {})
        return
    module = words[2]
    assert words[1] == "-m"
    path = ROOT.joinpath(*module.split("."))
    assert path.with_suffix(".py").exists() or (path / "__main__.py").exists()
    if module == "stages.train_flax_lstm":
        assert set(words[3:]) <= set(STAGES["train-flax-lstm"]["matrix"]["model"])
    else:
        assert not words[3:]


def check_export(words, _):
    assert all(VARIABLES.match(word) for word in words[1:])


def check_pip(words, _):
    """Have nothing installed that pyproject.toml does not name."""
    assert words[1] == "install"
    known = re.findall(r'"([\w-]+(?:\[\w+\])?)[<>=~]', (ROOT / "pyproject.toml").read_text())
    assert {re.split("[<>=~]", package)[0] for package in words[2:]} <= set(known)


def check_git(words, _):
    known = subprocess.run(["git", "--list-cmds=main"], capture_output=True, text=True, check=True)
    assert words[1] in known.stdout.split()


CHECKS = {
    "make": check_make,
    "dvc": check_dvc,
    "nottingham": check_nottingham,
    "python": check_python,
    "export": check_export,
    "pip": check_pip,
    "git": check_git,
}


@pytest.mark.parametrize(
    "command",
    [
        "make bread",
        "make test FLOUR=1",
        "dvc repo",
        "dvc repro train",
        "dvc exp run -S train.lstm.unit=384",
        "dvc exp run -S train.lstm.units=many",
        "dvc exp run --queue -S train.lstm.units=128,0",
        "nottingham generate --bread 8",
        "nottingham listening-results nowhere.json",
        "python -m stages.train_flax_lstm ngram",
        "python -m stages.trains",
        "git comit",
        "pip install jaxs",
        "frobnicate",
    ],
)
def test_a_wrong_command_is_noticed(command, monkeypatch):
    with pytest.raises((AssertionError, DvcException, DvcParserError, InputError, SystemExit)):
        test_a_command_is_understood(command, monkeypatch)


@pytest.mark.parametrize(
    "block", [b for d in DOCUMENTS for b in documents.blocks(d)], ids=lambda block: block.place
)
def test_a_block_is_what_it_says_it_is(block):
    assert block.language in {documents.COMMANDS, *documents.OTHERS}
    if block.language == "json":
        json.loads(block.text)
    elif block.language == "yaml":
        yaml.safe_load(block.text)
    elif block.language == "python":
        exec(compile(block.text, block.place, "exec"), {})
