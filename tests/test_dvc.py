"""dvc.yaml against the code: what each stage depends on, and what its plots show."""

import csv
import re

import pytest
import yaml

from nottingham import params
from nottingham.params import Params
from tests.closure import ROOT, closure

PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text())
STAGES = PIPELINE["stages"]
NETWORKS = ["rnn", "gru", "lstm", "tune-lstm"]
MODELS = ["random", "hold", "ngram", "kneser-ney", "rnn", "gru", "lstm", "copy", "tune-lstm"]
READ_BY = {
    "nottingham/corpus/sources.py": {"nottingham/corpus/nottingham.sha256"},
    "nottingham/listening/page.py": {
        str(path.relative_to(ROOT))
        for path in (ROOT / "nottingham" / "listening" / "web").iterdir()
    },
}
"""Files that are no modules, by the module that reads them."""


def path_of(out) -> str:
    return out if isinstance(out, str) else next(iter(out))


def curves() -> list[tuple[str, str, list[str]]]:
    """Give the file, the x column and the y columns of everything that plots show."""
    found = []
    for plot in PIPELINE["plots"]:
        if not isinstance(plot, str):
            ((_, spec),) = plot.items()
            for path, columns in spec["y"].items():
                found.append((path, spec["x"], [columns] if isinstance(columns, str) else columns))
    return found


def columns_of(name: str) -> list[str]:
    """Give the y columns that are shown of the file of this name."""
    (columns,) = (columns for path, _, columns in curves() if path.endswith(f"/{name}.csv"))
    return columns


def script(stage: str) -> str:
    return re.match(r"python -m (stages\.\w+)", STAGES[stage]["cmd"])[1]


def files_of(stage: str) -> set[str]:
    """Give the modules that a stage may load, and what they read of what lies beside them."""
    modules = closure(script(stage))
    return modules.union(*(READ_BY.get(module, ()) for module in modules))


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_the_modules_it_imports(stage):
    expected = files_of(stage)
    listed = {d for d in STAGES[stage]["deps"] if d.startswith(("nottingham/", "stages/"))}
    missing, surplus = sorted(expected - listed), sorted(listed - expected)
    assert not missing, f"add to the deps of {stage} in dvc.yaml: {missing}"
    assert not surplus, f"take from the deps of {stage} in dvc.yaml: {surplus}"


@pytest.mark.parametrize("stage", STAGES)
def test_stage_script_and_section_carry_the_same_name(stage):
    assert script(stage) == "stages." + stage.replace("-", "_")
    sections = [name.split(".")[0] for name in STAGES[stage].get("params", [])]
    if stage == "report":  # shows what was found, in one way only
        assert not sections
    else:
        assert len(sections) == 1
        assert sections[0] in Params.model_fields


def test_every_network_of_the_settings_is_trained():
    assert STAGES["train-flax-lstm"]["matrix"]["model"] == NETWORKS
    assert list(params.load(ROOT / "params.yaml").train) == NETWORKS
    fitted = [out.removeprefix("models/") for out in STAGES["fit-ngram"]["outs"]]
    assert sorted([*fitted, *NETWORKS]) == sorted(MODELS)


def test_every_model_is_an_artifact():
    """By its name, for ``dvc artifacts get`` and for editors."""
    artifacts = PIPELINE["artifacts"]
    assert {name: artifact["path"] for name, artifact in artifacts.items()} == {
        name: f"models/{name}" for name in MODELS
    }
    assert all(artifact["type"] == "model" and artifact["desc"] for artifact in artifacts.values())


@pytest.mark.parametrize("stage", ["evaluate", "report", "sample", "listen"])
def test_every_model_is_evaluated_reported_sampled_and_heard(stage):
    assert STAGES[stage]["cmd"].split()[3:] == MODELS
    read = [d.removeprefix("models/") for d in STAGES[stage]["deps"] if d.startswith("models/")]
    assert read == ([] if stage == "report" else MODELS)


def test_the_report_is_made_of_what_the_evaluation_found():
    found = {path_of(out) for kind in ("outs", "metrics") for out in STAGES["evaluate"][kind]}
    assert found == {"reports/metrics", "reports/analysis.json"}
    assert found | {"reports/studies"} <= set(STAGES["report"]["deps"])


@pytest.mark.parametrize(("path", "x", "columns"), curves())
def test_plots_name_columns_that_exist(path, x, columns):
    with (ROOT / path).open() as file:
        header = next(csv.reader(file))
    assert {x, *columns} <= set(header)


def test_every_file_of_plots_is_shown():
    written = {
        path_of(plot).replace("${item.model}", model)
        for stage in STAGES.values()
        for plot in stage.get("plots", [])
        for model in stage.get("matrix", {}).get("model", [""])
    }
    pictures = {plot for plot in PIPELINE["plots"] if isinstance(plot, str)}
    assert {path for path, _, _ in curves()} | pictures == written
    assert pictures == {"reports/plots/models.png", "reports/plots/closer.png"}


@pytest.mark.parametrize("name", ["position", "meter", "family"])
def test_log_loss_by_group_is_shown_of_every_model_but_random(name):
    assert columns_of(f"log_loss_by_{name}") == [model for model in MODELS if model != "random"]


def test_the_choice_of_n_is_shown_of_every_candidate():
    smoothing = params.load(ROOT / "params.yaml").ngram.smoothing
    assert columns_of("ngram") == [*(f"c={c:g}" for c in smoothing), "kneser-ney"]
