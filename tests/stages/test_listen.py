"""The stage that makes the listening page, with models that know nothing of music."""

import json
import os
import re
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import yaml

from nottingham.dataset import split, streams
from nottingham.files import write_json
from nottingham.generation import samples
from nottingham.generation.samples import ModelSamples
from nottingham.models.names import REAL
from nottingham.music.tune import Note, Tune, write_tunes
from nottingham.representation import Grid
from tests.closure import ROOT

GRID = Grid(8)
IDS = [f"jigs/{number}" for number in range(3)]


def jig(id_):
    eighth = Fraction(1, 2)
    notes = tuple(Note(k * eighth, eighth, 62 + k % 12) for k in range(96))
    return Tune(id_, f"Jig <{id_}>", "6/8", "D major", notes, (), "jigs.abc")


def bits(model):
    """Make up bits that tell the model, the tune and the measure: 8 measures of each jig."""
    return 100 * model + 10 * np.arange(3)[:, None] + np.arange(8)


@pytest.fixture
def project(tmp_path):
    """A folder in which all stages before this one have run."""
    tunes = [jig(id_) for id_ in IDS]
    write_tunes(tmp_path / "data" / "parts" / "test.jsonl", tunes)
    dataset = streams.join(
        [GRID.encode(tune) for tune in tunes],
        split=np.full(3, split.TEST, np.uint8),
        ids=IDS,
        representation=GRID,
    )
    streams.save(tmp_path / "data" / "windows.npz", dataset)
    real = np.stack([tokens[:64] for tokens in dataset.tunes(split.TEST)])
    tokens = np.concatenate([real[:, :32], real[:, :31:-1]], axis=1)
    for model, place in (("hold", 1), ("random", 2)):
        written = ModelSamples(tuple(IDS), tokens, bits(place), bits(place + 0.5))
        samples.save(tmp_path / "data" / "samples" / f"{model}.npz", written)
    match = [{"id": i, "nearest": None, "run": 0, "share": 0.0, "above_limit": False} for i in IDS]
    sets = {name: {"tunes": match} for name in (REAL, "hold", "random")}
    write_json(
        tmp_path / "reports" / "originality.json",
        {"limit": {"run": 9.0, "share": 0.5}, "sets": sets},
    )
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    settings["listen"] |= {"tunes": 1, "pairs": 2, "blind": ["random"]}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(settings))
    return tmp_path


def listen(project):
    return subprocess.run(
        [sys.executable, "-m", "stages.listen"],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


def test_the_stage_makes_the_page(project):
    """The model named last says how surprising the real tunes are."""
    done = listen(project)
    assert done.returncode == 0, done.stderr
    reports = project / "reports"
    (text,) = re.findall(r'id="data">(.*?)</script>', (reports / "index.html").read_text())
    data = json.loads(text)
    (tune,) = data["gallery"]["tunes"]
    assert tune["title"] == f"Jig <{tune['id']}>"
    shown = [(version["model"], version["judge"]) for version in tune["versions"]]
    assert shown == [("real", "random"), ("random", "random"), ("hold", "hold")]
    place = IDS.index(tune["id"])
    for version, model in zip(tune["versions"], (2.5, 2, 1), strict=True):
        assert version["bits"] == bits(model)[place].tolist()
    assert sorted([tune["id"], *(pair["tune"] for pair in data["blind"]["pairs"])]) == IDS
    files = [path for path in (reports / "samples").rglob("*") if path.is_file()]
    assert len(files) == 3 * 6 + 2 * 2  # six formats of three tunes, two excerpts of two pairs


@pytest.mark.parametrize(
    ("missing", "stage"),
    [("reports/originality.json", "report"), ("data/samples/hold.npz", "sample")],
)
def test_what_is_missing_is_named_with_what_makes_it(project, missing, stage):
    (project / missing).unlink()
    done = listen(project)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {missing}: ")
    assert f"make it again: dvc repro {stage}" in done.stderr
