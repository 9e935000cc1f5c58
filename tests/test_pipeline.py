"""All seven stages on three hand-written tunes, by DVC and by hand, and what a user sees then."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from nottingham import params
from tests.closure import ROOT
from tests.conftest import DATA

SPLIT = {"train": ["three/1"], "valid": ["three/2"], "test": ["three/3"]}
STAGES = [
    ["parse"],
    ["window"],
    ["fit_ngram"],
    ["train_flax_lstm", "rnn"],
    ["train_flax_lstm", "lstm"],
    ["evaluate", "random", "hold", "ngram", "rnn", "lstm"],
    ["sample", "random", "hold", "ngram", "rnn", "lstm"],
]


def small(raw):
    """Settings under which three tunes are enough and everything is quick."""
    raw["window"]["split_file"] = "splits/three.yaml"
    for network in raw["train"].values():
        network |= {"units": 8, "embedding": 4, "epochs": 2, "batch": 4, "stretch": 16}
    raw["sample"] |= {"tunes": 1, "steps": 16}
    return raw


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the code with the settings above, the corpus declared as the three tunes."""
    return make_project(tmp_path_factory.mktemp("project"))


def make_project(folder):
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("nottingham", "stages"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    tune = (DATA / "tunes" / "three.abc").read_bytes()
    corpus = folder / "corpus" / "ABC_cleaned"
    corpus.mkdir(parents=True)
    (corpus / "three.abc").write_bytes(tune)
    manifest = f"{hashlib.sha256(tune).hexdigest()}  ABC_cleaned/three.abc\n"
    (folder / "nottingham" / "corpus" / "nottingham.sha256").write_text(manifest)
    settings = small(yaml.safe_load((ROOT / "params.yaml").read_text()))
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))
    (folder / "splits").mkdir()
    (folder / "splits" / "three.yaml").write_text(yaml.safe_dump(SPLIT))
    shutil.copy(ROOT / "dvc.yaml", folder)
    return folder


def run(project, stage, *arguments):
    """Run a stage as dvc.yaml does."""
    return python(project, f"stages.{stage}", *arguments)


def dvc(project, *arguments):
    """Run a DVC command and give what it prints."""
    done = python(project, "dvc", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def python(project, module, *arguments):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=project,
        env=os.environ | {"NOTTINGHAM_ARCHIVE": "corpus", "PATH": path},
        capture_output=True,
        text=True,
    )


def run_all(project):
    for stage in [["download"], *STAGES]:
        done = run(project, *stage)
        assert done.returncode == 0, f"{stage}: {done.stderr}"


def outputs(project):
    return {
        str(path.relative_to(project)): path.read_bytes()
        for folder in ("data", "models", "reports")
        for path in sorted((project / folder).rglob("*"))
        if path.is_file() and path.name != ".gitignore"
    }


@pytest.fixture(scope="module")
def first(project):
    """What DVC leaves when it has run the whole pipeline."""
    dvc(project, "init", "--quiet", "--no-scm")
    dvc(project, "config", "core.analytics", "false")
    dvc(project, "repro")
    return outputs(project)


def test_a_second_repro_does_nothing(first, project):
    assert "Data and pipelines are up to date." in dvc(project, "repro")


def test_dvc_shows_the_metrics(first, project):
    table = dvc(project, "metrics", "show", "--md")
    for name in ("random", "hold", "ngram", "rnn", "lstm"):
        assert f"reports/metrics/{name}.json" in table
    assert "test.log_loss" in table


def test_every_stage_leaves_its_artifacts(first):
    assert len(first["data/tunes.jsonl"].splitlines()) == 3
    for name in ("random", "hold", "ngram", "rnn", "lstm"):
        scores = json.loads(first[f"reports/metrics/{name}.json"])
        assert scores["corpus"] == "nottingham"
        assert scores["substituted"] is False
        assert scores["test"]["targets"] == 16 * 8 - 32  # 16 measures
        for suffix in ("mid", "abc", "png"):
            assert first[f"reports/samples/{name}-three-3.{suffix}"]
    assert b"| lstm |" in first["reports/results.md"]
    assert first["reports/plots/models.png"].startswith(b"\x89PNG")
    assert first["reports/curves/lstm.csv"].count(b"\n") == 3
    assert json.loads(first["reports/parse.json"])["read"] == 3


def test_only_what_dvc_knows_of_is_written(first):
    pipeline = yaml.safe_load((ROOT / "dvc.yaml").read_text())
    known = []
    for stage in pipeline["stages"].values():
        for kind in ("outs", "metrics", "plots"):
            for out in stage.get(kind, []):
                path = out if isinstance(out, str) else next(iter(out))
                models = stage.get("matrix", {}).get("model", [""])
                known += [path.replace("${item.model}", model) for model in models]
    for path in first:
        assert any(path == out or path.startswith(out + "/") for out in known), path
    for out in known:
        assert any(path == out or path.startswith(out + "/") for path in first), out


def test_the_stages_run_by_hand_in_another_place_leaves_the_same_bytes(first, tmp_path):
    other = make_project(tmp_path / "elsewhere")
    run_all(other)
    second = outputs(other)
    assert list(second) == list(first)
    assert [path for path in first if first[path] != second[path]] == []


def test_a_wrong_setting_stops_every_stage_before_any_work(first, project, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(project, broken)
    settings = yaml.safe_load((broken / "params.yaml").read_text())
    settings["sample"]["tunes"] = "three"
    (broken / "params.yaml").write_text(yaml.safe_dump(settings))
    for stage in (["download"], ["evaluate", "random"]):
        done = run(broken, *stage)
        assert done.returncode == 1
        assert "sample.tunes: given 'three'; allowed: " in done.stderr
        assert "Traceback" not in done.stderr
    assert outputs(broken) == first


def without_artifacts(folder, names):
    """Leave out the artifacts, but not the package that is called models too."""
    return {"data", "models"} & set(names) if "params.yaml" in names else set()


def test_a_missing_artifact_is_named_with_the_command_that_makes_it(project, tmp_path):
    empty = tmp_path / "empty"
    shutil.copytree(project, empty, ignore=without_artifacts)
    for stage, path in (
        (["parse"], "data/raw/provenance.json"),
        (["window"], "data/tunes.jsonl"),
        (["fit_ngram"], "data/windows.npz"),
    ):
        done = run(empty, *stage)
        assert done.returncode == 1
        assert path in done.stderr
        assert "dvc repro" in done.stderr
        assert "Traceback" not in done.stderr


def test_the_substitution_reaches_the_reader(first, project, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(project, other)
    path = other / "data" / "raw" / "provenance.json"
    record = json.loads(path.read_text())
    record |= {"corpus": "ryans-mammoth", "substituted": "NOT THE REAL TUNES"}
    path.write_text(json.dumps(record))
    done = run(other, "evaluate", "random")
    assert done.returncode == 0, done.stderr
    assert "NOT THE REAL TUNES" in done.stderr
    assert "**NOT THE REAL TUNES**" in (other / "reports" / "results.md").read_text()
    metrics = json.loads((other / "reports" / "metrics" / "random.json").read_text())
    assert metrics["corpus"] == "ryans-mammoth"
    assert metrics["substituted"] is True


def test_the_committed_settings_differ_from_these_only_in_size():
    assert params.Params.model_validate(small(yaml.safe_load((ROOT / "params.yaml").read_text())))
