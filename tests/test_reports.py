"""The committed results agree with each other and with what DVC says was made."""

import hashlib
import json
import re

import pytest
import yaml

from nottingham.corpus.sources import NOTTINGHAM
from nottingham.evaluation import generated
from nottingham.evaluation.comparison import RIVALS
from nottingham.models.names import REAL, REAL_NOTES, TRAINED
from nottingham.models.sampling import SamplingConfig
from nottingham.reporting import generated_report, results, schemas, studies
from nottingham.reporting.findings import TOKENS, in_order
from nottingham.reporting.results import POSTER
from tests.closure import ROOT
from tests.test_dvc import NAMES, PIPELINE, SETTINGS

REPORTS = ROOT / "reports"
GRID = ["random", "hold", "ngram", "kneser-ney", "rnn", "gru", "lstm", "copy", "tune-lstm"]
NOTES = ["note-ngram", "note-kneser-ney", "note-copy", "note-lstm"]
"""As reports have them: first those that see the window alone."""
MODELS = [*GRID, *NOTES]
STUDIES = yaml.safe_load((ROOT / "tools" / "studies" / "studies.yaml").read_text())

CELL = re.compile(r"([−+]?\d+(?:\.(\d+))?)(?: \[([−+]?[\d.]+), ([−+]?[\d.]+)\])?$")
"""A figure, and its interval in brackets."""


def read(name):
    return json.loads((REPORTS / f"{name}.json").read_text())


def metrics(model):
    return read(f"metrics/{model}")


def rows(document, first):
    """List the cells behind the first one, of all rows of tables that begin so."""
    lines = (ROOT / document).read_text().splitlines()
    cells = [[cell.strip(" `") for cell in line.strip("| ").split(" | ")] for line in lines]
    return [row[1:] for row in cells if row[0] == first]


def assert_shown(cell, value, interval=None):
    """A cell shows a figure, rounded as it is written, and its interval if it has one."""
    figure, decimals, *ends = CELL.match(cell).groups()
    half = 0.5 * 10 ** -len(decimals) + 1e-9
    assert float(figure) == pytest.approx(value, abs=half)
    assert [float(end) for end in ends if end] == pytest.approx(interval or [], abs=half)


def test_results_md_is_what_the_figures_come_to():
    found = results.Findings(
        metrics={name: schemas.metrics(REPORTS / "metrics" / f"{name}.json") for name in MODELS},
        analysis=read("analysis"),
        origin=[
            {
                "corpus": "nottingham",
                "source": NOTTINGHAM.repository,
                "version": NOTTINGHAM.commit,
                "substituted": None,
            }
        ],
        studies=studies.load(REPORTS / "studies"),
    )
    assert (REPORTS / "results.md").read_text() == results.markdown(found)


def test_generated_md_is_what_was_found_in_the_samples():
    written = generated_report.markdown(
        schemas.originality(REPORTS / "originality.json"),
        read("music"),
        read("player"),
        [{"substituted": ""}],
        measures=SETTINGS.sample.measures,
        sampling=SamplingConfig(
            SETTINGS.sample.temperature,
            top_p=SETTINGS.sample.top_p,
            guidance=SETTINGS.sample.guidance,
        ),
        temperature_continued=SETTINGS.sample.temperature_continued,
    )
    assert (REPORTS / "generated.md").read_text() == written


@pytest.mark.parametrize("model", GRID)
def test_the_readme_shows_the_metrics(model):
    test, sure = metrics(model)["test"], read("analysis")["intervals"]["test"][model]
    ((log_loss, accuracy, poster),) = rows("README.md", model)
    assert_shown(log_loss, test["log_loss"], sure["log_loss"])
    assert_shown(accuracy, test["accuracy"], sure["accuracy"])
    assert poster == (f"{POSTER[model].test_accuracy:.3f}" if model in POSTER else "–")


def test_all_results_are_of_the_real_corpus_and_the_same_models():
    assert list(in_order([metrics(model) for model in SETTINGS.models])) == MODELS
    assert {metrics(model)["corpus"] for model in MODELS} == {"nottingham"}
    for representation, models in zip(TOKENS, (GRID, NOTES), strict=True):
        assert {metrics(model)["representation"] for model in models} == {representation}
        assert len({metrics(model)["test"]["targets"] for model in models}) == 1
        kept = {metrics(model)["test"]["notes_kept"] for model in models}
        assert len(kept) == 1
        assert (kept == {1.0}) == (models is NOTES)
    for part in ("train", "test"):
        assert list(read("analysis")["intervals"][part]) == MODELS
    sets = [REAL, *GRID, REAL_NOTES, *NOTES]
    assert list(read("originality")["sets"]) == list(read("music")) == sets
    player = read("player")
    assert list(player) == [REAL, TRAINED, *MODELS]
    wrote = [model for model in MODELS if player[model]["new"]]
    assert sorted(wrote) == sorted(SETTINGS.sample.from_nothing)


def test_intervals_and_differences_are_those_of_the_metrics():
    analysis = read("analysis")
    for part in ("train", "test"):
        for model, found in analysis["intervals"][part].items():
            for name, ends in found.items():
                if ends is not None and name != "calibration_error":  # whose interval may lie high
                    assert ends[0] <= metrics(model)[part][name] <= ends[1], f"{model}: {name}"
    pairs = analysis["differences"]
    assert [(pair["model"], pair["rival"]) for pair in pairs] == list(RIVALS)
    for pair in pairs:
        alike = (pair["model"] in GRID) == (pair["rival"] in GRID)
        names = ["written_bits_per_note", *(["log_loss", "accuracy"] if alike else [])]
        assert set(pair) == {"model", "rival", *names}
        for name in names:
            one, other = (metrics(pair[who])["test"][name] for who in ("model", "rival"))
            assert pair[name]["value"] == pytest.approx(one - other, abs=1.1e-4)


@pytest.mark.parametrize("tokens", TOKENS.values())
@pytest.mark.parametrize("name", ["meter", "dance", "family", "overlap", "position"])
def test_groups_sum_up_to_the_metrics(name, tokens):
    groups = read("analysis")["groups"][tokens][name]
    total = sum(group["targets"] for group in groups)
    for model in GRID if tokens == "windows" else NOTES:
        test = metrics(model)["test"]
        assert total == test["targets"]
        for figure in ("log_loss", "accuracy"):
            summed = sum(g["models"][model][figure]["value"] * g["targets"] for g in groups)
            assert summed / total == pytest.approx(test[figure], abs=2e-4)


@pytest.mark.parametrize("name", ["meter", "dance", "family", "overlap"])
def test_groups_of_written_music_sum_up_to_the_metrics(name):
    groups = read("analysis")["written"][name]
    total = sum(group["notes"] for group in groups)
    for model in MODELS:
        summed = sum(
            g["models"][model]["written_bits_per_note"]["value"] * g["notes"] for g in groups
        )
        assert summed / total == pytest.approx(
            metrics(model)["test"]["written_bits_per_note"], abs=2e-4
        )


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_begins_with_the_pipeline_as_it_stands(name):
    """Models without a seed are the same in every variant of it; networks are not."""
    found = {study.name: study for study in studies.load(REPORTS / "studies")}
    variants = [STUDIES[name]["as it stands"], *STUDIES[name]["variants"]]
    assert [(r.variant, r.model) for r in found[name].rows] == [
        (variant, model) for variant in variants for model in GRID
    ]
    for row in found[name].rows[: len(GRID)]:
        test, sure = metrics(row.model)["test"], read("analysis")["intervals"]["test"][row.model]
        for figure in ("log_loss", "accuracy"):
            assert getattr(row, figure) == test[figure], "run: make studies"
            assert [getattr(row, f"{figure}_{end}") for end in ("low", "high")] == sure[figure]
        losses = {other.log_loss for other in found[name].rows if other.model == row.model}
        if row.model in SETTINGS.train:
            assert len(losses) > 1, row.model
        elif name == "seeds":
            assert len(losses) == 1, row.model


@pytest.mark.parametrize("model", MODELS)
def test_a_summary_is_of_the_metrics_and_of_what_was_written(model):
    summary, test = read(f"summary/{model}"), metrics(model)["test"]
    assert summary == {figure: test[figure] for figure in summary}
    assert {"log_loss", "accuracy"} <= set(summary)
    seen = read("player")[model]
    judged = {
        "originality": read("originality"),
        "music": read("music"),
        "player": seen,
        "two_sample": seen["two_sample"],
    }
    assert read(f"music/{model}") == generated.summary(judged, model)


def committed(name):
    """List what a stage writes that Git keeps, as dvc.yaml has it."""
    stage, _, model = name.partition("@")
    declared = PIPELINE["stages"][stage].get("do", PIPELINE["stages"][stage])
    outs = [out for kind in ("outs", "metrics", "plots") for out in declared.get(kind, [])]
    kept = [out for out in outs if isinstance(out, dict)]
    found = [path for out in kept for path, how in out.items() if how.get("cache") is False]
    return [path.replace("${key}", model) for path in found]


def test_the_committed_files_are_those_that_the_lock_names():
    noted = yaml.safe_load((ROOT / "dvc.lock").read_text())["stages"]
    assert set(noted) == set(NAMES)
    files = {out["path"]: out["md5"] for stage in noted.values() for out in stage["outs"]}
    reports = [path for name in NAMES for path in committed(name)]
    assert len(reports) >= 40
    for path in reports:
        if (ROOT / path).is_dir():  # the plots: the lock has the hash of their list
            continue
        content = (ROOT / path).read_bytes()
        assert hashlib.md5(content, usedforsecurity=False).hexdigest() == files[path], path
