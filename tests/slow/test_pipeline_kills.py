"""The pipeline killed with -9 at random moments, DVC or a stage or both: always the same bytes.

Before each kill, DVC is made to forget some stages, so that it has to run them. What is drawn:
which stages, who is killed, and when, from the start of the first of them to DVC's end.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import yaml

from tests.test_pipeline import dvc, make_project, outputs

pytestmark = pytest.mark.slow

KILLS = 100
LEAST_INTERRUPTED = LEAST_RECOMPUTED = KILLS // 2
VICTIMS = ("both", "both", "stage", "dvc")
ENVIRONMENT = {
    "NOTTINGHAM_ARCHIVE": "corpus",
    "JAX_NUM_CPU_DEVICES": "1",
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A project that ran undisturbed: its outputs, what DVC noted, and how long each stage took."""
    project = make_project(tmp_path_factory.mktemp("project"))
    dvc(project, "init", "--quiet", "--no-scm")
    dvc(project, "config", "core.analytics", "false")
    assert repro(project).wait() == 0
    whole = SimpleNamespace(project=project, outputs=outputs(project), lock=lock(project))
    whole.seconds = {stage: seconds(project, stage) for stage in whole.lock["stages"]}
    check(whole)
    return whole


def repro(project):
    """Start DVC in a session of its own, so that it can be killed with all that it started."""
    with (project / "log.txt").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dvc", "repro"],
            cwd=project,
            env=os.environ | ENVIRONMENT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def said(project):
    return (project / "log.txt").read_text()


def lock(project):
    return yaml.safe_load((project / "dvc.lock").read_text())


def forget(project, stages):
    """Have DVC know nothing of some stages: no entry, no cached output, no run of any stage."""
    noted = lock(project)
    for stage in stages:
        for out in noted["stages"].pop(stage)["outs"]:
            forget_object(project, out["md5"])
    (project / "dvc.lock").write_text(yaml.safe_dump(noted, sort_keys=False))
    shutil.rmtree(project / ".dvc" / "cache" / "runs", ignore_errors=True)


def forget_object(project, md5):
    path = project / ".dvc" / "cache" / "files" / "md5" / md5[:2] / md5[2:]
    if not path.exists():  # another output has the same bytes
        return
    if md5.endswith(".dir"):
        for entry in json.loads(path.read_text()):
            forget_object(project, entry["md5"])
    path.unlink()


def start_of_stage(running):
    """Wait until DVC has started a stage, and give its process."""
    while running.poll() is None:
        if children := psutil.Process(running.pid).children():
            return children[0]
        time.sleep(0.005)
    return None


def seconds(project, stage):
    """Measure from the start of a stage to DVC's end."""
    forget(project, [stage])
    running = repro(project)
    assert start_of_stage(running), said(project)
    began = time.monotonic()
    assert running.wait() == 0, said(project)
    assert f"Running stage '{stage}'" in said(project)
    return time.monotonic() - began


def check(whole):
    """Compare what there is now with what an undisturbed run left."""
    now = outputs(whole.project)
    assert sorted(now) == sorted(whole.outputs)
    assert [path for path in now if now[path] != whole.outputs[path]] == []
    assert lock(whole.project) == whole.lock
    scratch = whole.project / ".training"
    assert not scratch.exists() or not [path for path in scratch.rglob("*") if path.is_file()]


def kill(running, victim):
    """Kill with -9, and say which stage was running then, if one was."""
    children = psutil.Process(running.pid).children()
    stage = children[0].cmdline()[2:] if children else []
    if victim == "stage" and children:
        children[0].kill()
    elif victim == "dvc":
        running.kill()
    else:
        os.killpg(running.pid, signal.SIGKILL)
    assert running.wait() != 0
    return " ".join(stage[:1] + stage[1:2] * ("train" in stage[0])) if stage else "", children


def recover(project, noted):
    """Go on as a user does; where DVC was killed while it wrote dvc.lock, put that back first."""
    if repro(project).wait() == 0:
        return "dvc repro"
    assert "dvc.lock" in said(project), said(project)
    (project / "dvc.lock").write_bytes(noted)
    assert repro(project).wait() == 0, said(project)
    return "git checkout dvc.lock && dvc repro"


def test_however_often_and_whoever_is_killed(whole):
    project, draw, began = whole.project, random.Random(1), time.monotonic()
    stages = list(whole.seconds)
    interrupted, remedies, victims, recomputed, kills = Counter(), Counter(), Counter(), 0, 0
    while kills < KILLS:
        chosen = draw.sample(stages, draw.choice([1, 1, 1, 3]))
        forget(project, chosen)
        if draw.random() < 0.5:
            for stage in chosen:
                for out in whole.lock["stages"][stage]["outs"]:
                    path = project / out["path"]
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        noted, victim = (project / "dvc.lock").read_bytes(), draw.choice(VICTIMS)
        running = repro(project)
        assert start_of_stage(running), said(project)
        try:
            running.wait(draw.uniform(0, sum(whole.seconds[stage] for stage in chosen)))
        except subprocess.TimeoutExpired:
            stage, left = kill(running, victim)
            interrupted[stage] += 1
            victims[victim] += 1
            kills += 1
            for path, content in outputs(project).items():  # under its name, a file is whole
                assert content == whole.outputs.get(path, content), f"{path} after {stage}"
            remedies[recover(project, noted)] += 1
            recomputed += any(f"Running stage '{stage}'" in said(project) for stage in chosen)
            assert not psutil.wait_procs(left, timeout=5)[1]
        check(whole)
    while_dvc_stored = interrupted.pop("", 0)
    print(f"{kills} kills in {time.monotonic() - began:.0f} s, of {dict(victims)}")
    print(f"within a stage: {sum(interrupted.values())}, {dict(interrupted)}")
    print(f"while DVC stored or noted what a stage left: {while_dvc_stored}")
    print(f"stages run anew after it: {recomputed}; remedies: {dict(remedies)}")
    assert sum(interrupted.values()) >= LEAST_INTERRUPTED
    assert recomputed >= LEAST_RECOMPUTED
