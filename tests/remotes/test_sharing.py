"""More that clones take from each other: all artifacts, what was only tried, a cache in common."""

import shutil

import pytest

from tests.remotes.repository import UP_TO_DATE, clone, dvc, git, make_repository, remote_at
from tests.test_pipeline import make_project, outputs

pytestmark = pytest.mark.slow


def test_a_fresh_clone_pulls_the_whole_pipeline(tmp_path):
    first = make_repository(make_project(tmp_path / "first"))
    remote = remote_at(tmp_path / "storage")
    dvc(first, *remote, "push")
    second = clone(first, tmp_path / "second")
    shown = dvc(second, *remote, "pull", "repro", "status")
    assert shown.count(UP_TO_DATE) == 2
    assert "Running stage" not in shown
    there = outputs(second)
    assert there == outputs(first)
    heard = {"reports/index.html", "reports/samples/lstm/1.wav"}
    assert heard | {"models/lstm/weights.safetensors"} < set(there)
    assert git(second, "status", "--porcelain") == ""


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
    ran = dvc(first, *remote, "checkout", "push", "repro", "push --run-cache")
    assert "Running stage 'window'" in ran
    git(second, "stash", "--quiet")
    dvc(second, *remote, "pull --run-cache")
    git(second, "stash", "pop", "--quiet")
    assert "Stage 'window' is cached - skipping run" in dvc(second, "repro --pull")
    assert outputs(second) == outputs(first) != outputs(repository)


def test_two_clones_share_one_cache(repository, tmp_path):
    """By links: what both have takes its room once."""
    cache = tmp_path / "cache"
    shutil.copytree(repository / ".dvc" / "cache", cache)
    settings = [f"cache dir --local {cache}", "config --local cache.type hardlink,symlink"]
    first, second = (clone(repository, tmp_path / name) for name in ("first", "second"))
    for project in (first, second):
        assert UP_TO_DATE in dvc(project, *settings, "checkout", "repro")
    path = "data/windows.npz"
    assert (first / path).samefile(second / path)
    assert outputs(first) == outputs(second) == outputs(repository)
