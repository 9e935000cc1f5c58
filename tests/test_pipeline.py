"""All stages on three hand-written tunes, by DVC and by hand, and what a user sees then."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from nottingham import params
from nottingham.errors import InputError
from nottingham.formats import writers
from nottingham.models import registry
from nottingham.models.names import REAL, TRAINED
from nottingham.models.registry import COUNTING
from tests.closure import ROOT
from tests.conftest import DATA
from tests.remotes.repository import ONE_DEVICE, UP_TO_DATE, dvc, make_repository
from tests.test_dvc import PIPELINE

THREE = {"train": ["three/2"], "valid": ["three/3"], "test": ["three/1"]}
"""The split of the three tunes."""
TARGETS = {"grid": 17 * 8 - 32, "notes": 7 + 2 + 55 * 2 + 1 - 64}
"""In the test tune: an upbeat and 16 measures; a header, a rest, 55 notes and an end."""
NETWORK = {"units": 8, "embedding": 4, "epochs": 2, "batch": 4, "segment": 16}
NETWORKS = ["lstm", "note-lstm"]
"""The others are of the same code; tests/training has one of tune context."""
LEFT_OUT = ["note-kneser-ney", "note-copy"]
"""Models that count, of the same code as others."""
MODELS = ["random", "hold", "ngram", "kneser-ney", "lstm", "copy", "note-ngram", "note-lstm"]
"""As reports have them: the grid's, then those of notes; first those that see the window alone."""
FROM_NOTHING = ["lstm", "note-ngram"]
ONE_AFTER_THE_OTHER = """\
import sys
from importlib import import_module
for command in sys.argv[1:]:
    stage, *names = command.split()
    import_module(f"stages.{stage}").main(*names)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the code with the settings above, the corpus declared as the three tunes."""
    return make_project(tmp_path_factory.mktemp("project"))


def make_project(folder):
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("nottingham", "stages"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    shutil.copy(ROOT / ".dvcignore", folder)
    rows = folder / "nottingham" / "models" / "registry.py"
    rows.write_text(re.sub(rf'    "({"|".join(LEFT_OUT)})": Row.*\n', "", rows.read_text()))
    tune = (DATA / "tunes" / "three.abc").read_bytes()
    corpus = folder / "corpus" / "ABC_cleaned"
    corpus.mkdir(parents=True)
    (corpus / "three.abc").write_bytes(tune)
    manifest = f"{hashlib.sha256(tune).hexdigest()}  ABC_cleaned/three.abc\n"
    (folder / "nottingham" / "corpus" / "nottingham.sha256").write_text(manifest)
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    (folder / "params.yaml").write_text(yaml.safe_dump(small(settings)))
    (folder / "reports" / "studies").mkdir(parents=True)
    (folder / "reports" / "studies" / "README.md").write_text("Studies: none\n")
    (folder / "splits").mkdir()
    (folder / "splits" / "three.yaml").write_text(yaml.safe_dump(THREE))
    (folder / "dvc.yaml").write_text(yaml.safe_dump(fewer(PIPELINE), sort_keys=False))
    return folder


def small(settings):
    """Return the settings under which three tunes are enough."""
    return settings | {
        "window": settings["window"] | {"split_file": "splits/three.yaml"},
        "train": {name: settings["train"][name] | NETWORK for name in NETWORKS},
        "sample": settings["sample"] | {"measures": 8, "new": 2, "from_nothing": FROM_NOTHING},
        "listen": settings["listen"] | {"blind": ["note-ngram", "lstm"]},
    }


def fewer(pipeline):
    """Return the pipeline without the models that these projects leave out."""
    (declared,) = pipeline["vars"]
    models = {name: row for name, row in declared["models"].items() if name in MODELS}
    artifacts = {name: pipeline["artifacts"][name] for name in models}
    fitting = pipeline["stages"]["fit-ngram"]
    outs = [out for out in fitting["outs"] if out.removeprefix("models/") in MODELS]
    report = pipeline["stages"]["report"]
    deps = [d for d in report["deps"] if "/metrics/" not in d or Path(d).stem in MODELS]
    stages = pipeline["stages"] | {
        "fit-ngram": fitting | {"outs": outs},
        "report": report | {"deps": deps},
    }
    return pipeline | {"vars": [{"models": models}], "stages": stages, "artifacts": artifacts}


def leave_out(patch):
    """Have the stages that run in this process leave out the same models."""
    kept = {name: row for name, row in COUNTING.items() if name not in LEFT_OUT}
    for module in (registry, params):
        patch.setattr(module, "COUNTING", kept)


def run(project, stage, *arguments):
    """Run a stage as dvc.yaml does."""
    return python(project, "-m", f"stages.{stage}", *arguments)


def python(project, *arguments):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env=os.environ | ONE_DEVICE | {"NOTTINGHAM_ARCHIVE": "corpus"},
        capture_output=True,
        text=True,
    )


def run_all(project, stages):
    """Run stages in one process, without DVC."""
    done = python(project, "-c", ONE_AFTER_THE_OTHER, *stages)
    assert done.returncode == 0, done.stderr


def outputs(project):
    return {
        str(path.relative_to(project)): path.read_bytes()
        for folder in ("data", "models", "reports")
        for path in sorted((project / folder).rglob("*"))
        if path.is_file() and path.name != ".gitignore" and path.parent.name != "studies"
    }


@pytest.fixture(scope="module")
def first(project):
    """What DVC leaves when it has run the whole pipeline, in a git repository."""
    return outputs(make_repository(project))


def test_a_second_repro_does_nothing_and_dvc_shows_the_metrics(first, project):
    shown = dvc(project, "repro", "metrics show --md")
    assert UP_TO_DATE in shown
    for name in MODELS:
        assert f"reports/summary/{name}.json" in shown
        assert f"reports/music/{name}.json" in shown


def test_every_stage_leaves_its_artifacts(first):
    assert len(first["data/tunes.jsonl"].splitlines()) == 3
    for name in MODELS:
        scores = json.loads(first[f"reports/metrics/{name}.json"])
        assert scores["corpus"] == "nottingham"
        assert scores["substituted"] is False
        assert scores["representation"] == ("notes" if name.startswith("note-") else "grid")
        assert scores["context"] == ("tune" if name in ("copy", "note-lstm") else "window")
        assert scores["test"]["targets"] == TARGETS[scores["representation"]]
        assert 0 < scores["test"]["written_bits_per_note"] < 100
        results = first["reports/results.md"]
        if scores["representation"] == "grid":
            assert f"\n| {name} | {scores['context']} | ".encode() in results
        assert f"\n| {name} | {scores['representation']} | ".encode() in results
        for suffix in writers.FORMATS:
            assert first[f"reports/samples/{name}/1.{suffix}"]
        assert f"\n| {name} | ".encode() in first["reports/generated.md"]
        summary = json.loads(first[f"reports/summary/{name}.json"])
        assert summary == {figure: scores["test"][figure] for figure in summary}
    for name in ("models", "closer"):
        assert first[f"reports/plots/{name}.png"].startswith(b"\x89PNG")
    for name in NETWORKS:
        assert first[f"reports/curves/{name}.csv"].count(b"\n") == 3
    assert json.loads(first["reports/parse.json"])["read"] == 3


def test_models_write_tunes_from_nothing_of_the_dances_that_they_could_learn(first):
    """The training tune is in 6/8. What is continued begins as the test tune does."""
    for name in MODELS:
        lines = first[f"data/samples/{name}/new.jsonl"].splitlines()
        written = [json.loads(line) for line in lines]
        ids = ["jig/1", "jig/2"] if name in FROM_NOTHING else []
        assert [(tune["id"], tune["meter"]) for tune in written] == [(id_, "6/8") for id_ in ids]
        (continued,) = first[f"data/samples/{name}/continued.jsonl"].splitlines()
        assert json.loads(continued)["id"] == "three/1"
    assert list(json.loads(first["reports/player.json"])) == [REAL, TRAINED, *MODELS]


def test_the_analysis_is_of_every_model(first):
    """Of one test tune: figures, but no intervals, and no family of its own."""
    found = json.loads(first["reports/analysis.json"])
    for part in ("train", "test"):
        assert list(found["intervals"][part]) == MODELS
    assert found["intervals"]["test"]["lstm"]["log_loss"] is None
    models = {"windows": MODELS[:-2], "notes": MODELS[-2:]}
    for (tokens, names), targets in zip(models.items(), TARGETS.values(), strict=True):
        (family,) = found["groups"][tokens]["family"]
        assert (family["group"], family["tunes"], family["targets"]) == ("others", 1, targets)
        assert list(family["models"]) == names
    (written,) = found["written"]["family"]
    assert (written["group"], list(written["models"])) == ("others", MODELS)


def test_plots_name_columns_that_exist(first):
    """All but those of models that are left out."""
    left_out = {name.removeprefix("note-") for name in LEFT_OUT}
    for plot in PIPELINE["plots"]:
        if isinstance(plot, str):
            assert plot in first
            continue
        ((shown, spec),) = plot.items()
        files = [path for path in first if path == shown or path.startswith(f"{shown}/")]
        assert files, shown
        for path in files:
            header = first[path].decode().splitlines()[0].split(",")
            missing = {spec["x"], *spec["y"]} - set(header)
            assert missing <= (left_out if "note-" in path else set()), path


def test_only_what_dvc_knows_of_is_written(first):
    known = []
    for name, stage in fewer(PIPELINE)["stages"].items():
        models = NETWORKS if name == "train-flax-lstm" else MODELS
        declared = stage.get("do", stage)
        for out in [out for kind in ("outs", "metrics", "plots") for out in declared.get(kind, [])]:
            path = out if isinstance(out, str) else next(iter(out))
            known += [path.replace("${key}", model) for model in models]
    for path in first:
        assert any(path == out or path.startswith(out + "/") for out in known), path
    for out in known:
        assert any(path == out or path.startswith(out + "/") for path in first), out


def test_the_stages_run_by_hand_in_another_place_leaves_the_same_bytes(first, tmp_path):
    stages = ["download", "parse", "window", "fit_ngram"]
    stages += [f"train_flax_lstm {network}" for network in NETWORKS]
    stages += [f"{stage} {model}" for stage in ("evaluate", "sample", "judge") for model in MODELS]
    other = make_project(tmp_path / "elsewhere")
    run_all(other, [*stages, "report", "listen"])
    second = outputs(other)
    assert list(second) == list(first)
    assert [path for path in first if first[path] != second[path]] == []


def test_a_wrong_setting_stops_a_stage_before_any_work(first, project, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(project, broken)
    settings = yaml.safe_load((broken / "params.yaml").read_text())
    settings["sample"]["tunes"] = "three"
    (broken / "params.yaml").write_text(yaml.safe_dump(settings))
    done = run(broken, "evaluate", "random")
    assert done.returncode == 1
    assert "sample.tunes: given 'three'; allowed: " in done.stderr
    assert "Traceback" not in done.stderr
    assert outputs(broken) == first


@pytest.mark.parametrize(
    ("stage", "names", "path"),
    [
        ("parse", [], "data/raw/provenance.json"),
        ("window", [], "data/raw/provenance.json"),
        ("fit_ngram", [], "data/windows.npz"),
        ("train_flax_lstm", ["lstm"], "data/windows.npz"),
        ("train_flax_lstm", ["note-lstm"], "data/notes.npz"),
        ("evaluate", ["random"], "data/windows.npz"),
        ("evaluate", ["note-ngram"], "data/notes.npz"),
        ("sample", ["random"], "models/random/settings.json"),
        ("judge", ["random"], "data/windows.npz"),
        ("judge", ["note-lstm"], "data/notes.npz"),
        ("report", [], "data/parts/provenance.json"),
        ("listen", [], "reports/originality.json"),
    ],
)
def test_a_missing_artifact_is_named_with_the_command_that_makes_it(
    tmp_path, monkeypatch, stage, names, path
):
    shutil.copy(ROOT / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=rf"{re.escape(path)}.*dvc repro"):
        import_module(f"stages.{stage}").main(*names)


def test_the_substitution_reaches_the_reader(first, project, tmp_path, monkeypatch, capsys):
    shutil.copytree(project, tmp_path / "other", ignore=shutil.ignore_patterns(".dvc", ".git"))
    monkeypatch.chdir(tmp_path / "other")
    leave_out(monkeypatch)
    path = Path("data/parts/provenance.json")
    found = json.loads(path.read_text())
    found["corpora"][0] |= {"corpus": "ryans-mammoth", "substituted": "NOT THE REAL TUNES"}
    path.write_text(json.dumps(found))
    import_module("stages.evaluate").main("random")
    import_module("stages.report").main()
    assert "NOT THE REAL TUNES" in capsys.readouterr().err
    assert "**NOT THE REAL TUNES**" in Path("reports/results.md").read_text()
    metrics = json.loads(Path("reports/metrics/random.json").read_text())
    assert metrics["corpus"] == "ryans-mammoth"
    assert metrics["substituted"] is True
