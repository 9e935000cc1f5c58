"""Git repositories with a pipeline, clones of them, and remotes for these."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.closure import ROOT

KEYS = {"access_key_id": "key", "secret_access_key": "secret", "region": "us-east-1"}
ONE_DEVICE = {"JAX_NUM_CPU_DEVICES": "1"}
"""Enough for tiny networks, and quicker to compile for."""
UP_TO_DATE = "Data and pipelines are up to date."
DVC = """\
import shlex, sys
from dvc.cli import main
for command in sys.argv[1:]:
    if code := main(shlex.split(command)):
        sys.exit(code)
"""


def git(folder, *arguments):
    """Run git as somebody whose own settings and hooks do not count."""
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        settings |= {f"GIT_{role}_NAME": "A", f"GIT_{role}_EMAIL": "a@b"}
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def dvc(project, *commands):
    """Run DVC commands in one process (importing DVC takes a second); return what it prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-c", DVC, *commands],
        cwd=project,
        env=os.environ | ONE_DEVICE | {"NOTTINGHAM_ARCHIVE": "corpus", "PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_repository(folder):
    """Make a project a git repository, run its pipeline, and commit what came of it."""
    shutil.copy(ROOT / ".gitignore", folder)
    with (folder / ".gitignore").open("a") as ignored:
        ignored.write("/corpus/\n")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    dvc(folder, "init --quiet", "config core.analytics false", "repro")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Run")
    return folder


def clone(repository, folder):
    """Give a clone, which has what is committed and nothing else."""
    git(repository, "clone", "--quiet", ".", str(folder))
    return folder


def remote_at(url, **settings):
    """Give the commands of docs/scaling.md that make a remote the default of one clone."""
    return [
        f"remote add --quiet --local --default --force storage {url}",
        *(f"remote modify --local storage {name} {value}" for name, value in settings.items()),
    ]
