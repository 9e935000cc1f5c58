"""All artifacts by a remote: what one clone computed, another does not compute again."""

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
