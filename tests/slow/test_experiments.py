"""Experiments as docs/experiments.md has them, by DVC, with stages that do no work."""

import csv
import io
import json
import re
import time

import pytest
import yaml

from tests import stand_in
from tests.test_experiments import table

pytestmark = pytest.mark.slow

UNITS = [192, 384]
DROPOUT = [0.4, 0.6]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A fresh clone of a repository in which everything has run."""
    folder = tmp_path_factory.mktemp("projects")
    origin = stand_in.make_project(folder / "origin")
    stand_in.run(origin, "dvc", "repro")
    stand_in.commit(origin, "Run")
    stand_in.run(folder, "git", "clone", "--quiet", "origin", "clone")
    stand_in.run(folder / "clone", "dvc", "repro")
    stand_in.commit(folder / "clone", "Run again")
    return folder / "clone"


@pytest.fixture
def dvc(project):
    """Run a DVC command in a clean work tree."""
    yield lambda *arguments: stand_in.run(project, "dvc", *arguments)
    stand_in.run(project, "git", "checkout", "--quiet", "--force", "main")
    stand_in.run(project, "dvc", "checkout", "--force")
    stand_in.run(project, "dvc", "exp", "remove", "--all-commits")


def shown(dvc, *options):
    """Give the experiments of ``dvc exp show`` by name."""
    rows = csv.DictReader(io.StringIO(dvc("exp", "show", "--csv", *options)))
    return {row["Experiment"]: row for row in rows if row["Experiment"]}


@pytest.mark.parametrize("setting", table())
def test_a_setting_reruns_the_stages_of_the_table_and_no_more(dvc, setting):
    told = dvc("exp", "run", "--set-param", setting)
    assert re.findall(r"Running stage '([^']+)'", told) == table()[setting]


def test_a_sweep_is_queued_run_by_two_workers_compared_and_applied(dvc, project):
    sweep = [f"train.gru.units={','.join(map(str, UNITS))}"]
    sweep += [f"train.gru.dropout={','.join(map(str, DROPOUT))}"]
    chosen = [part for setting in sweep for part in ("--set-param", setting)]
    dvc("exp", "run", "--queue", "--name", "sweep", *chosen, "train-flax-lstm@gru")
    dvc("queue", "start", "--jobs", "2")
    wait_for_the_queue(dvc)
    runs = {name: row for name, row in shown(dvc).items() if name.startswith("sweep-")}
    assert {(row["train.gru.units"], row["train.gru.dropout"]) for row in runs.values()} == {
        (str(units), str(dropout)) for units in UNITS for dropout in DROPOUT
    }
    best = min(runs, key=lambda name: float(runs[name]["gru.valid_log_loss"]))

    said = json.loads(dvc("exp", "diff", "--json", "HEAD", best))
    assert set(said["metrics"]) == {"reports/training/gru.json"}
    assert set(said["params"]["params.yaml"]) <= {"train.gru.units", "train.gru.dropout"}

    dvc("exp", "apply", best)
    settings = yaml.safe_load((project / "params.yaml").read_text())["train"]["gru"]
    assert str(settings["units"]) == runs[best]["train.gru.units"]
    assert re.findall(r"Running stage '([^']+)'", dvc("repro")) == [
        "evaluate", "report", "sample", "judge", "listen"
    ]  # fmt: skip


def wait_for_the_queue(dvc):
    for _ in range(120):
        status = dvc("queue", "status")
        if "Queued" not in status and "Running" not in status:
            break
        time.sleep(2)
    assert status.count("Success") == len(UNITS) * len(DROPOUT), status


def test_columns_of_experiments_are_short_and_only_what_changed(dvc):
    dvc(
        "exp",
        "run",
        "--temp",
        "--name",
        "wider",
        "-S",
        "train.lstm.units=384",
        "train-flax-lstm@lstm",
    )
    table = dvc("exp", "show", "--only-changed", "--md", "--rev", "HEAD")
    header = [cell.strip() for cell in table.splitlines()[0].strip("| ").split("|")]
    assert {"lstm.valid_log_loss", "train.lstm.units"} <= set(header)
    assert [name for name in header if "random" in name or "rnn" in name] == []


def test_a_review_shows_only_what_changed(dvc, project):
    dvc("exp", "run", "-S", "train.lstm.units=384")
    params = dvc("params", "diff", "--md")
    assert "train.lstm.units" in params
    assert "train.rnn" not in params
    changed = json.loads(dvc("metrics", "diff", "--json"))
    assert "lstm.valid_log_loss" in changed["reports/training/lstm.json"]
    assert "reports/training/rnn.json" not in changed
    page = dvc("plots", "diff", "HEAD", "--targets", "training log-loss").split()[-1]
    text = (project / page.removeprefix("file://")).read_text()
    assert '"rev": "HEAD"' in text
    assert '"rev": "workspace"' in text
