"""What the tests of faults share: stages run in place, and which artifacts they read."""

from importlib import import_module

import pytest

from nottingham.errors import InputError
from tests.test_dvc import PIPELINE, SETTINGS
from tests.test_pipeline import MODELS, NETWORKS, leave_out, outputs

ARTIFACTS = ("data/", "models/", "reports/", "splits")
MODEL, NETWORK = "note-ngram", NETWORKS[0]
"""Which a stage runs for where one model is as good as another; this one writes new tunes."""
PER_MODEL = ("data/evaluated/", "data/judged/", "data/samples/", "reports/metrics/")
STAGES = [
    name if "foreach" not in stage else f"{name}@{NETWORK if 'train' in name else MODEL}"
    for name, stage in PIPELINE["stages"].items()
]


def command(stage):
    """Name the module of a stage, and the model that it runs for, if it does for one."""
    name, _, model = stage.partition("@")
    return [name.replace("-", "_"), *([model] if model else [])]


def run_here(project, stage):
    """Run a stage in this process, where many runs are quick."""
    script, *models = command(stage)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        leave_out(patch)
        import_module(f"stages.{script}").main(*models)


def refused(project, stage):
    """Run a stage over a damaged artifact; give its message, having left all else as it was."""
    before = outputs(project)
    with pytest.raises(InputError) as error:
        run_here(project, stage)
    assert outputs(project) == before
    return str(error.value)


def read_by_stages(project):
    """List stages with each artifact that they read, as dvc.yaml has it.

    Every model's own folder is there; of other files that each model has, those of one model are.
    """
    found = [
        (stage, name)
        for stage in STAGES
        for name in files_read(project, stage)
        if not name.startswith(PER_MODEL) or MODEL in name
    ]
    for model in MODELS:
        for stage in (f"evaluate@{model}", f"sample@{model}"):
            own = [name for name in files_read(project, stage) if name.startswith("models/")]
            found += [(stage, name) for name in own if stage not in STAGES]
    return found


def files_read(project, stage):
    """List the artifacts that a stage depends on, file by file."""
    name, _, model = stage.partition("@")
    declared = PIPELINE["stages"][name]
    deps = declared.get("do", declared)["deps"]
    if model:
        of_model = {"${key}": model, "${item.tokens}": SETTINGS.tokens(model)}
        for variable, value in of_model.items():
            deps = [dep.replace(variable, value) for dep in deps]
    files = []
    for path in (project / dep for dep in deps if dep.startswith(ARTIFACTS)):
        files += [path] if path.is_file() else sorted(f for f in path.rglob("*") if f.is_file())
    names = [str(file.relative_to(project)) for file in files]
    return [name for name in names if not name.endswith(("README.md", ".gitignore"))]
