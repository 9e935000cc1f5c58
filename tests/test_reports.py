"""The committed results agree with each other and with what DVC says was made."""

import hashlib
import json

import pytest
import yaml

from nottingham.evaluation.results import POSTER
from tests.closure import ROOT

MODELS = ["random", "hold", "ngram", "rnn", "lstm"]


def metrics(model):
    return json.loads((ROOT / "reports" / "metrics" / f"{model}.json").read_text())


def row(document, model):
    """Give the cells of a model's row in the first table of a document that has one."""
    for line in (ROOT / document).read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if cells[0].strip("`") == model:
            return cells[1:]
    raise AssertionError(f"{document} has no row for {model}")


@pytest.mark.parametrize("model", MODELS)
def test_the_results_table_shows_the_metrics(model):
    train, test = metrics(model)["train"], metrics(model)["test"]
    expected = [train["log_loss"], test["log_loss"], train["accuracy"], test["accuracy"]]
    assert [float(cell) for cell in row("reports/results.md", model)[:4]] == expected


@pytest.mark.parametrize("model", MODELS)
def test_the_readme_shows_the_metrics(model):
    test = metrics(model)["test"]
    log_loss, accuracy, poster = row("README.md", model)
    assert log_loss == f"{test['log_loss']:.3f}"
    assert accuracy == f"{test['accuracy']:.3f}"
    assert poster == (f"{POSTER[model].test_accuracy:.3f}" if model in POSTER else "–")


def test_all_results_are_of_the_real_corpus():
    assert {metrics(model)["corpus"] for model in MODELS} == {"nottingham"}
    assert len({metrics(model)["test"]["targets"] for model in MODELS}) == 1


def test_the_committed_files_are_those_that_the_lock_names():
    lock = yaml.safe_load((ROOT / "dvc.lock").read_text())
    checked = 0
    for stage in lock["stages"].values():
        for out in stage["outs"]:
            path = ROOT / out["path"]
            if path.suffix and out["path"].startswith("reports/"):
                found = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
                assert found == out["md5"], out["path"]
                checked += 1
    assert checked >= 7
