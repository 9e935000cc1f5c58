"""What the tests of faults share: stages run in place, and which artifacts they read."""

from importlib import import_module

import pytest

from nottingham.errors import InputError
from tests.test_dvc import STAGES
from tests.test_pipeline import outputs

ARTIFACTS = ("data/", "models/", "reports/", "splits")


def script(stage):
    return stage.partition("@")[0].replace("-", "_")


def arguments(stage, path=""):
    """Name the models on a stage's command line: the one that a path is of, else one of each."""
    if stage == "train-flax-lstm":
        return ["lstm"]
    if stage not in ("evaluate", "report", "sample", "listen"):
        return []
    parts = path.removesuffix(".json").split("/")
    return [parts[1]] if parts[0] == "models" else [parts[2]] if "metrics" in parts else ["random"]


def run_here(project, stage, *names):
    """Run a stage in this process, where many runs are quick."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        import_module(f"stages.{script(stage)}").main(*names)


def refused(project, stage, path):
    """Run a stage over a damaged artifact; give its message, having left all else as it was."""
    before = outputs(project)
    with pytest.raises(InputError) as error:
        run_here(project, stage, *arguments(stage, path))
    assert outputs(project) == before
    return str(error.value)


def read_by_stages(project):
    """List every stage with each artifact that it reads, as dvc.yaml has it."""
    found = []
    for stage, declared in STAGES.items():
        for dep in declared["deps"]:
            if dep.startswith(ARTIFACTS):
                path = project / dep
                files = [path] if path.is_file() else sorted(path.rglob("*"))
                names = [str(f.relative_to(project)) for f in files if f.is_file()]
                found += [(stage, name) for name in names if not name.endswith("README.md")]
    return found
