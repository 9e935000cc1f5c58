import json
import shutil

import pytest

from nottingham.reporting.studies import Row, Study
from tests.remotes.repository import dvc
from tests.test_pipeline import make_project


@pytest.fixture(scope="session")
def ran(tmp_path_factory):
    """A project whose pipeline DVC has run; to be copied, not changed."""
    project = make_project(tmp_path_factory.mktemp("ran"))
    figures = (1.25, 1.0, 1.5, 0.5, 0.25, 0.75)
    rows = [Row(seed, "lstm", *figures) for seed in ("1", "2")]
    Study("seeds", rows).save(project / "reports" / "studies")
    dvc(project, "init --quiet --no-scm", "config core.analytics false", "repro")
    assert json.loads((project / "reports" / "parse.json").read_text())["read"] == 3
    return project


@pytest.fixture
def project(ran, tmp_path):
    """A copy of a project that has run."""
    return shutil.copytree(ran, tmp_path / "project")
