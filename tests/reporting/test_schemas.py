"""Documents that stages hand on, read back."""

import json
import re

import pytest

from nottingham.errors import InputError
from nottingham.models.names import REAL
from nottingham.reporting import schemas


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
    test = {
        "accuracy": 0.5,
        "interval": [0.4, 0.6],
        "telling": [{"feature": "range", "weight": 1.5, "mean": [0.5, 1.0]}],
    }
    beside = {"generated": figure, "real": figure, "outside": False}
    jigs = {"generated": 3, "real": 12, "figures": {"steps": beside | {"outside": None}}}
    totals = {"outside": 0, "figures": 1, "all_outside": 0, "all_figures": 1}
    return {
        "metrics/lstm": {"model": "lstm", **found.metrics["lstm"]},
        "analysis": {
            "intervals": {
                part: analysis["intervals"][part]["lstm"] | {"calibration_error": [0.01, 0.02]}
                for part in ("train", "test")
            },
            "groups": _of_lstm(analysis["groups"]["windows"]),
            "written": _of_lstm(analysis["written"]),
            "reliability": analysis["reliability"]["lstm"],
        },
        "originality": originality,
        "judged/lstm": {
            "originality": originality,
            "music": {REAL: musical, "lstm": musical | {"distances": distances}},
            "player": {"new": {"dances": {"jig": jigs}, **totals}, "continued": None},
            "two_sample": {"new": test, "continued": None},
        },
    }


def _of_lstm(groups):
    return {
        kind: [
            {key: value for key, value in row.items() if key != "models"} | row["models"]["lstm"]
            for row in rows
        ]
        for kind, rows in groups.items()
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


@pytest.mark.parametrize(
    ("name", "place", "value", "said"),
    [
        ("metrics/lstm", ("model",), "gru", "the metrics of gru"),
        ("metrics/lstm", ("context",), "none", "context: input should be 'window' or 'tune'"),
        ("metrics/lstm", ("representation",), "words", "representation: input should be 'grid' or"),
        ("metrics/lstm", ("test", "notes_kept"), "all", "test.notes_kept: input should be a"),
        ("metrics/lstm", ("test",), {"log_loss": 1.1}, "test: value error, accuracy is missing"),
        ("metrics/lstm", ("train", "accuracy"), float("nan"), "train.accuracy: input should be"),
        ("analysis", ("groups", "meter", 0, "log_loss"), {}, "groups.meter.0.log_loss.value"),
        ("analysis", ("groups", "family"), None, "groups.family: "),
        ("analysis", ("written", "dance", 0, "notes"), 0.5, "written.dance.0.notes: "),
        ("analysis", ("reliability",), [None] * 9, "reliability: list should have at least 10"),
        ("analysis", ("intervals", "train", "accuracy"), [0.1], "intervals.train.accuracy"),
        ("judged/lstm", ("originality", "limit", "run"), None, "originality.limit.run"),
        ("judged/lstm", ("music", "lstm", "figures", "steps"), 0.5, "music.lstm.figures.steps"),
        ("judged/lstm", ("player", "new", "dances", "jig"), None, "player.new.dances.jig: "),
        ("judged/lstm", ("two_sample", "new", "telling", 0, "mean"), [0.5], "new.telling.0.mean: "),
        ("judged/lstm", ("music",), {}, "of another model"),
        ("judged/lstm", ("originality", "sets"), {}, "of another model"),
        ("originality", ("sets", "lstm", "tunes", 1, "run"), 1.5, "sets.lstm.tunes.1.run: "),
        ("originality", ("sets", "lstm", "tunes", 1, "above_limit"), 0, "tunes.1.above_limit: "),
    ],
)
def test_a_wrong_value_is_named_with_what_makes_the_document(written, name, place, value, said):
    remedy = {"judged": "judge", "originality": "report"}.get(name.split("/")[0], "evaluate")
    with pytest.raises(InputError, match=rf"{name}\.json: .*{re.escape(said)}.*dvc repro {remedy}"):
        READ[name](written(name, *place, value=value))


@pytest.mark.parametrize("name", READ)
def test_a_missing_document_is_named_with_what_makes_it(tmp_path, name):
    with pytest.raises(InputError, match=r"lost\.json: cannot be read .*: dvc repro "):
        READ[name](tmp_path / "lost.json")
