"""Studies as tables, and as files."""

import csv

import pytest

from nottingham.errors import InputError
from nottingham.reporting import studies
from nottingham.reporting.studies import Row, Study

COLUMNS = [
    "variant", "model", "log_loss", "log_loss_low", "log_loss_high",
    "accuracy", "accuracy_low", "accuracy_high",
]  # fmt: skip


def row(variant, model, log_loss, accuracy):
    """A row whose intervals reach 0.01 down and 0.02 up."""
    ends = (value + away for value in (log_loss, accuracy) for away in (-0.01, 0.02))
    low, high, accuracy_low, accuracy_high = (round(end, 4) for end in ends)
    return Row(variant, model, log_loss, low, high, accuracy, accuracy_low, accuracy_high)


@pytest.fixture
def seeds():
    return Study(
        "seeds",
        [
            row("seed 1", "rnn", 1.1, 0.58),
            row("seed 1", "lstm", 1.0, 0.61),
            row("seed 2", "rnn", 1.3, 0.58),
            row("seed 2", "lstm", 1.0, 0.63),
            row("seed 3", "rnn", 1.2, 0.58),
            row("seed 3", "lstm", 1.3, 0.62),
        ],
    )


def table(study):
    return [line for line in study.markdown().splitlines() if line.startswith("|")]


def test_a_table_a_figure_and_a_row_a_model(seeds):
    rows = table(seeds)
    assert rows[0] == "| log-loss | seed 1 | seed 2 | seed 3 | mean ± sd |"
    assert rows[4] == "| accuracy | seed 1 | seed 2 | seed 3 | mean ± sd |"
    assert rows[2].startswith(
        "| rnn | 1.100 [1.090, 1.120] | 1.300 [1.290, 1.320] | 1.200 [1.190, 1.220] |"
    )
    assert rows[7].startswith("| lstm | 0.610 [0.600, 0.630] |")


def test_mean_and_standard_deviation_over_seeds(seeds):
    """1.1, 1.3, 1.2: 0.1, of a sample. 1.0, 1.0, 1.3: √(0.06 / 2) = 0.1732."""
    summaries = [line.split(" | ")[-1] for line in table(seeds) if "±" in line]
    assert summaries == [
        "mean ± sd |", "1.2000 ± 0.1000 |", "1.1000 ± 0.1732 |",
        "mean ± sd |", "0.5800 ± 0.0000 |", "0.6200 ± 0.0100 |",
    ]  # fmt: skip


def test_models_without_a_seed_are_left_out(seeds):
    same = [row(f"seed {n}", "copy", 0.7, 0.8) for n in (1, 2, 3)]
    assert table(Study("seeds", [*seeds.rows, *same])) == table(seeds)


def test_what_duplicates_leak():
    rows = [row("grouped", "lstm", 1.1, 0.6), row("random", "lstm", 1.05, 0.62)]
    found = table(Study("splits", rows))
    assert found[0] == "| log-loss | grouped | random | random less grouped |"
    assert found[2].endswith("| −0.0500 |")
    assert found[5].endswith("| +0.0200 |")


def test_a_curve_has_no_summary(seeds):
    rows = table(Study("learning-curve", seeds.rows))
    assert len(rows) == 8
    assert rows[0] == "| log-loss | seed 1 | seed 2 | seed 3 |"


def test_each_study_says_what_it_is(seeds):
    assert seeds.markdown().startswith("## Three seeds\n\nEach network")
    splits = [row("grouped", "lstm", 1.1, 0.6), row("random", "lstm", 1.05, 0.62)]
    assert Study("splits", splits).markdown().startswith("## Other splits\n\n`random`")
    assert Study("learning-curve", seeds.rows).markdown().startswith("## Learning curve\n\nWith")


def test_a_row_takes_figures_and_their_intervals():
    metrics = {"log_loss": 1.2, "accuracy": 0.5, "targets": 10}
    intervals = {"log_loss": [1.1, 1.3], "accuracy": None, "rollout_accuracy": [0, 1]}
    found = Row.of("seed 2", "lstm", metrics, intervals)
    assert found == Row("seed 2", "lstm", 1.2, 1.1, 1.3, 0.5, 0.5, 0.5)


def test_studies_come_back_from_disk_in_a_fixed_order(tmp_path, seeds):
    curve = Study("learning-curve", seeds.rows[:2])
    splits = Study("splits", seeds.rows[2:4])
    for study in (curve, splits, seeds):
        study.save(tmp_path)
    assert studies.load(tmp_path) == [seeds, splits, curve]


def test_the_file_of_a_study(tmp_path, seeds):
    seeds.save(tmp_path)
    with (tmp_path / "seeds.csv").open(newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == COLUMNS
    assert lines[1] == [
        "seed 1", "rnn", "1.1000", "1.0900", "1.1200", "0.5800", "0.5700", "0.6000",
    ]  # fmt: skip
    assert len(lines) == 7


def test_without_files_there_are_no_studies(tmp_path):
    (tmp_path / "README.md").write_text("Studies")
    assert studies.load(tmp_path) == studies.load(tmp_path / "nowhere") == []


HEADER = ",".join(COLUMNS)
GOOD = "a,lstm,1.2,1.1,1.3,0.5,0.4,0.6"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        HEADER.encode(),
        b"no table",
        f"{HEADER}\na,lstm,1.2,1.1,1.3,0.5,0.4,much\n".encode(),
        f"{HEADER}\n{GOOD[:-4]}\n".encode(),
        f"{HEADER[8:]}\n{GOOD[2:]}\n".encode(),
        f"{HEADER}\n{GOOD}\na,rnn,1.2,1.1,1.3,0.5,0.4,0.6\nb,{GOOD[2:]}\n".encode(),
        f"{HEADER}\n{GOOD}\n{GOOD}\n".encode(),
        b"\xff\xfe",
        f"{HEADER}\n{GOOD}\r".encode() + b"\0\rx",
    ],
    ids=[
        "empty", "no rows", "no table", "no number", "cut off", "a column less", "a row less",
        "a row twice", "no text", "control characters",
    ],
)  # fmt: skip
def test_a_damaged_study_is_named_with_the_command_that_makes_it(tmp_path, text):
    (tmp_path / "splits.csv").write_bytes(text)
    with pytest.raises(InputError, match=r"splits\.csv: no study in it .*; run: make studies"):
        studies.load(tmp_path)


def test_the_undamaged_study_is_read(tmp_path):
    (tmp_path / "splits.csv").write_text(f"{HEADER}\n{GOOD}\nb,{GOOD[2:]}\n")
    (study,) = studies.load(tmp_path)
    assert [found.variant for found in study.rows] == ["a", "b"]
