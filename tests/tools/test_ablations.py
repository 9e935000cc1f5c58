"""What each part is worth, from trainings that only leave their figures."""

import csv
import json

import pytest
import yaml

from tests.closure import ROOT
from tools.studies import ablations


def read(path):
    with path.open(newline="") as file:
        return [
            ablations.Training(without, int(seed), float(log_loss), float(accuracy))
            for without, seed, log_loss, accuracy in list(csv.reader(file))[1:]
        ]


def test_the_whole_and_each_part_are_trained_with_each_seed(tmp_path, monkeypatch, capsys):
    """Each training is 0.01 worse than the one before."""
    asked = []

    def experiment(label, settings, *, target):
        asked.append((label, settings, target))
        return str(len(asked))

    def text_of(revision, path):
        assert path == "reports/training/tune-lstm.json"
        loss = 0.4 + 0.01 * int(revision)
        return json.dumps({"tune-lstm": {"valid_log_loss": loss, "valid_accuracy": 0.8}})

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ablations, "experiment", experiment)
    monkeypatch.setattr(ablations, "text_of", text_of)
    ablations.main()
    parts = yaml.safe_load(ablations.PLAN.read_text())["parts"]
    assert len({label for label, *_ in asked}) == len(asked) == 3 * (1 + len(parts))
    assert {target for *_, target in asked} == {"train-flax-lstm@tune-lstm"}
    assert [settings for _, settings, _ in asked[:3]] == [
        [f"train.tune-lstm.seed={seed}"] for seed in (1, 2, 3)
    ]
    assert asked[3][1] == [*parts["the whole memory"], "train.tune-lstm.seed=1"]
    found = read(ablations.FILE)
    assert [(t.without, t.seed, round(t.log_loss, 4), t.accuracy) for t in found[:4]] == [
        ("nothing", 1, 0.41, 0.8),
        ("nothing", 2, 0.42, 0.8),
        ("nothing", 3, 0.43, 0.8),
        ("the whole memory", 1, 0.44, 0.8),
    ]
    table = capsys.readouterr().out
    assert "| nothing | 0.420 ± 0.010 | 0.800 |  |" in table
    assert "| the whole memory | 0.450 ± 0.010 | 0.800 | +0.030 |" in table


@pytest.fixture
def committed():
    return read(ROOT / ablations.FILE)


def test_the_table_in_the_documentation_is_that_of_the_last_run(committed):
    parts = list(dict.fromkeys(training.without for training in committed))[1:]
    assert parts == list(yaml.safe_load(ablations.PLAN.read_text())["parts"])
    assert ablations.markdown(committed) in (ROOT / "docs" / "model.md").read_text()


def test_the_first_training_is_the_one_of_the_pipeline(committed):
    """With the seed of params.yaml and nothing left out, its curve is the committed one."""
    curve = (ROOT / "reports" / "curves" / "tune-lstm.csv").read_text().splitlines()[1:]
    best = min(float(line.split(",")[2]) for line in curve)
    assert committed[0].log_loss == best, "run: make ablations"
