"""``reports/results.md``, from findings written out by hand in conftest.py."""

import copy
from dataclasses import replace

import pytest

from nottingham.reporting import results
from nottingham.reporting.findings import in_order
from nottingham.reporting.studies import Row, Study


def section(text, title):
    """Give the lines of tables under a heading."""
    (body,) = (part for part in text.split("\n## ") if part.startswith(title))
    return [line for line in body.splitlines() if line.startswith("|")]


def test_the_main_table_has_figures_intervals_and_what_the_poster_says(found):
    text = results.markdown(found)
    assert text.startswith(
        "# Results\n\nCorpus: nottingham, from a host, version 1. With 8 steps a measure:\n\n"
        "- train: 8 tunes, 5 targets\n- valid: 2 tunes, 5 targets\n- test: 2\n\n"
    )
    rows = section(text, "# Results")
    assert rows[0].startswith("| model | context | log-loss train | log-loss test | accuracy train")
    assert rows[2:] == [
        "| random | window | 0.1112 [0.109, 0.115] | 0.0112 [0.009, 0.015] "
        "| 0.1212 [0.119, 0.125] | 0.0212 [0.019, 0.025] | – | 0.024 | 0.024 (Random) |",
        "| hold | window | 0.6000 [0.598, 0.604] | 0.5000 [0.498, 0.504] "
        "| 0.6100 [0.608, 0.614] | 0.5100 [0.508, 0.514] | – | – | – |",
        "| lstm | window | 0.7000 [0.698, 0.704] | 0.6000 [0.598, 0.604] "
        "| 0.7100 [0.708, 0.714] | 0.6100 [0.608, 0.614] | 0.7460 | 0.766 "
        "| 0.588 (RNN-LSTM, 50 epochs) |",
    ]


@pytest.mark.parametrize(
    ("title", "columns", "lstm"),
    [
        (
            "More of the test split",
            "sampled accuracy | change accuracy | rollout accuracy | calibration error",
            ["0.6200 [0.618, 0.624]", "0.6300 [0.628, 0.634]", "0.7100 [0.708, 0.714]", "0.0123"],
        ),
        (
            "Copying and composing",
            "familiar: log-loss | accuracy | new: log-loss | accuracy",
            ["0.6400 [0.638, 0.644]", "0.6500 [0.648, 0.654]", "–", "0.6700 [0.668, 0.674]"],
        ),
        (
            "By note",
            "bits per note | pitch bits | duration bits",
            ["0.6800 [0.678, 0.684]", "0.6900 [0.688, 0.694]", "0.7000 [0.698, 0.704]"],
        ),
    ],
)
def test_tables_of_the_test_tunes(found, title, columns, lstm):
    """What there is no figure for is a dash."""
    found.metrics["lstm"]["test"]["new_log_loss"] = None
    found.analysis["intervals"]["test"]["lstm"]["new_log_loss"] = None
    rows = section(results.markdown(found), title)
    assert rows[0] == f"| model | {columns} |"
    assert [row.split(" ")[1] for row in rows[2:]] == ["random", "hold", "lstm"]
    assert rows[-1] == f"| lstm | {' | '.join(lstm)} |"


def test_differences_have_signs_and_groups_show_some_of_the_models(found):
    text = results.markdown(found)
    assert section(text, "Which is better?")[2:] == [
        "| lstm less hold | −0.1000 [−0.123, −0.057] | +0.1000 | −0.2500 [−0.500, +0.125] |",
        "| note-lstm less lstm | – | – | −1.5000 |",
    ]
    rows = section(text, "By meter")
    assert rows[0] == "| meter | tunes | targets | lstm: log-loss | lstm: accuracy |"
    assert rows[2:] == [
        "| 4/4 | 10 | 1,000 | 2.000 | 0.250 [0.100, 0.400] |",
        "| 6/8 | 11 | 1,001 | 4.000 | 0.250 [0.100, 0.400] |",
    ]
    assert section(text, "By family")[2].startswith("| jigs | 10 |")
    assert section(text, "By step of the measure")[4].startswith("| 3 | 12 | 1,002 | 6.000 |")


def test_written_music_is_of_all_models_and_notes_of_those_that_have_them(found):
    text = results.markdown(found)
    rows = section(text, "Written music")
    assert rows[0].startswith("| model | representation | notes kept | bits a note | bits a meas")
    assert [row.split(" | ")[0] for row in rows[2:]] == [f"| {model}" for model in found.metrics]
    assert rows[-1] == (
        "| note-lstm | notes | 0.900 [0.898, 0.904] | 0.8500 [0.848, 0.854] | 0.860 [0.858, 0.864] "
        "| 0.87 [0.87, 0.87] | 0.9 [0.9, 0.9] | 0.89 [0.89, 0.89] |"
    )
    rows = section(text, "Models of notes")
    assert rows[2].startswith("| note-lstm | 0.7900 [0.788, 0.794] | 0.8000 [")
    assert rows[3:6] == [
        "| meter | tunes | notes | note-lstm |",
        "| --- | --- | --- | --- |",
        "| 4/4 | 10 | 2,000 | 3.000 [2.500, 4.500] |",
    ]
    assert rows[-1] == "| 3 | 1,002 | 3.500 |"


def test_only_what_there_is_is_shown(found, only):
    study = Study("splits", [Row("grouped", "lstm", 1.2345, 1.2, 1.3, 0.5, 0.4, 0.6)])
    assert study.markdown() in results.markdown(replace(found, studies=[study]))
    text = results.markdown(only("random"))
    assert "## Other splits" not in text
    assert "## Models of notes" not in text
    assert "| random |" in text
    assert "| lstm |" not in text
    assert section(text, "By meter")[2] == "| 4/4 | 10 | 1,000 |"


def test_the_grid_comes_first_then_window_context_and_else_models_keep_their_order():
    given = [("a", "tune"), ("b", "window"), ("note-c", "window"), ("d", "tune"), ("e", "window")]
    metrics = [
        {"model": m, "context": context, "representation": "notes" if "note" in m else "grid"}
        for m, context in given
    ]
    ordered = in_order(metrics)
    assert list(ordered) == ["b", "e", "a", "d", "note-c"]
    assert ordered["d"] == metrics[3]


def test_a_name_from_outside_is_text_and_no_markup(found):
    """Families are named after files; the corpus and its source are a user's."""
    analysis = copy.deepcopy(found.analysis)
    analysis["groups"]["windows"]["family"][0]["group"] = "<b>|`x`"
    origin = {"corpus": "[x](y)", "source": "/home/a|b", "version": None, "substituted": "NOT\nIT"}
    text = results.markdown(replace(found, analysis=analysis, origin=[origin]))
    assert text.startswith("# Results\n\n> **NOT**  \n> **IT**  \n")
    assert "\n| \\<b\\>\\|\\`x\\` | " in text
    assert "Corpus: \\[x\\](y), from /home/a\\|b. With" in text
