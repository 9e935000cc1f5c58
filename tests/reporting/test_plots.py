"""Tables for plots, and pictures, from findings written out by hand in conftest.py."""

import copy
import csv
from dataclasses import replace

import pytest

from nottingham.reporting import plots

DRAWINGS = [plots.draw_models, plots.draw_closer, plots.draw_groups]
POSITION, WRITTEN = ("groups", "windows", "position"), ("written", "dance", 1, "models")


def table(path):
    with path.open(newline="") as file:
        return list(csv.reader(file))


def test_a_table_for_each_kind_of_group(tmp_path, found):
    """Families are named after files; no name is a formula."""
    analysis = copy.deepcopy(found.analysis)
    analysis["groups"]["windows"]["family"][0]["group"] = '=HYPERLINK("http://x")'
    plots.write_tables(replace(found, analysis=analysis), tmp_path)
    assert table(tmp_path / "log_loss_by_meter.csv") == [
        ["meter", "random", "hold", "lstm"],
        ["4/4", "0.0000", "1.0000", "2.0000"],
        ["6/8", "0.0000", "2.0000", "4.0000"],
    ]
    assert table(tmp_path / "log_loss_by_family.csv")[1][0] == '\'=HYPERLINK("http://x")'
    assert table(tmp_path / "log_loss_by_overlap.csv")[0][0] == "overlap"
    assert table(tmp_path / "written_by_dance.csv") == [
        ["dance", "random", "hold", "lstm", "note-lstm"],
        ["jig", *["3.0000"] * 4],
        ["reel", *["4.0000"] * 4],
    ]
    positions = table(tmp_path / "log_loss_by_position.csv")
    assert [row[0] for row in positions] == ["position", "1", "2", "3"]
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


@pytest.mark.parametrize(
    ("draw", "place", "value"),
    [
        (plots.draw_models, ("metrics", "lstm", "test", "accuracy"), 0.612),
        (plots.draw_models, ("intervals", "test", "lstm", "log_loss"), (0.3, 0.9)),
        (plots.draw_closer, ("metrics", "hold", "test", "new_accuracy"), None),
        (plots.draw_closer, (*POSITION, 1, "models", "lstm", "log_loss", "value"), 9.0),
        (plots.draw_closer, ("reliability", "lstm", 3), None),
        (plots.draw_groups, (*WRITTEN, "lstm", "written_bits_per_note", "value"), None),
        (plots.draw_groups, (*WRITTEN, "note-lstm", "written_bits_per_note", "value"), 9.0),
        (plots.draw_groups, ("written", "overlap", 0, "group"), "others"),
    ],
)
def test_a_picture_shows_what_was_found(tmp_path, found, draw, place, value):
    draw(found, tmp_path / "before.png")
    *keys, last = place
    part = {"metrics": found.metrics, **found.analysis}
    for key in keys:
        part = part[key]
    part[last] = value
    draw(found, tmp_path / "after.png")
    assert (tmp_path / "before.png").read_bytes() != (tmp_path / "after.png").read_bytes()


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("models", [["random", "hold"], ["hold"], ["hold", "note-lstm"]])
def test_only_the_models_that_were_evaluated(tmp_path, only, draw, models):
    """Not even one on the grid that learns, or that the poster has."""
    draw(only(*models), tmp_path / "few.png")
    assert (tmp_path / "few.png").read_bytes().startswith(b"\x89PNG")


def test_all_are_written_of_a_single_test_tune_too(tmp_path, found):
    """Whose figures have no intervals."""
    found.analysis["intervals"]["test"]["lstm"] = dict.fromkeys(["log_loss", "accuracy"])
    plots.write(found, tmp_path)
    for name in ("models", "closer", "groups"):
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "log_loss_by_meter.csv").exists()
