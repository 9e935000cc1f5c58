"""A full disk, and folders that cannot be written: an error that names the file, nothing lost."""

import os
import re
import resource
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.slow.faults import STAGES, command
from tests.test_pipeline import outputs

pytestmark = pytest.mark.slow

WRITES = {
    "download": "data/raw",
    "parse": "data/tunes.jsonl",
    "window": "data/windows.npz",
    "train-flax-lstm@lstm": "reports/curves/lstm.csv",
    "fit-ngram": "models/",
    "evaluate@random": "reports/metrics/random.json",
    "sample@random": "data/samples/random.npz",
    "judge@random": "data/judged/random.json",
    "report": "reports/analysis.json",
    "listen": "reports/samples",
}
"""What each stage writes first."""
ROOM = 64 * 2**20


def run(project, stage, **options):
    """Run a stage as DVC does."""
    script, *models = command(stage)
    return subprocess.run(
        [sys.executable, "-m", f"stages.{script}", *models],
        cwd=project,
        env=os.environ | {"NOTTINGHAM_ARCHIVE": "corpus", "JAX_NUM_CPU_DEVICES": "1"},
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def mounted(folder):
    """Mount a small file system of its own; only root can, and not everywhere."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", folder]
    return os.geteuid() == 0 and subprocess.run(command, check=False).returncode == 0


@pytest.fixture(scope="module")
def disk(ran, tmp_path_factory):
    """A project on a file system of its own, and whether it could be mounted."""
    folder = tmp_path_factory.mktemp("disk") / "disk"
    own = mounted(folder)
    shutil.copytree(ran, folder / "project", ignore=shutil.ignore_patterns("cache", "tmp"))
    yield folder / "project", own
    if own:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def full(project):
    """Fill a file system to the last byte."""
    filler = project / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (2**20, 2**12, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                continue
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def read_only(project, own):
    """Make all folders of a project unwritable; modes do not keep root from writing."""
    folders = [path for path in [project, *project.rglob("*")] if path.is_dir()]
    mount = ["mount", "-o", "remount", project.parent]
    if own:
        subprocess.run([*mount[:2], "remount,ro", mount[-1]], check=True)
    else:
        assert os.geteuid() != 0, "root needs to be allowed to mount"
        for folder in folders:
            folder.chmod(0o555)
    try:
        yield
    finally:
        if own:
            subprocess.run([*mount[:2], "remount,rw", mount[-1]], check=True)
        for folder in folders if not own else []:
            folder.chmod(0o755)


def check_refused(done, before, project, stage, reason):
    assert done.returncode == 1, done.stderr
    folder, _, name = WRITES[stage].rpartition("/")  # or a new folder that was to take its place
    assert re.match(rf"(?s).*error: {folder}/?\.?{re.escape(name)}", done.stderr), done.stderr
    assert reason in done.stderr
    assert "make room or give access" in done.stderr
    assert "Traceback" not in done.stderr
    now = outputs(project)
    assert sorted(now) == sorted(before)
    assert [path for path in now if now[path] != before[path]] == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_full_disk_is_named_and_nothing_is_lost(disk, stage):
    """Where nothing can be mounted, no file may grow beyond nothing, which is as bad."""
    project, own = disk
    before = outputs(project)
    if own:
        with full(project):
            done = run(project, stage)
    else:
        nothing = (0, resource.RLIM_INFINITY)
        done = run(
            project, stage, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, nothing)
        )
    check_refused(done, before, project, stage, "No space left" if own else "File too large")


@pytest.mark.parametrize("stage", STAGES)
def test_a_folder_that_cannot_be_written_is_named_and_nothing_is_lost(disk, stage):
    project, own = disk
    before = outputs(project)
    with read_only(project, own):
        done = run(project, stage)
    check_refused(done, before, project, stage, "Read-only" if own else "Permission denied")
