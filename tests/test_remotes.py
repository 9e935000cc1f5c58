"""Artifacts by a remote or a shared cache: what one clone computed, another takes from there.

The stages are the pipeline's own, up to window, on three tunes; tests/slow/test_pulled.py has the
whole pipeline. The clones have no corpus: there, the first stage would fail.
"""

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import yaml
from moto.server import ThreadedMotoServer

from tests.closure import ROOT
from tests.test_pipeline import make_project, outputs

KEYS = {"access_key_id": "key", "secret_access_key": "secret", "region": "us-east-1"}
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


def attempt(project, *commands):
    """Run DVC commands until one fails, all in one process: importing DVC takes a second."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [sys.executable, "-c", DVC, *commands],
        cwd=project,
        env=os.environ | {"NOTTINGHAM_ARCHIVE": "corpus", "PATH": path},
        capture_output=True,
        text=True,
    )


def dvc(project, *commands):
    """Run DVC commands and give what they print."""
    done = attempt(project, *commands)
    assert done.returncode == 0, done.stderr
    return done.stdout


def fails(project, *commands):
    """Run DVC commands, the last of which fails, and give what it says about it."""
    done = attempt(project, *commands)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


def make_repository(folder):
    """Run the pipeline in a git repository, and commit what came of it."""
    for name in (".gitignore", ".dvcignore"):
        shutil.copy(ROOT / name, folder)
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


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    folder = make_project(tmp_path_factory.mktemp("first") / "project")
    stages = yaml.safe_load((folder / "dvc.yaml").read_text())["stages"]
    few = {name: stages[name] for name in ("download", "parse", "window")}
    (folder / "dvc.yaml").write_text(yaml.safe_dump({"stages": few}))
    return make_repository(folder)


@pytest.fixture(scope="module")
def server():
    """The address of an S3 server on this machine, with a bucket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    requests.put(f"{url}/tunes", timeout=10).raise_for_status()
    yield url
    server.stop()


@pytest.fixture(params=["a folder", "S3"])
def remote(request, tmp_path):
    """The commands that add an empty remote."""
    if request.param == "a folder":
        return remote_at(tmp_path / "storage")
    return remote_at("s3://tunes/store", endpointurl=request.getfixturevalue("server"), **KEYS)


def test_a_fresh_clone_pulls_instead_of_computing(repository, remote, tmp_path):
    """The corpus too, though it persists."""
    dvc(repository, *remote, "push")
    second = clone(repository, tmp_path / "second")
    shown = dvc(second, *remote, "pull", "repro", "status")
    assert shown.count(UP_TO_DATE) == 2
    assert outputs(second) == outputs(repository)
    assert (second / "data" / "raw" / "provenance.json").exists()
    assert git(second, "status", "--porcelain") == ""  # the credentials are not to be committed


def test_what_another_tried_comes_from_its_run_cache(repository, tmp_path):
    """Whoever tries the same settings gets what they came to, though it was never committed."""
    remote = remote_at(tmp_path / "storage")
    first, second = (clone(repository, tmp_path / name) for name in ("first", "second"))
    shutil.copytree(repository / ".dvc" / "cache", first / ".dvc" / "cache")
    for project in (first, second):
        params = project / "params.yaml"
        settings = params.read_text()
        changed = settings.replace("steps_per_measure: 8", "steps_per_measure: 16")
        assert changed != settings
        params.write_text(changed)
    ran = dvc(first, *remote, "checkout", "repro", "push --run-cache")
    assert "Running stage 'window'" in ran
    git(second, "stash", "--quiet")
    dvc(second, *remote, "pull --run-cache")
    git(second, "stash", "pop", "--quiet")
    assert "Stage 'window' is cached - skipping run" in dvc(second, "repro")
    assert outputs(second) == outputs(first) != outputs(repository)


def test_a_missing_object_is_named_and_nothing_is_lost(repository, tmp_path):
    dvc(repository, *remote_at(tmp_path / "storage"), "push")
    objects = {p.stat().st_size: p for p in (tmp_path / "storage").rglob("*") if p.is_file()}
    objects[(repository / "data" / "windows.npz").stat().st_size].unlink()
    second = clone(repository, tmp_path / "second")
    message = fails(second, *remote_at(tmp_path / "storage"), "pull")
    assert "data/windows.npz" in message
    there = outputs(second)
    assert there.items() < outputs(repository).items()
    assert "data/tunes.jsonl" in there
    assert "data/windows.npz" not in there
    assert "Running stage 'window'" in dvc(second, "repro")
    assert outputs(second) == outputs(repository)


def test_a_remote_that_is_gone_is_an_error_and_nothing_is_lost(repository, server, tmp_path):
    before = outputs(repository)
    bucket = remote_at("s3://nothing/store", endpointurl=server, **KEYS)
    assert "The specified bucket does not exist" in fails(repository, *bucket, "push")
    assert outputs(repository) == before
    second = clone(repository, tmp_path / "second")
    message = fails(second, *remote_at(tmp_path / "gone"), "pull")
    for path in ("data/raw", "data/tunes.jsonl", "data/windows.npz"):
        assert f"\n{path}\n" in message


def test_wrong_credentials_are_an_error_and_nothing_is_lost(repository, server, tmp_path):
    before = outputs(repository)
    requests.post(f"{server}/moto-api/reset-auth", data="0", timeout=10).raise_for_status()
    try:
        remote = remote_at("s3://tunes/store", endpointurl=server, **KEYS)
        assert "Forbidden" in fails(repository, *remote, "push")
        second = clone(repository, tmp_path / "second")
        assert "Forbidden" in fails(second, *remote, "pull")
    finally:
        requests.post(f"{server}/moto-api/reset-auth", data="inf", timeout=10)
    assert outputs(repository) == before


def test_two_clones_share_one_cache(repository, tmp_path):
    """By links: what both have takes its room once."""
    cache = tmp_path / "cache"
    shutil.copytree(repository / ".dvc" / "cache", cache)
    settings = [f"cache dir --local {cache}", "config --local cache.type hardlink,symlink"]
    first, second = (clone(repository, tmp_path / name) for name in ("first", "second"))
    for project in (first, second):
        assert UP_TO_DATE in dvc(project, *settings, "checkout", "repro")
    path = "data/windows.npz"
    assert os.path.samefile(first / path, second / path)
    assert outputs(first) == outputs(second) == outputs(repository)
