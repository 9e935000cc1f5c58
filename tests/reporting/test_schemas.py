"""Documents that stages hand on, read back: here those that are committed."""

import json

import pytest

from nottingham.errors import InputError
from nottingham.reporting import schemas
from tests.closure import ROOT
from tests.test_dvc import MODELS

REPORTS = ROOT / "reports"


@pytest.fixture
def edited(tmp_path):
    """Write a committed document with something else in one place."""

    def edit(name, *place, value):
        found = json.loads((REPORTS / name).read_text())
        part = found
        for key in place[:-1]:
            part = part[key]
        part[place[-1]] = value
        path = tmp_path / name.rpartition("/")[2]
        path.write_text(json.dumps(found))
        return path

    return edit


def test_documents_come_back_as_they_were_written():
    for model in MODELS:
        path = REPORTS / "metrics" / f"{model}.json"
        assert schemas.metrics(path) == json.loads(path.read_text())
    analysis = schemas.analysis(REPORTS / "analysis.json", MODELS)
    assert analysis == json.loads((REPORTS / "analysis.json").read_text())
    novelty = schemas.novelty(REPORTS / "novelty.json")
    assert novelty == json.loads((REPORTS / "novelty.json").read_text())


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("model",), "gru", "the metrics of gru"),
        (("context",), "none", "context: input should be 'window' or 'tune'"),
        (("test", "log_loss"), "1.1", r"test\.log_loss: input should be a valid number"),
        (("test",), {"log_loss": 1.1}, r"test: value error, accuracy is missing"),
        (("train", "accuracy"), float("nan"), r"train\.accuracy: input should be a finite number"),
    ],
)
def test_metrics_that_are_none_are_refused(edited, place, value, said):
    with pytest.raises(InputError, match=rf"lstm\.json: {said}.*dvc repro evaluate"):
        schemas.metrics(edited("metrics/lstm.json", *place, value=value))


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("groups", "meter", 0, "models", "lstm"), {}, "groups.meter.0.models.lstm.log_loss"),
        (("reliability", "lstm"), [None] * 9, "reliability.lstm: list should have at least 10"),
        (("intervals", "test"), {}, "not all of it is of lstm"),
        (("differences", 0, "accuracy", "interval"), [0.1], "differences.0.accuracy.interval"),
    ],
)
def test_an_analysis_that_is_none_is_refused(edited, place, value, said):
    with pytest.raises(InputError, match=rf"analysis\.json: {said}.*dvc repro evaluate"):
        schemas.analysis(edited("analysis.json", *place, value=value), ["lstm"])


def test_novelty_that_is_none_is_refused(edited):
    path = edited("novelty.json", "sets", "lstm", "tunes", 1, "run", value=1.5)
    with pytest.raises(InputError, match=r"sets\.lstm\.tunes\.1\.run: .*: make repro"):
        schemas.novelty(path, made_by="make repro")
