"""What a branch changes, in a repository of two commits that DVC and git know."""

import json
import os
import sys

import pytest
import yaml

from nottingham.errors import InputError
from review import __main__ as program
from review.changes import branched_off
from tests.remotes.repository import dvc, git

PIPELINE = {
    "stages": {
        "evaluate": {
            "cmd": "true",
            "params": ["train"],
            "metrics": [
                {"reports/metrics": {"cache": False}},
                {"reports/training": {"cache": False}},
            ],
            "plots": [{"reports/curves/lstm.csv": {"cache": False}}],
        }
    },
    "plots": [{"curve": {"x": "epoch", "y": {"reports/curves/lstm.csv": "log_loss"}}}],
}

TEST = """\
| model | test log-loss | now | change | test accuracy | now | change |
| --- | --- | --- | --- | --- | --- | --- |
| gru | – | 1.0000 | – | – | 0.6500 | – |
| hold | 3.1100 | – | – | 0.4600 | – | – |
| lstm | 1.2000 | 1.1325 | −0.0675 | 0.6000 | 0.6000 | +0.0000 |"""
OTHERS = """\
| of | metric | before | now | change |
| --- | --- | --- | --- | --- |
| gru | gru.valid_log_loss | – | 1.0500 | – |
| gru | model | – | gru | – |
| hold | hold.valid_log_loss | 3.1600 | – | – |
| hold | model | hold | – | – |
| hold | test.targets | 100 | – | – |
| lstm | lstm.valid_log_loss | 1.2500 | 1.1825 | −0.0675 |
| lstm | test.pitch_bits | 2.0000 | 1.9500 | −0.0500 |
| lstm | test.targets | 100 | 112 | +12 |"""
PARAMS = """\
| param | before | now |
| --- | --- | --- |
| train.lstm.units | 256 | 384 |"""


def write(folder, *, units, metrics, curve):
    """Write what a run of the pipeline with these units would leave."""
    files = {
        "dvc.yaml": yaml.safe_dump(PIPELINE),
        "params.yaml": yaml.safe_dump({"train": {"lstm": {"units": units, "cell": "lstm"}}}),
        "reports/curves/lstm.csv": f"epoch,log_loss\n1,{curve}\n",
    }
    for model, test in metrics.items():
        found = {"model": model, "test": test}
        files[f"reports/metrics/{model}.json"] = json.dumps(found)
        kept = {model: {"valid_log_loss": test["log_loss"] + 0.05}}
        files[f"reports/training/{model}.json"] = json.dumps(kept)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A branch with larger networks and a new model, beside main."""
    folder = tmp_path_factory.mktemp("project")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    dvc(folder, "init --quiet", "config core.analytics false")
    hold = {"log_loss": 3.11, "accuracy": 0.46, "targets": 100}
    lstm = {"log_loss": 1.2, "accuracy": 0.6, "pitch_bits": 2.0, "targets": 100}
    write(folder, units=256, metrics={"hold": hold, "lstm": lstm}, curve=1.5)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "main")
    git(folder, "checkout", "--quiet", "-b", "larger")
    for kind in ("metrics", "training"):
        (folder / "reports" / kind / "hold.json").unlink()
    lstm = {"log_loss": 1.1325, "accuracy": 0.6, "pitch_bits": 1.95, "targets": 112}
    new = {"log_loss": 1.0, "accuracy": 0.65}
    write(folder, units=384, metrics={"lstm": lstm, "gru": new}, curve=1.25)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "larger")
    return folder


@pytest.fixture(autouse=True)
def inside(project, monkeypatch):
    """Be in the project, with no .venv activated."""
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", os.defpath)


def test_the_review_says_and_draws_what_the_branch_changes(project, monkeypatch, capsys):
    """By hand, from the figures above."""
    monkeypatch.setattr(sys, "argv", ["review", "--base", "main"])
    program.main()
    text = (project / "build" / "review" / "review.md").read_text()
    assert capsys.readouterr().out == text + "\n"
    start = git(project, "rev-parse", "--short", "main").strip()
    assert text.startswith(f"## Metrics, params and plots beside `{start}`\n\nLog-loss in nats")
    for table in (TEST, OTHERS, PARAMS):
        assert f"\n\n{table}\n" in text
    assert text.endswith(
        "Plots that changed: `reports/curves/lstm.csv`. "
        "Side by side in `plots/index.html`, next to this text.\n"
    )
    page = (project / "build" / "review" / "plots" / "index.html").read_text()
    assert '"log_loss": "1.5"' in page
    assert '"log_loss": "1.25"' in page


def test_what_main_did_meanwhile_is_not_the_branch_s(project):
    start = branched_off("main")
    git(project, "checkout", "--quiet", "main")
    git(project, "commit", "--quiet", "--allow-empty", "--message", "meanwhile")
    git(project, "checkout", "--quiet", "larger")
    assert branched_off("main") == start
    assert branched_off("larger") != start


@pytest.mark.parametrize("base", ["mian", "unrelated"])
def test_a_base_that_is_none_is_named(project, base, capfd):
    tree = git(project, "rev-parse", "HEAD^{tree}").strip()
    git(project, "branch", "--force", "unrelated", git(project, "commit-tree", tree).strip())
    with pytest.raises(InputError, match=f"BASE={base}: .* git fetch --unshallow"):
        branched_off(base)
