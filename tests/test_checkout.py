"""What make says where there is no git repository, as in a copy that was downloaded."""

import os
import shutil
import subprocess

import pytest

from tests.closure import ROOT

REMEDY = "git init && git add --all && git commit --message 'As downloaded'"


@pytest.mark.parametrize("target", ["repro", "hooks", "review", "check-lock"])
def test_make_tells_how_a_copy_becomes_a_repository(tmp_path, target):
    """In a folder with the Makefile and DVC's settings, as if everything were installed."""
    folder = tmp_path / "für alle"
    (folder / ".dvc").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copy(ROOT / ".dvc" / "config", folder / ".dvc")
    done = subprocess.run(
        ["make", "--old-file", ".venv/.installed", target],
        cwd=folder,
        env=os.environ | {"GIT_CEILING_DIRECTORIES": str(folder.parent)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert REMEDY in done.stderr
    assert "dvc" not in done.stdout
