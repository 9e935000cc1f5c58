"""Tables for plots, and pictures, from findings written out by hand in conftest.py."""

import copy
import csv
from dataclasses import replace

import pytest

from nottingham.reporting import plots

DRAWINGS = [plots.draw_models, plots.draw_closer, plots.draw_groups]


def table(path):
    with path.open(newline="") as file:
        return list(csv.reader(file))


def test_a_table_for_each_kind_of_group(tmp_path, found):
    plots.write_tables(found, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "log_loss_by_meter.csv",
        "log_loss_by_family.csv",
        "log_loss_by_overlap.csv",
        "log_loss_by_position.csv",
        "reliability.csv",
    }
    assert table(tmp_path / "log_loss_by_meter.csv") == [
        ["meter", "random", "hold", "lstm"],
        ["4/4", "0.0000", "1.0000", "2.0000"],
        ["6/8", "0.0000", "2.0000", "4.0000"],
    ]
    assert table(tmp_path / "log_loss_by_family.csv")[0][0] == "family"
    positions = table(tmp_path / "log_loss_by_position.csv")
    assert [row[0] for row in positions] == ["position", "1", "2", "3"]
    assert positions[3] == ["3", "0.0000", "3.0000", "6.0000"]


def test_a_family_s_name_is_no_formula(tmp_path, found):
    """Families are named after files."""
    analysis = copy.deepcopy(found.analysis)
    analysis["groups"]["family"][0]["group"] = '=HYPERLINK("http://x")'
    plots.write_tables(replace(found, analysis=analysis), tmp_path)
    assert table(tmp_path / "log_loss_by_family.csv")[1][0] == '\'=HYPERLINK("http://x")'


def test_reliability_by_the_middle_of_each_bin(tmp_path, found):
    plots.write_tables(found, tmp_path)
    rows = table(tmp_path / "reliability.csv")
    assert rows[0] == ["bin_middle", "random", "hold", "lstm"]
    assert rows[1] == ["0.0500", "0.0112", "", "0.0500"]
    assert rows[5] == ["0.4500", "", "0.4500", "0.4500"]
    assert len(rows) == 11


@pytest.mark.parametrize("draw", DRAWINGS)
def test_a_picture_is_a_png_and_always_the_same(tmp_path, found, draw):
    for name in "ab":
        draw(found, tmp_path / f"{name}.png")
    picture = (tmp_path / "a.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert picture == (tmp_path / "b.png").read_bytes()


def changed_accuracy(found):
    found.metrics["lstm"]["test"]["accuracy"] += 0.001


def changed_interval(found):
    found.analysis["intervals"]["test"]["lstm"]["log_loss"] = (0.3, 0.9)


def changed_new(found):
    found.metrics["hold"]["test"]["new_accuracy"] = None


def changed_position(found):
    found.analysis["groups"]["position"][1]["models"]["lstm"]["log_loss"]["value"] = 9.0


def changed_meter(found):
    found.analysis["groups"]["meter"][1]["models"]["lstm"]["log_loss"]["value"] = 9.0


def changed_name(found):
    found.analysis["groups"]["overlap"][0]["group"] = "others"


def changed_reliability(found):
    found.analysis["reliability"]["lstm"][3] = None


@pytest.mark.parametrize(
    ("draw", "change"),
    [
        (plots.draw_models, changed_accuracy),
        (plots.draw_models, changed_interval),
        (plots.draw_closer, changed_new),
        (plots.draw_closer, changed_position),
        (plots.draw_closer, changed_reliability),
        (plots.draw_groups, changed_meter),
        (plots.draw_groups, changed_name),
    ],
)
def test_a_picture_shows_what_was_found(tmp_path, found, draw, change):
    draw(found, tmp_path / "before.png")
    change(found)
    draw(found, tmp_path / "after.png")
    assert (tmp_path / "before.png").read_bytes() != (tmp_path / "after.png").read_bytes()


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("models", [["random", "hold"], ["hold"]])
def test_only_the_models_that_were_evaluated(tmp_path, only, draw, models):
    """Not even one that learns, or that the poster has."""
    draw(only(*models), tmp_path / "few.png")
    assert (tmp_path / "few.png").read_bytes().startswith(b"\x89PNG")


def test_figures_without_intervals(tmp_path, found):
    """As of a single test tune."""
    found.analysis["intervals"]["test"]["lstm"] = dict.fromkeys(["log_loss", "accuracy"])
    plots.draw_models(found, tmp_path / "one.png")
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")


def test_all_of_them_are_written(tmp_path, found):
    plots.write(found, tmp_path)
    assert {path.name for path in tmp_path.glob("*.png")} == {
        "models.png", "closer.png", "groups.png",
    }  # fmt: skip
    assert (tmp_path / "log_loss_by_meter.csv").exists()
