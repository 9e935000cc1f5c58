"""A training by several processes on loopback, and one that is stopped from outside."""

import os
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.test_pipeline import make_project, run_all


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with everything that training needs."""
    folder = make_project(tmp_path_factory.mktemp("project"))
    run_all(folder, ["download", "parse", "window"])
    return folder


def start(project, **variables):
    """Start a training of the lstm on one device, with more variables in its environment."""
    env = os.environ | {"NOTTINGHAM_ARCHIVE": "corpus", "JAX_NUM_CPU_DEVICES": "1"} | variables
    return subprocess.Popen(
        [sys.executable, "-m", "stages.train_flax_lstm", "lstm"],
        cwd=project,
        env=env,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process, seconds=180):
    """Wait for the end of a training, and give its exit status and what it said."""
    _, message = process.communicate(timeout=seconds)
    return process.returncode, message


def weights(project):
    return load_file(project / "models" / "lstm" / "weights.safetensors")


@pytest.mark.slow
def test_two_processes_train_as_one_does(project):
    code, message = finish(start(project))
    assert code == 0, message
    one = weights(project)
    (project / "models" / "lstm" / "weights.safetensors").unlink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    common = {"JAX_COORDINATOR_ADDRESS": f"127.0.0.1:{port}", "JAX_NUM_PROCESSES": "2"}
    pair = [start(project, **common, JAX_PROCESS_ID=str(i)) for i in range(2)]
    for code, message in [finish(process) for process in pair]:
        assert code == 0, message
    two = weights(project)
    for name, expected in one.items():
        assert two[name] == pytest.approx(expected, abs=1e-5), name


def test_processes_that_cannot_join_say_what_to_set(project):
    code, message = finish(start(project, JAX_NUM_PROCESSES="2", JAX_PROCESS_ID="none"))
    assert code == 1
    assert "the processes cannot join" in message
    assert "JAX_COORDINATOR_ADDRESS" in message
    assert "Traceback" not in message


def test_a_platform_that_is_not_here_is_named(project):
    code, message = finish(start(project, JAX_PLATFORMS="abacus"))
    assert code == 1
    assert "JAX finds no device: given JAX_PLATFORMS=abacus; name one that is here" in message
    assert "Traceback" not in message


@pytest.mark.parametrize("after", [0.0, 3.0])  # while JAX is compiling, and later
def test_ctrl_c_stops_soon_and_says_how_to_go_on(project, after):
    settings = (project / "params.yaml").read_text()
    try:
        (project / "params.yaml").write_text(settings.replace("epochs: 2", "epochs: 90000"))
        training = start(project)
        training.stderr.read(1)  # the progress bar: all is loaded
        time.sleep(after)
        training.send_signal(signal.SIGINT)
        code, message = finish(training, 60)
        assert code == 130
    finally:
        (project / "params.yaml").write_text(settings)
    assert "to go on: dvc repro" in message
    assert "Traceback" not in message


@pytest.mark.slow
def test_an_unwritable_folder_is_named(project):
    scratch = project / ".training"
    kept = project / "kept"
    if scratch.exists():
        scratch.rename(kept)
    scratch.write_text("a file where the folder should be")
    try:
        code, message = finish(start(project))
        assert code == 1
    finally:
        scratch.unlink()
        if kept.exists():
            kept.rename(scratch)
    assert ".training" in message
    assert "make room or give access" in message
    assert "Traceback" not in message
    assert np.isfinite(weights(project)["output.bias"]).all()  # the model before is still there
