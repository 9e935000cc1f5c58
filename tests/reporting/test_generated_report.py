"""What is said of samples, as text."""

import pytest

from nottingham.models.names import REAL
from nottingham.reporting import generated_report

ORIGIN = {"substituted": ""}


def figure(value):
    return {"value": value, "interval": [value - 0.1, value + 0.1]}


def described(repeats, distances):
    """Describe a set in which all else is a half."""
    columns = [column for table in generated_report._TABLES.values() for column in table]
    figures = dict.fromkeys(columns, figure(0.5)) | {"repeats_8": figure(repeats)}
    return {"tunes": 7, "figures": figures, "distances": distances}


def match(median, beyond):
    run = {"least": 1, "quarter": 2.5, "median": median, "three_quarters": 9.0, "most": 20.0}
    return {"run": run, "share": {"mean": 0.25}, "above_limit": beyond}


LIKE = {kind: {"overlap": figure(0.9), "divergence": figure(2.0)} for kind in ("interval", "pitch")}
MUSIC = {REAL: described(0.6, {}), "lstm": described(0.2, LIKE)}
NOVELTY = {
    "limit": {"run": 34.0, "share": 0.4},
    "sets": {REAL: match(12.0, 0.05), "lstm": match(11.0, 0.0)},
}


@pytest.fixture
def said():
    return generated_report.markdown(NOVELTY, MUSIC, ORIGIN, measures=32, temperature=0.9)


def test_each_set_has_a_row_of_what_is_new(said):
    assert "| real | 12 | 2.5–9 | 20 | 0.250 | 0.050 |" in said
    assert "| lstm | 11 | 2.5–9 | 20 | 0.250 | 0.000 |" in said
    assert "more than 34 notes in a row" in said
    assert "more than 40% of its passages" in said


def test_each_figure_is_in_a_table_with_its_interval(said):
    assert "|  | repeats 4 | repeats 8 | repeats 16 | aabb |" in said
    half = "0.500 [0.400, 0.600]"
    assert f"| lstm | {half} | 0.200 [0.100, 0.300] | {half} | {half} |" in said


def test_likeness_is_of_models_only(said):
    overlap = said.partition("### Overlap")[2].partition("###")[0]
    assert "| lstm | 0.900 [0.800, 1.000] | 0.900 [0.800, 1.000] |" in overlap
    assert "real |" not in overlap


def test_what_was_sampled_is_told(said):
    assert said.startswith("# What the models write\n\n7 tunes of 32 measures by each model, ")
    assert "temperature 0.9." in said


def test_a_substituted_corpus_is_told_first():
    other = {"substituted": "NOT THE REAL TUNES\nbut others"}
    said = generated_report.markdown(NOVELTY, MUSIC, other, measures=32, temperature=0.9)
    assert said.split("\n\n")[1] == "> **NOT THE REAL TUNES**  \n> **but others**"


def test_what_could_not_be_counted_is_a_dash():
    nothing = {"value": None, "interval": None}
    music = {**MUSIC, "mute": described(0.1, {"interval": dict.fromkeys(LIKE["pitch"], nothing)})}
    said = generated_report.markdown(NOVELTY, music, ORIGIN, measures=32, temperature=0.9)
    assert "| mute | – |" in said
