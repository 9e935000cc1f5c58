"""What a stage is told on its command line: its model if it has one, and nothing else."""

import os
import subprocess
import sys

import pytest

from tests.closure import ROOT


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("evaluate", "the following arguments are required: MODEL"),
        ("sample", "the following arguments are required: MODEL"),
        ("judge", "the following arguments are required: MODEL"),
        ("judge lstm gru", "unrecognized arguments: gru"),
        ("fit_ngram lstm", "unrecognized arguments: lstm"),
        ("report lstm", "unrecognized arguments: lstm"),
        ("listen lstm", "unrecognized arguments: lstm"),
    ],
)
def test_it_is_checked_before_anything_is_done(tmp_path, words, message):
    stage, *models = words.split()
    command = [sys.executable, "-m", f"stages.{stage}", *models]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.endswith(f"python -m stages.{stage}: error: {message}\n")
    assert not list(tmp_path.iterdir())
