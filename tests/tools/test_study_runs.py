"""Running studies, with experiments that are commits of a small repository and nothing more."""

import json
import subprocess
import sys

import pytest
import yaml

from nottingham import params
from nottingham.errors import InputError
from nottingham.reporting import studies
from tests.closure import ROOT
from tests.remotes.repository import git
from tools.studies import __main__ as program
from tools.studies import ablations

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


ABLATIONS = """\
seeds: [1, 2]
models:
  rnn:
    settings: [train.rnn.epochs=3]
    parts:
      step of the measure: [train.rnn.metrical_position=false]
  lstm: {settings: [], parts: {}}
"""


def test_a_model_without_its_parts_is_trained_with_each_seed(tmp_path, monkeypatch, capsys):
    """Of its epochs the best one counts; the rows of other models stay as they are."""
    trained = []

    def experiment(name, settings, *, target):
        trained.append((name, settings, target))
        return name

    def text_of(name, path):
        assert path == "reports/curves/rnn.csv"
        best = 1.5 if "nothing" in name else 1.75
        rows = f"1,9,0.1\n2,{best + 0.01 * int(name[-1])},0.625\n3,{best + 1},0.9\n"
        return "epoch,valid_log_loss,valid_accuracy\n" + rows

    (tmp_path / "plan.yaml").write_text(ABLATIONS)
    (tmp_path / "reports").mkdir()
    old = ["model,without,seed,log_loss,accuracy", "lstm,nothing,1,1.2500,0.5000"]
    rows = [*old, "rnn,nothing,1,7.0000,0.1000", ""]
    (tmp_path / "reports" / "ablations.csv").write_text("\n".join(rows))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ablations, "PLAN", tmp_path / "plan.yaml")
    monkeypatch.setattr(ablations, "experiment", experiment)
    monkeypatch.setattr(ablations, "text_of", text_of)
    ablations.main(["rnn"])
    part = ["train.rnn.metrical_position=false"]
    assert trained == [
        (
            f"rnn-without-{without}-{seed}",
            ["train.rnn.epochs=3", *settings, f"train.rnn.seed={seed}"],
            "train-flax-lstm@rnn",
        )
        for without, settings in (("nothing", []), ("step of the measure", part))
        for seed in (1, 2)
    ]
    assert (tmp_path / "reports" / "ablations.csv").read_text().splitlines() == [
        *old,
        "rnn,nothing,1,1.5100,0.6250",
        "rnn,nothing,2,1.5200,0.6250",
        "rnn,step of the measure,1,1.7600,0.6250",
        "rnn,step of the measure,2,1.7700,0.6250",
    ]
    shown = capsys.readouterr().out
    assert "| nothing | 1.515 ± 0.007 | 0.625 |  |" in shown
    assert "| step of the measure | 1.765 ± 0.007 | 0.625 | +0.250 |" in shown
    with pytest.raises(InputError, match=r"^gru: name some of rnn, lstm, "):
        ablations.main(["gru"])


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
    for of in plan("ablations")["models"].values():
        assert all(changed([*of["settings"], *settings]) for settings in of["parts"].values())


def test_another_seed_is_one_for_every_network():
    for variant, settings in plan("studies")["seeds"]["variants"].items():
        assert {f"seed {n.seed}" for n in changed(settings).train.values()} == {variant}
