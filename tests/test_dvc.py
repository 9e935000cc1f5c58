"""dvc.yaml against the code: what each stage depends on, and what its plots show."""

import csv
import re

import pytest
import yaml

from nottingham.params import Params, Train
from tests.closure import ROOT, closure

PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text())
STAGES = PIPELINE["stages"]


def script(stage: str) -> str:
    return re.match(r"python -m (stages\.\w+)", STAGES[stage]["cmd"])[1]


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_the_modules_it_imports(stage):
    expected = closure(script(stage))
    if "nottingham/corpus/sources.py" in expected:
        expected.add("nottingham/corpus/nottingham.sha256")
    listed = {d for d in STAGES[stage]["deps"] if d.startswith(("nottingham/", "stages/"))}
    missing, surplus = sorted(expected - listed), sorted(listed - expected)
    assert not missing, f"add to the deps of {stage} in dvc.yaml: {missing}"
    assert not surplus, f"take from the deps of {stage} in dvc.yaml: {surplus}"


@pytest.mark.parametrize("stage", STAGES)
def test_stage_script_and_section_carry_the_same_name(stage):
    assert script(stage) == "stages." + stage.replace("-", "_")
    (section,) = STAGES[stage]["params"]
    assert section.split(".")[0] in Params.model_fields


def test_every_network_of_the_settings_is_trained_and_evaluated():
    trained = STAGES["train-flax-lstm"]["matrix"]["model"]
    assert set(trained) == set(Train.model_fields)
    models = {"random", "hold", "ngram", *trained}
    for stage in ("evaluate", "sample"):
        assert set(STAGES[stage]["cmd"].split()[3:]) == models
        assert {d for d in STAGES[stage]["deps"] if d.startswith("models/")} == {
            f"models/{name}" for name in models
        }


def test_plots_name_columns_that_exist():
    shown = 0
    for plot in PIPELINE["plots"]:
        if isinstance(plot, str):
            continue
        ((_, spec),) = plot.items()
        for path, columns in spec["y"].items():
            with (ROOT / path).open() as file:
                header = next(csv.reader(file))
            wanted = [columns] if isinstance(columns, str) else columns
            assert {spec["x"], *wanted} <= set(header), path
            shown += 1
    assert shown >= 4


def test_an_experiment_changes_one_line_of_the_settings(tmp_path):
    """DVC writes params.yaml anew for -S; whatever else it changed would be noise in a review."""
    from dvc.utils.serialize import modify_yaml

    path = tmp_path / "params.yaml"
    before = (ROOT / "params.yaml").read_text()
    path.write_text(before)
    with modify_yaml(path) as settings:
        settings["train"]["lstm"]["units"] = 384
    after = path.read_text()
    changed = [
        (a, b) for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b
    ]
    assert changed == [("    units: 256", "    units: 384")]
