"""Running studies, with experiments that are commits of a small repository and nothing more."""

import json
import shutil
import subprocess
import sys

import pytest
import yaml

from nottingham import params
from nottingham.errors import InputError
from nottingham.reporting import studies
from studies import __main__ as program
from tests.closure import ROOT

PLAN = """\
seeds:
  as it stands: seed 1
  variants:
    seed 2: [train.rnn.seed=2, train.lstm.seed=2]
    seed 3: [train.rnn.seed=3, train.lstm.seed=3]
learning-curve:
  as it stands: 100 %
  variants:
    30 %: [window.used_share=0.3]
"""

real_run = subprocess.run


def write_reports(folder, log_loss):
    """Write what `evaluate` would of two models, the second of which is 0.1 better."""
    metrics = folder / "reports" / "metrics"
    metrics.mkdir(parents=True, exist_ok=True)
    losses = {"rnn": log_loss, "lstm": log_loss - 0.1}
    for model, loss in losses.items():
        part = {"log_loss": round(loss, 4), "accuracy": 0.5}
        (metrics / f"{model}.json").write_text(json.dumps({"test": part, "train": {}}))
    intervals = {"log_loss": [0.5, 2.5], "accuracy": None}
    found = {"intervals": {"test": dict.fromkeys(losses, intervals), "train": {}}}
    (folder / "reports" / "analysis.json").write_text(json.dumps(found))


class Repository:
    """A project with a committed evaluation, and a DVC that only makes commits."""

    def __init__(self, folder):
        self.folder, self.asked = folder, []
        (folder / "studies").mkdir()
        (folder / "studies" / "studies.yaml").write_text(PLAN)
        self.git("init", "--quiet")
        self.commit(1.0)

    def git(self, *arguments):
        names = ["-c", "user.name=A", "-c", "user.email=a@b", "-c", "core.hooksPath=/dev/null"]
        done = real_run(
            ["git", *names, *arguments], cwd=self.folder, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, log_loss):
        """Commit an evaluation, as the pipeline stands."""
        write_reports(self.folder, log_loss)
        self.git("add", "reports/analysis.json", "reports/metrics", "studies")
        self.git("commit", "--quiet", "--message", "evaluated")

    def experiment(self, name, log_loss):
        """Keep an evaluation where DVC keeps an experiment, and leave the folder as it is."""
        head = self.git("rev-parse", "HEAD")
        self.commit(log_loss)
        self.git("update-ref", f"refs/exps/{head[:2]}/{head[2:]}/{name}", "HEAD")
        self.git("reset", "--quiet", "--hard", head)

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
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    made = Repository(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(subprocess, "run", made.run)
    return made


def main(monkeypatch, *names):
    monkeypatch.setattr(sys, "argv", ["studies", *names])
    program.main()


def test_a_study_is_run_variant_by_variant(repository, monkeypatch):
    main(monkeypatch, "seeds")
    start = ["dvc", "exp", "run", "--temp", "--name"]
    assert repository.asked == [
        [*start, f"seeds-seed-{n}", "-S", f"train.rnn.seed={n}", "-S", f"train.lstm.seed={n}",
         "evaluate"]
        for n in (2, 3)
    ]  # fmt: skip


def test_what_came_of_it_is_gathered(repository, monkeypatch):
    """First the pipeline as it stands, then each experiment's own figures."""
    main(monkeypatch, "seeds")
    (study,) = studies.load("reports/studies")
    found = [(row.variant, row.model, row.log_loss) for row in study.rows]
    assert found == [
        ("seed 1", "rnn", 1.0),
        ("seed 1", "lstm", 0.9),
        ("seed 2", "rnn", 1.01),
        ("seed 2", "lstm", 0.91),
        ("seed 3", "rnn", 1.02),
        ("seed 3", "lstm", 0.92),
    ]
    assert {(row.log_loss_low, row.log_loss_high) for row in study.rows} == {(0.5, 2.5)}
    assert {(row.accuracy_low, row.accuracy_high) for row in study.rows} == {(0.5, 0.5)}


def test_without_a_name_all_are_run(repository, monkeypatch):
    main(monkeypatch)
    assert [study.name for study in studies.load("reports/studies")] == ["seeds", "learning-curve"]
    names = [command[command.index("--name") + 1] for command in repository.asked]
    assert names == ["seeds-seed-2", "seeds-seed-3", "learning-curve-30"]


def test_another_commit_s_experiments_of_the_same_name_do_not_count(repository, monkeypatch):
    """Those that an earlier run of the study left, and that came of another pipeline.

    So many earlier ones that by chance some come first by their hash, and others last.
    """
    for number in range(8):
        repository.experiment("learning-curve-30", 9.0)
        repository.commit(2.0 + number)
    main(monkeypatch, "learning-curve")
    (study,) = studies.load("reports/studies")
    assert [row.log_loss for row in study.rows] == [9.0, 8.9, 1.01, 0.91]


def test_an_unknown_study_is_named_before_any_is_run(repository, monkeypatch):
    with pytest.raises(InputError, match="no study 'sedes'; there are: seeds, learning-curve"):
        main(monkeypatch, "learning-curve", "sedes")
    assert repository.asked == []
    assert studies.load("reports/studies") == []


def test_without_an_evaluation_there_is_nothing_to_compare_with(repository, monkeypatch):
    (repository.folder / "reports" / "analysis.json").unlink()
    with pytest.raises(InputError, match=r"analysis\.json: cannot be read .*make repro"):
        main(monkeypatch, "learning-curve")
    assert repository.asked == []


def test_a_failed_experiment_leaves_no_study(repository, monkeypatch):
    def fail(command, **settings):
        if command[0] == "dvc":
            raise subprocess.CalledProcessError(1, command)
        return repository.run(command, **settings)

    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(subprocess.CalledProcessError):
        main(monkeypatch, "learning-curve")
    assert studies.load("reports/studies") == []


def test_what_git_has_to_say_is_shown(repository, monkeypatch, capfd):
    """An experiment that DVC has not kept."""
    monkeypatch.setattr(repository, "experiment", lambda name, log_loss: None)
    with pytest.raises(subprocess.CalledProcessError):
        main(monkeypatch, "learning-curve")
    assert "fatal: " in capfd.readouterr().err


def test_from_the_command_line_an_error_is_a_message():
    done = real_run(
        [sys.executable, "-m", "studies", "sedes"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: no study 'sedes'; there are: seeds, splits, learning-cur")
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def plan():
    return yaml.safe_load((ROOT / "studies" / "studies.yaml").read_text())


def test_every_variant_is_an_experiment_of_its_own(repository, monkeypatch, plan):
    """Labels that differ only in signs would be one and the same name to DVC."""
    shutil.copy(ROOT / "studies" / "studies.yaml", "studies")
    main(monkeypatch)
    names = [command[command.index("--name") + 1] for command in repository.asked]
    assert len(set(names)) == len(names) == sum(len(study["variants"]) for study in plan.values())
    assert [study.name for study in studies.load("reports/studies")] == list(plan)


def changed(settings):
    """Give the settings of the pipeline with some changes, as DVC makes them."""
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


def test_the_variants_change_settings_that_there_are(plan):
    for study in plan.values():
        assert study["as it stands"] not in study["variants"]
        for settings in study["variants"].values():
            named = changed(settings).window.split_file
            assert named is None or (ROOT / named).is_file(), f"{named} is missing"


def test_another_seed_is_one_for_every_network(plan):
    for variant, settings in plan["seeds"]["variants"].items():
        seeds = {network.seed for network in changed(settings).train.values()}
        assert len(seeds) == 1
        assert variant == f"seed {seeds.pop()}"
    (seed,) = {network.seed for network in changed([]).train.values()}
    assert plan["seeds"]["as it stands"] == f"seed {seed}"
