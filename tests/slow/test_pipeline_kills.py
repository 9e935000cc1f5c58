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
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import yaml

from tests.test_pipeline import outputs

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
def whole(ran, tmp_path_factory):
    """A project that ran undisturbed: its outputs, what DVC noted, and how long each stage took."""
    project = shutil.copytree(ran, tmp_path_factory.mktemp("killed") / "project")
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


def stage_of(running):
    """Give the process of the stage that DVC runs now, and its name; or nothing."""
    try:
        (process,) = psutil.Process(running.pid).children()
        return process, process.environ()["DVC_STAGE"]
    except (ValueError, KeyError, psutil.NoSuchProcess):  # none, or one that is not itself yet
        return None, None


def wait_for_stage(running, project):
    """Wait until DVC has started one."""
    while not stage_of(running)[0]:
        assert running.poll() is None, said(project)
        time.sleep(0.005)


def seconds(project, stage):
    """Measure from the start of a stage to DVC's end."""
    forget(project, [stage])
    running = repro(project)
    wait_for_stage(running, project)
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


def check_nothing_is_half_written(whole, stage):
    """Under its name a file is whole; the curve of a training that goes on, up to some epoch."""
    for path, content in outputs(whole.project).items():
        expected = whole.outputs.get(path, content)
        if path.startswith("reports/curves/"):
            expected = expected[: len(content)]
            assert content.endswith(b"\n"), f"{path}, {stage}"
        assert content == expected, f"{path}, {stage}"


def kill(running, victim):
    """Kill with -9: DVC with all that it started, or it alone, or the stage that it runs."""
    process, stage = stage_of(running)
    if process and victim == "stage":
        with suppress(psutil.NoSuchProcess):
            process.kill()
    elif victim == "dvc":
        running.kill()
    else:
        os.killpg(running.pid, signal.SIGKILL)
    return process, stage


def remove_outputs(whole, stages):
    for stage in stages:
        for out in whole.lock["stages"][stage]["outs"]:
            path = whole.project / out["path"]
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def recover(project, noted):
    """Go on as a user does: where DVC cannot read its own half-written file, do away with it."""
    remedies = []
    while repro(project).wait() != 0:
        assert len(remedies) < 2, said(project)
        if "RWLock" in said(project):
            (project / ".dvc" / "tmp" / "rwlock").unlink()
            remedies.append("rm .dvc/tmp/rwlock")
        else:
            assert "dvc.lock" in said(project), said(project)
            (project / "dvc.lock").write_bytes(noted)
            remedies.append("git checkout dvc.lock")
    return " && ".join([*remedies, "dvc repro"])


def test_however_often_and_whoever_is_killed(whole):
    project, draw, began = whole.project, random.Random(1), time.monotonic()
    within, remedies, recomputed = Counter(), Counter(), 0
    while remedies.total() < KILLS:
        chosen = draw.sample(list(whole.seconds), draw.choice([1, 1, 1, 3]))
        forget(project, chosen)
        if draw.random() < 0.5:
            remove_outputs(whole, chosen)
        noted, victim = (project / "dvc.lock").read_bytes(), draw.choice(VICTIMS)
        running = repro(project)
        wait_for_stage(running, project)
        time.sleep(draw.uniform(0, sum(whole.seconds[stage] for stage in chosen)))
        process, stage = kill(running, victim)
        if running.wait() == 0:  # it had just come to its end
            continue
        check_nothing_is_half_written(whole, stage)
        within.update([stage] if stage else [])
        remedies[recover(project, noted)] += 1
        recomputed += any(f"Running stage '{stage}'" in said(project) for stage in chosen)
        assert not process or not psutil.wait_procs([process], timeout=5)[1]
        check(whole)
    print(f"{KILLS} kills in {time.monotonic() - began:.0f} s; within a stage: {dict(within)}")
    print(f"stages run anew after it: {recomputed}; remedies: {dict(remedies)}")
    assert within.total() >= LEAST_INTERRUPTED
    assert recomputed >= LEAST_RECOMPUTED
