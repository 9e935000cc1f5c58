"""What each part is worth, from trainings that only leave their figures."""

import csv
import json

import pytest
import yaml

from studies import ablations
from tests.closure import ROOT
from tests.studies.test_running import changed


def read(path):
    with path.open(newline="") as file:
        return [
            ablations.Training(without, int(seed), float(log_loss), float(accuracy))
            for without, seed, log_loss, accuracy in list(csv.reader(file))[1:]
        ]


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Run in an empty folder; each training is a bit worse than the one before."""
    (tmp_path / "studies").mkdir()
    (tmp_path / ablations.PLAN).write_text((ROOT / ablations.PLAN).read_text())
    monkeypatch.chdir(tmp_path)
    asked = []

    def experiment(label, settings, *, target):
        asked.append((label, settings, target))
        return str(len(asked))

    def text_of(revision, path):
        assert path == "reports/training/tune-lstm.json"
        loss = 0.4 + 0.01 * int(revision)
        return json.dumps({"tune-lstm": {"valid_log_loss": loss, "valid_accuracy": 0.8}})

    monkeypatch.setattr(ablations, "experiment", experiment)
    monkeypatch.setattr(ablations, "text_of", text_of)
    return asked


def test_the_whole_and_each_part_are_trained_with_each_seed(asked):
    ablations.main()
    plan = yaml.safe_load((ROOT / ablations.PLAN).read_text())
    assert len(asked) == 3 * (1 + len(plan["parts"]))
    assert len({label for label, *_ in asked}) == len(asked)
    assert {target for *_, target in asked} == {"train-flax-lstm@tune-lstm"}
    assert [settings for _, settings, _ in asked[:3]] == [
        [f"train.tune-lstm.seed={seed}"] for seed in (1, 2, 3)
    ]
    assert asked[3][1] == [*plan["parts"]["the whole memory"], "train.tune-lstm.seed=1"]


def test_the_figures_of_each_training_are_written(asked):
    ablations.main()
    found = read(ablations.FILE)
    assert [round(training.log_loss, 4) for training in found[:3]] == [0.41, 0.42, 0.43]
    assert {training.accuracy for training in found} == {0.8}
    assert [(training.without, training.seed) for training in found[:4]] == [
        ("nothing", 1), ("nothing", 2), ("nothing", 3), ("the whole memory", 1),
    ]  # fmt: skip


def test_the_table_gives_what_a_part_gains(asked, capsys):
    ablations.main()
    table = capsys.readouterr().out
    assert "| nothing | 0.420 ± 0.010 | 0.800 |  |" in table
    assert "| the whole memory | 0.450 ± 0.010 | 0.800 | +0.030 |" in table


def test_the_parts_are_settings_that_there_are():
    plan = yaml.safe_load((ROOT / ablations.PLAN).read_text())
    for settings in plan["parts"].values():
        changed(settings)


@pytest.fixture
def committed():
    return read(ROOT / ablations.FILE)


def test_the_table_in_the_documentation_is_that_of_the_last_run(committed):
    plan = yaml.safe_load((ROOT / ablations.PLAN).read_text())
    parts = list(dict.fromkeys(training.without for training in committed))[1:]
    assert parts == list(plan["parts"])
    assert ablations.markdown(committed) in (ROOT / "docs" / "model.md").read_text()


def test_the_first_training_is_the_one_of_the_pipeline(committed):
    """With the seed of params.yaml and nothing left out, its curve is the committed one."""
    curve = (ROOT / "reports" / "curves" / "tune-lstm.csv").read_text().splitlines()[1:]
    best = min(float(line.split(",")[2]) for line in curve)
    assert committed[0].log_loss == best, "run: make ablations"
