"""Documents that stages hand on, read back."""

import json

import pytest

from nottingham import params
from nottingham.errors import InputError
from nottingham.models.names import REAL
from nottingham.reporting import schemas
from tests.closure import ROOT

REPORTS = ROOT / "reports"
MODELS = params.load(ROOT / "params.yaml").models


@pytest.fixture
def documents(found):
    """Give a whole document of each kind, all of the lstm, by the name of its file."""
    analysis, figure = found.analysis, {"value": 0.5, "interval": [0.4, 0.6]}
    match = [
        {"id": f"jigs/{i}", "run": 7, "share": 0.25, "nearest": None, "above_limit": False}
        for i in range(2)
    ]
    originality = {
        "limit": {"run": 9.0, "share": 0.5},
        "sets": {name: {"tunes": match, "above_limit": 0.0} for name in (REAL, "lstm")},
    }
    musical = {"tunes": 2, "figures": {"steps": figure}, "distances": {}}
    distances = {"interval": {"overlap": figure, "divergence": {"value": None, "interval": None}}}
    return {
        "metrics/lstm": {"model": "lstm", **found.metrics["lstm"]},
        "analysis": {
            "intervals": {
                part: analysis["intervals"][part]["lstm"] | {"calibration_error": [0.01, 0.02]}
                for part in ("train", "test")
            },
            "groups": {
                name: [
                    {key: row[key] for key in ("group", "tunes", "targets")} | row["models"]["lstm"]
                    for row in rows
                ]
                for name, rows in analysis["groups"].items()
            },
            "reliability": analysis["reliability"]["lstm"],
        },
        "originality": originality,
        "judged/lstm": {
            "originality": originality,
            "music": {REAL: musical, "lstm": musical | {"distances": distances}},
        },
    }


@pytest.fixture
def written(tmp_path, documents):
    """Write a document, with something else in one place if one is given."""

    def write(name, *place, value=None):
        found = json.loads(json.dumps(documents[name]))
        found["more"] = [1, "else"]
        part = found
        for key in place[:-1]:
            part = part[key]
        if place:
            part[place[-1]] = value
        path = tmp_path / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(found))
        return path

    return write


READ = {
    "metrics/lstm": schemas.metrics,
    "analysis": schemas.analysis,
    "originality": schemas.originality,
    "judged/lstm": schemas.judged,
}


@pytest.mark.parametrize("name", READ)
def test_a_document_comes_back_as_it_was_written(written, name):
    """With all that no reader relies on."""
    path = written(name)
    assert READ[name](path) == json.loads(path.read_text())


@pytest.mark.parametrize("model", MODELS)
def test_committed_metrics_can_be_read(model):
    path = REPORTS / "metrics" / f"{model}.json"
    assert schemas.metrics(path) == json.loads(path.read_text())


def test_committed_novelty_can_be_read():
    found = schemas.originality(REPORTS / "originality.json")
    assert found == json.loads((REPORTS / "originality.json").read_text())
    assert set(found["sets"]) == {REAL, *MODELS}


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
def test_metrics_that_are_none_are_refused(written, place, value, said):
    with pytest.raises(InputError, match=rf"lstm\.json: {said}.*dvc repro evaluate"):
        schemas.metrics(written("metrics/lstm", *place, value=value))


def test_metrics_without_the_opening_are_of_another_version(written, documents):
    figures = {k: v for k, v in documents["metrics/lstm"]["test"].items() if k[:7] != "opening"}
    with pytest.raises(InputError, match=r"test: .* opening_log_loss is missing; it is d"):
        schemas.metrics(written("metrics/lstm", "test", value=figures))


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("groups", "meter", 0, "log_loss"), {}, r"groups\.meter\.0\.log_loss\.value"),
        (("groups", "position", 1, "accuracy"), None, r"groups\.position\.1\.accuracy"),
        (("groups", "family"), None, r"groups\.family: "),
        (("reliability",), [None] * 9, "reliability: list should have at least 10"),
        (("intervals", "test"), {}, r"intervals\.test: value error, accuracy is missing"),
        (("intervals", "train", "accuracy"), [0.1], r"intervals\.train\.accuracy"),
    ],
)
def test_an_analysis_that_is_none_is_refused(written, place, value, said):
    with pytest.raises(InputError, match=rf"analysis\.json: {said}.*dvc repro evaluate"):
        schemas.analysis(written("analysis", *place, value=value))


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("originality", "limit", "run"), None, r"originality\.limit\.run"),
        (
            ("originality", "sets", "lstm", "tunes", 1, "above_limit"),
            0,
            r"sets\.lstm\.tunes\.1\.above_limit",
        ),
        (("music", "lstm", "figures", "steps"), 0.5, r"music\.lstm\.figures\.steps"),
        (
            ("music", "lstm", "distances", "interval", "overlap"),
            {},
            r"distances\.interval\.overlap",
        ),
        (("music",), {}, "of another model"),
        (("originality", "sets"), {}, "of another model"),
    ],
)
def test_what_is_no_judgement_is_refused(written, place, value, said):
    with pytest.raises(InputError, match=rf"lstm\.json: .*{said}.*dvc repro judge"):
        schemas.judged(written("judged/lstm", *place, value=value))


def test_novelty_that_is_none_is_refused(written):
    path = written("originality", "sets", "lstm", "tunes", 1, "run", value=1.5)
    with pytest.raises(InputError, match=r"sets\.lstm\.tunes\.1\.run: .*: make repro"):
        schemas.originality(path, made_by="make repro")


@pytest.mark.parametrize("name", READ)
def test_a_missing_document_is_named_with_what_makes_it(tmp_path, name):
    with pytest.raises(InputError, match=r"lost\.json: cannot be read .*: dvc repro "):
        READ[name](tmp_path / "lost.json")
