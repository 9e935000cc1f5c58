"""Running studies, with experiments that are commits of a small repository and nothing more."""

import json
import subprocess
import sys

import pytest
import yaml

from nottingham import params
from nottingham.reporting import studies
from tests.closure import ROOT
from tests.remotes.repository import git
from tools.studies import __main__ as program

PLAN = """\
seeds:
  as it stands: seed 1
  variants:
    seed 2: [train.rnn.seed=2, train.lstm.seed=2]
    seed 3: [train.rnn.seed=3, train.lstm.seed=3]
"""

real_run = subprocess.run


class Repository:
    """A project with a committed evaluation, and a DVC that only makes commits."""

    def __init__(self, folder):
        self.folder, self.asked = folder, []
        git(folder, "init", "--quiet")
        (folder / ".dvc").mkdir()
        (folder / ".dvc" / "config").touch()
        (folder / ".dvc" / ".gitignore").write_text("/tmp\n")
        git(folder, "add", ".dvc")
        self.commit(1.0)

    def commit(self, log_loss):
        """Commit what stages would write of two models, the second of which is 0.1 better.

        The report of them all is of the workspace alone: no experiment goes on to it.
        """
        metrics = self.folder / "reports" / "metrics"
        metrics.mkdir(parents=True, exist_ok=True)
        losses = {"rnn": log_loss, "lstm": log_loss - 0.1}
        intervals = {"log_loss": [0.5, 2.5], "accuracy": None}
        for model, loss in losses.items():
            part = {"log_loss": round(loss, 4), "accuracy": 0.5}
            (metrics / f"{model}.json").write_text(json.dumps({"test": part, "train": {}}))
            evaluated = self.folder / "data" / "evaluated" / model
            evaluated.mkdir(parents=True, exist_ok=True)
            found = {"intervals": {"test": intervals, "train": {}}}
            (evaluated / "analysis.json").write_text(json.dumps(found))
        every = {"intervals": {"test": {model: {} for model in losses}, "train": {}}}
        (self.folder / "reports" / "analysis.json").write_text(json.dumps(every))
        git(self.folder, "add", "reports/analysis.json", "reports/metrics", "data")
        git(self.folder, "commit", "--quiet", "--message", "evaluated")

    def experiment(self, name, log_loss):
        """Keep an evaluation where DVC keeps an experiment, and leave the folder as it is."""
        head = git(self.folder, "rev-parse", "HEAD").strip()
        self.commit(log_loss)
        git(self.folder, "update-ref", f"refs/exps/{head[:2]}/{head[2:]}/{name}", "HEAD")
        git(self.folder, "reset", "--quiet", "--hard", head)

    def run(self, command, **settings):
        """Stand for `subprocess.run`."""
        if command[0] != "dvc":
            return real_run(command, **settings)
        self.asked.append(command)
        assert settings == {"check": True}
        self.experiment(command[command.index("--name") + 1], 1.0 + 0.01 * len(self.asked))
        return subprocess.CompletedProcess(command, 0)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    made = Repository(tmp_path)
    (tmp_path / "studies.yaml").write_text(PLAN)
    monkeypatch.setattr(program, "PLAN", tmp_path / "studies.yaml")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(subprocess, "run", made.run)
    return made


def test_a_study_is_run_variant_by_variant_and_gathered(repository, monkeypatch):
    """First the pipeline as it stands, then each experiment's own figures.

    Those that earlier runs of the study left, and that came of another pipeline, do not count: so
    many that by chance some come first by their hash, and others last.
    """
    for number in range(8):
        repository.experiment("seeds-seed-2", 9.0)
        repository.commit(2.0 + number)
    monkeypatch.setattr(sys, "argv", ["studies", "seeds"])
    program.main()
    start = ["dvc", "exp", "run", "--temp", "--name"]
    assert repository.asked == [
        [*start, f"seeds-seed-{n}", "-S", f"train.rnn.seed={n}", "-S", f"train.lstm.seed={n}",
         "evaluate"]
        for n in (2, 3)
    ]  # fmt: skip
    (study,) = studies.load("reports/studies")
    assert [(row.variant, row.model, row.log_loss) for row in study.rows] == [
        ("seed 1", "rnn", 9.0),
        ("seed 1", "lstm", 8.9),
        ("seed 2", "rnn", 1.01),
        ("seed 2", "lstm", 0.91),
        ("seed 3", "rnn", 1.02),
        ("seed 3", "lstm", 0.92),
    ]
    assert {(row.log_loss_low, row.log_loss_high) for row in study.rows} == {(0.5, 2.5)}
    assert {(row.accuracy_low, row.accuracy_high) for row in study.rows} == {(0.5, 0.5)}


def plan(name):
    return yaml.safe_load((ROOT / "tools" / "studies" / f"{name}.yaml").read_text())


def changed(settings):
    """Return the settings of the pipeline with some changes, as DVC makes them."""
    raw = yaml.safe_load((ROOT / "params.yaml").read_text())
    for setting in settings:
        name, text = setting.split("=")
        *path, last = name.split(".")
        section = raw
        for key in path:
            section = section[key]
        assert last in section, f"{name} is no setting"
        value = yaml.safe_load(text)
        assert section[last] != value, f"{setting} changes nothing"
        section[last] = value
    return params.Params.model_validate(raw)


def test_every_variant_changes_settings_that_there_are():
    for study in plan("studies").values():
        assert study["as it stands"] not in study["variants"]
        for settings in study["variants"].values():
            named = changed(settings).window.split_file
            assert named is None or (ROOT / named).is_file(), f"{named} is missing"
    assert all(changed(settings) for settings in plan("ablations")["parts"].values())


def test_another_seed_is_one_for_every_network():
    for variant, settings in plan("studies")["seeds"]["variants"].items():
        assert {f"seed {n.seed}" for n in changed(settings).train.values()} == {variant}
