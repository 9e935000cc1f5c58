"""Studies as tables, and as files."""

import pytest

from nottingham.errors import InputError
from nottingham.reporting import studies
from nottingham.reporting.studies import Row, Study

HEADER = "variant,model,log_loss,log_loss_low,log_loss_high,accuracy,accuracy_low,accuracy_high"
GOOD = "a,lstm,1.2,1.1,1.3,0.5,0.4,0.6"


def row(variant, model, log_loss, accuracy):
    """A row whose intervals reach 0.01 down and 0.02 up."""
    ends = (value + away for value in (log_loss, accuracy) for away in (-0.01, 0.02))
    low, high, accuracy_low, accuracy_high = (round(end, 4) for end in ends)
    return Row(variant, model, log_loss, low, high, accuracy, accuracy_low, accuracy_high)


SEEDS = Study(
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


def test_seeds_have_mean_and_standard_deviation():
    """1.1, 1.3, 1.2: 0.1, of a sample. 1.0, 1.0, 1.3: √(0.06 / 2) = 0.1732.

    Models without a seed are left out.
    """
    same = [row(f"seed {n}", "copy", 0.7, 0.8) for n in (1, 2, 3)]
    rows = table(Study("seeds", [*SEEDS.rows, *same]))
    assert rows[0] == "| log-loss | seed 1 | seed 2 | seed 3 | mean ± sd |"
    assert rows[4] == "| accuracy | seed 1 | seed 2 | seed 3 | mean ± sd |"
    assert rows[2].startswith(
        "| rnn | 1.100 [1.090, 1.120] | 1.300 [1.290, 1.320] | 1.200 [1.190, 1.220] |"
    )
    assert rows[7].startswith("| lstm | 0.610 [0.600, 0.630] |")
    summaries = [line.split(" | ")[-1] for line in rows if "±" in line]
    assert summaries == [
        "mean ± sd |", "1.2000 ± 0.1000 |", "1.1000 ± 0.1732 |",
        "mean ± sd |", "0.5800 ± 0.0000 |", "0.6200 ± 0.0100 |",
    ]  # fmt: skip


def test_splits_have_what_duplicates_leak():
    rows = [row("grouped", "lstm", 1.1, 0.6), row("random", "lstm", 1.05, 0.62)]
    found = table(Study("splits", rows))
    assert found[0] == "| log-loss | grouped | random | random less grouped |"
    assert found[2].endswith("| −0.0500 |")
    assert found[5].endswith("| +0.0200 |")


def test_a_row_takes_figures_and_their_intervals():
    metrics = {"log_loss": 1.2, "accuracy": 0.5, "targets": 10}
    intervals = {"log_loss": [1.1, 1.3], "accuracy": None, "rollout_accuracy": [0, 1]}
    found = Row.of("seed 2", "lstm", metrics, intervals)
    assert found == Row("seed 2", "lstm", 1.2, 1.1, 1.3, 0.5, 0.5, 0.5)


def test_studies_come_back_from_disk_in_a_fixed_order(tmp_path):
    curve = Study("learning-curve", SEEDS.rows[:2])
    splits = Study("splits", SEEDS.rows[2:4])
    for study in (curve, splits, SEEDS):
        study.save(tmp_path)
    assert (tmp_path / "seeds.csv").read_text().splitlines()[:2] == [
        HEADER, "seed 1,rnn,1.1000,1.0900,1.1200,0.5800,0.5700,0.6000",
    ]  # fmt: skip
    assert studies.load(tmp_path) == [SEEDS, splits, curve]
    assert studies.load(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    "text",
    [
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
        "no rows", "no table", "no number", "cut off", "a column less", "a row less",
        "a row twice", "no text", "control characters",
    ],
)  # fmt: skip
def test_a_damaged_study_is_named_with_the_command_that_makes_it(tmp_path, text):
    (tmp_path / "splits.csv").write_bytes(text)
    with pytest.raises(InputError, match=r"splits\.csv: no study in it .*; run: make studies"):
        studies.load(tmp_path)
