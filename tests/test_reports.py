"""The committed results agree with each other and with what DVC says was made."""

import hashlib
import json
import re

import pytest
import yaml

from nottingham import params
from nottingham.dataset.streams import CONTEXT
from nottingham.reporting import generated_report, studies
from nottingham.reporting.results import POSTER
from tests.closure import ROOT

PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text())
MODELS = PIPELINE["stages"]["evaluate"]["cmd"].split()[3:]
STUDIES = yaml.safe_load((ROOT / "tools" / "studies" / "studies.yaml").read_text())

CELL = re.compile(r"([−+]?\d+(?:\.(\d+))?)(?: \[([−+]?[\d.]+), ([−+]?[\d.]+)\])?$")
"""A figure, and its interval in brackets."""


def metrics(model):
    return json.loads((ROOT / "reports" / "metrics" / f"{model}.json").read_text())


def analysis():
    return json.loads((ROOT / "reports" / "analysis.json").read_text())


def tables(document):
    """Give the rows of the tables below each heading: lists of cells, without the header."""
    found, heading = {}, ""
    for line in (ROOT / document).read_text().splitlines():
        if line.startswith("#"):
            heading = line.strip("# ")
        elif line.startswith("|") and not line.startswith("| ---"):
            cells = [cell.strip(" `") for cell in line.strip().strip("|").split("|")]
            found.setdefault(heading, []).append(cells)
    return {heading: rows[1:] for heading, rows in found.items()}


def assert_shown(cell, value, interval):
    """A cell shows a figure, rounded as it is written, and its interval if it has one."""
    if value is None:
        assert cell == "–"
        return
    figure, decimals, *ends = CELL.match(cell).groups()
    assert float(figure.replace("−", "-")) == pytest.approx(value, abs=half(decimals))
    assert (ends[0] is None) == (interval is None), cell
    if interval is not None:
        for end, expected in zip(ends, interval, strict=True):
            digits = end.partition(".")[2]
            assert float(end.replace("−", "-")) == pytest.approx(expected, abs=half(digits))


def half(decimals):
    """Give half of the last digit, and a little for what was rounded before."""
    return 0.5 * 10 ** -len(decimals) + 1e-9


def row(document, heading, model):
    (cells,) = (cells for cells in tables(document)[heading] if cells[0] == model)
    return cells[1:]


@pytest.mark.parametrize("model", MODELS)
def test_the_main_table_shows_the_metrics(model):
    record, sure = metrics(model), analysis()["intervals"]
    context, *cells = row("reports/results.md", "Results", model)
    assert context == record["context"]
    columns = [(part, name) for name in ("log_loss", "accuracy") for part in ("train", "test")]
    for cell, (part, name) in zip(cells[:4], columns, strict=True):
        assert float(cell.split(" ")[0]) == record[part][name]
        assert "[" in cell
        assert_shown(cell, record[part][name], sure[part][model][name])


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        (
            "More of the test split",
            ["sampled_accuracy", "change_accuracy", "rollout_accuracy", "calibration_error"],
        ),
        (
            "Copying and composing",
            ["familiar_log_loss", "familiar_accuracy", "new_log_loss", "new_accuracy"],
        ),
        ("By note", ["bits_per_note", "pitch_bits", "duration_bits"]),
    ],
)
@pytest.mark.parametrize("model", MODELS)
def test_further_tables_show_the_metrics(model, heading, names):
    test, sure = metrics(model)["test"], analysis()["intervals"]["test"][model]
    for cell, name in zip(row("reports/results.md", heading, model), names, strict=True):
        assert_shown(cell, test[name], sure.get(name))


def test_every_table_has_every_model():
    found = tables("reports/results.md")
    for heading in ("Results", "More of the test split", "Copying and composing", "By note"):
        assert [cells[0] for cells in found[heading]] == MODELS
    assert [cells[0] for cells in tables("README.md")["Results"]] == MODELS


def test_differences_are_those_of_the_metrics():
    rows = tables("reports/results.md")["Which is better?"]
    assert len(rows) == len(analysis()["differences"]) >= 5
    for (label, *cells), pair in zip(rows, analysis()["differences"], strict=True):
        assert label == f"{pair['model']} less {pair['rival']}"
        for cell, name in zip(cells, ("log_loss", "accuracy"), strict=True):
            one, other = (metrics(pair[who])["test"][name] for who in ("model", "rival"))
            assert pair[name]["value"] == pytest.approx(one - other, abs=1.1e-4)
            assert_shown(cell, **pair[name])


@pytest.mark.parametrize("model", MODELS)
def test_the_readme_shows_the_metrics(model):
    test, sure = metrics(model)["test"], analysis()["intervals"]["test"][model]
    log_loss, accuracy, poster = row("README.md", "Results", model)
    assert_shown(log_loss, test["log_loss"], sure["log_loss"])
    assert_shown(accuracy, test["accuracy"], sure["accuracy"])
    assert poster == (f"{POSTER[model].test_accuracy:.3f}" if model in POSTER else "–")


def test_the_poster_s_page_shows_our_lstm():
    part, names = metrics("lstm"), ("log_loss", "accuracy")
    expected = [
        *(part["train"][name] for name in names),
        *(part["test"][name] for name in names[::-1]),
        part["test"]["rollout_accuracy"],
    ]
    shown = [cells[-1] for cells in tables("docs/poster.md")["The poster's own recipe"][:5]]
    for cell, figure in zip(shown, expected, strict=True):
        assert_shown(cell, figure, None)


def test_all_results_are_of_the_real_corpus():
    assert {metrics(model)["corpus"] for model in MODELS} == {"nottingham"}
    assert len({metrics(model)["test"]["targets"] for model in MODELS}) == 1


def test_the_analysis_is_of_the_same_models():
    found = analysis()
    assert list(found["intervals"]["test"]) == list(found["intervals"]["train"]) == MODELS
    for model in MODELS:
        for part in ("train", "test"):
            for name, ends in found["intervals"][part][model].items():
                figure = metrics(model)[part][name]
                if name == "calibration_error":  # whose interval may lie a little high
                    assert 0 <= ends[0] <= ends[1] < 1
                else:
                    assert ends is None or ends[0] <= figure <= ends[1], name


@pytest.mark.parametrize("name", ["meter", "family", "overlap", "position"])
def test_groups_sum_up_to_the_metrics(name):
    groups = analysis()["groups"][name]
    total = sum(group["targets"] for group in groups)
    for model in MODELS:
        test = metrics(model)["test"]
        assert total == test["targets"]
        for figure in ("log_loss", "accuracy"):
            summed = sum(g["models"][model][figure]["value"] * g["targets"] for g in groups)
            assert summed / total == pytest.approx(test[figure], abs=2e-4)


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_begins_with_the_pipeline_as_it_stands(name):
    found = {study.name: study for study in studies.load(ROOT / "reports" / "studies")}
    rows, plan = found[name].rows, STUDIES[name]
    first = plan["as it stands"]
    assert list(dict.fromkeys(row.variant for row in rows)) == [first, *plan["variants"]]
    assert [row.model for row in rows] == MODELS * (1 + len(plan["variants"]))
    for row in rows[: len(MODELS)]:
        test, sure = metrics(row.model)["test"], analysis()["intervals"]["test"][row.model]
        for figure in ("log_loss", "accuracy"):
            assert getattr(row, figure) == test[figure], "run: make studies"
            assert [getattr(row, f"{figure}_{end}") for end in ("low", "high")] == sure[figure]


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_changes_what_it_says_it_changes(name):
    """Models that have no seed are the same in every variant of it; the others are not."""
    found = {study.name: study for study in studies.load(ROOT / "reports" / "studies")}
    networks = PIPELINE["stages"]["train-flax-lstm"]["matrix"]["model"]
    for model in MODELS:
        losses = {row.log_loss for row in found[name].rows if row.model == model}
        if name == "seeds" and model not in networks:
            assert len(losses) == 1, model
        elif model in networks:
            assert len(losses) > 1, model


def test_the_results_have_the_studies_that_were_run():
    text = (ROOT / "reports" / "results.md").read_text()
    for study in studies.load(ROOT / "reports" / "studies"):
        assert study.markdown() in text, "run: dvc repro"


def read(name):
    return json.loads((ROOT / "reports" / f"{name}.json").read_text())


def test_the_verdict_on_the_samples_is_of_what_was_found():
    sample = params.load(ROOT / "params.yaml").sample
    said = generated_report.markdown(
        read("novelty"),
        read("music"),
        {"substituted": ""},
        measures=(CONTEXT + sample.steps) // 8,
        temperature=sample.temperature,
    )
    assert (ROOT / "reports" / "generated.md").read_text() == said


def test_novelty_and_music_are_of_all_samples():
    sets, music, count = read("novelty")["sets"], read("music"), 250
    assert list(sets) == list(music) == ["real", *MODELS]
    assert all(len(found["tunes"]) == count for found in sets.values())
    assert all(found["tunes"] == count for found in music.values())


def test_tune_lstm_is_as_new_as_real_tunes_and_comes_back_as_they_do():
    """The claims of README.md and docs/generation.md."""
    sets, music = read("novelty")["sets"], read("music")
    assert sets["tune-lstm"]["run"]["median"] <= sets["real"]["run"]["median"]
    assert sets["tune-lstm"]["beyond"] <= sets["real"]["beyond"]
    far = {
        model: abs(
            found["figures"]["repeats_8"]["value"] - music["real"]["figures"]["repeats_8"]["value"]
        )
        for model, found in music.items()
    }
    assert far["tune-lstm"] < far["lstm"] < far["ngram"]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (
            "README.md",
            "{} % of its steps return after eight measures (real tunes: {} %, `lstm`: {} %)",
        ),
        ("docs/generation.md", "`tune-lstm` does ({} %)"),
        (
            "docs/generation.md",
            "{2} % of its steps are those of eight measures before, where {1} %",
        ),
    ],
)
def test_the_texts_have_the_figures_of_the_samples(document, sentence):
    repeats = [
        round(100 * read("music")[model]["figures"]["repeats_8"]["value"])
        for model in ("tune-lstm", "real", "lstm")
    ]
    text = " ".join((ROOT / document).read_text().split())
    assert sentence.format(*repeats) in text


def test_the_committed_files_are_those_that_the_lock_names():
    lock = yaml.safe_load((ROOT / "dvc.lock").read_text())
    cached = {
        out
        for stage in PIPELINE["stages"].values()
        for out in stage.get("outs", [])
        if isinstance(out, str)
    }
    checked = set()
    for stage in lock["stages"].values():
        for out in stage["outs"]:
            path = ROOT / out["path"]
            if path.suffix and out["path"].startswith("reports/") and out["path"] not in cached:
                found = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
                assert found == out["md5"], out["path"]
                checked.add(out["path"])
    assert len(checked) >= 14
    assert {"reports/results.md", "reports/analysis.json", "reports/plots/models.png"} <= checked
    assert {"reports/generated.md", "reports/novelty.json", "reports/music.json"} <= checked


def test_the_lock_names_every_stage_and_nothing_more():
    lock = yaml.safe_load((ROOT / "dvc.lock").read_text())
    networks = PIPELINE["stages"]["train-flax-lstm"]["matrix"]["model"]
    expected = set(PIPELINE["stages"]) - {"train-flax-lstm"}
    assert set(lock["stages"]) == expected | {f"train-flax-lstm@{name}" for name in networks}
