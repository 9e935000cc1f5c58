"""What git runs at a commit, in a small repository with this one's hooks."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.closure import ROOT
from tests.remotes.repository import git

CONFIG = ROOT / ".pre-commit-config.yaml"
GOOD = '"""A module."""\n\nSTEPS = 8\n'
BAD = {
    "ruff": '"""A module."""\n\nimport os\n\nSTEPS = 8\n',
    "ruff-format": '"""A module."""\n\nSTEPS=8\n',
    "end-of-file": GOOD + "\n\n",
    "large-files": GOOD + 600 * 1024 * "#",
}
"""Content that a hook refuses."""


@pytest.fixture
def project(tmp_path):
    """A repository with one module; .venv is what the tests run in."""
    for path in (CONFIG, ROOT / "pyproject.toml"):
        shutil.copy(path, tmp_path)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / ".gitignore").write_text("/.venv\n")
    (tmp_path / "module.py").write_text(GOOD)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    return tmp_path


def check(project, hook):
    """Run a hook on what is to be committed, at home nowhere."""
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", hook],
        cwd=project,
        env=os.environ | {"PRE_COMMIT_HOME": str(project / ".git" / "pre-commit")},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("hook", BAD)
def test_a_hook_passes_what_is_good_and_stops_what_is_not(project, hook):
    passed = check(project, hook)
    assert passed.returncode == 0, passed.stdout
    (project / "module.py").write_text(BAD[hook])
    git(project, "add", "module.py")
    stopped = check(project, hook)
    assert stopped.returncode == 1
    assert f"- hook id: {hook}\n" in stopped.stdout


def hooks():
    (repo,) = yaml.safe_load(CONFIG.read_text())["repos"]
    assert repo["repo"] == "local"
    return {hook["id"]: hook for hook in repo["hooks"]}


def test_hooks_need_no_network():
    for hook in hooks().values():
        assert hook["language"] == "system"
        assert "additional_dependencies" not in hook


def test_hooks_run_what_is_installed():
    for hook in hooks().values():
        program = hook["entry"].split()[0]
        assert program.startswith(".venv/bin/")
        assert (Path(sys.prefix) / "bin" / Path(program).name).exists(), program


def test_what_lint_runs_is_a_hook_too():
    """But for the files, which lint names and git gives."""
    recipe = (ROOT / "Makefile").read_text().split("\nlint:")[1].split("\n\n")[0]
    commands = [line.split() for line in recipe.splitlines()[1:]]
    assert len(commands) == 5
    entries = [hook["entry"].removeprefix(".venv/bin/").split() for hook in hooks().values()]
    for command in commands:
        words = [word for word in command if not word.startswith(".")]
        assert any(entry[: len(words)] == words for entry in entries), command
