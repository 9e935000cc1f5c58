"""Trainings killed with -9 at random moments: in the end always the same bytes."""

import random
import signal
import subprocess
import time

import pytest

from tests.test_pipeline import make_project, run
from tests.training.test_processes import finish, start

pytestmark = pytest.mark.slow

KILLS = 20


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = make_project(tmp_path_factory.mktemp("project"))
    settings = (folder / "params.yaml").read_text()
    (folder / "params.yaml").write_text(settings.replace("epochs: 2", "epochs: 400"))
    # the state is saved much more often than a real training does, so that most kills have one
    loop = folder / "nottingham" / "training" / "loop.py"
    loop.write_text(loop.read_text().replace("BETWEEN_SAVES = 5.0", "BETWEEN_SAVES = 0.05"))
    for stage in ("download", "parse", "window"):
        assert run(folder, stage).returncode == 0
    return folder


def outputs(project):
    files = [*(project / "models" / "lstm").iterdir(), project / "reports" / "curves" / "lstm.csv"]
    return {path.name: path.read_bytes() for path in files}


def test_however_often_it_is_killed(project):
    began = time.monotonic()
    code, message = finish(start(project))
    assert code == 0, message
    whole, undisturbed = time.monotonic() - began, outputs(project)
    draw, continued = random.Random(1), 0
    for _ in range(KILLS):
        for path in (project / "models" / "lstm").iterdir():
            path.unlink()
        (project / "reports" / "curves" / "lstm.csv").unlink()
        training = start(project)
        try:
            training.communicate(timeout=draw.uniform(0.2, whole))
        except subprocess.TimeoutExpired:
            training.send_signal(signal.SIGKILL)
            training.communicate()
        continued += bool(list((project / ".training").rglob("*.safetensors")))
        code, message = finish(start(project))
        assert code == 0, message
        assert outputs(project) == undisturbed
        assert not list((project / ".training").rglob("*.*"))
    assert continued >= KILLS / 4  # kills that left a state to go on from
