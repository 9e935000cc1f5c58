"""The stage that makes the listening page, with a model that knows nothing of music."""

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
from nottingham.generation.samples import Samples
from nottingham.models.counting.baselines import Uniform
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


@pytest.fixture
def project(tmp_path):
    """A folder in which all stages before this one have run."""
    tunes = [jig(id_) for id_ in IDS]
    write_tunes(tmp_path / "data" / "tunes.jsonl", tunes)
    dataset = streams.join(
        [GRID.encode(tune) for tune in tunes],
        split=np.full(3, split.TEST, np.uint8),
        ids=IDS,
        representation=GRID,
    )
    streams.save(tmp_path / "data" / "windows.npz", dataset)
    real = np.stack([tokens[:64] for tokens in dataset.tunes(split.TEST)])
    written = Samples(tuple(IDS), {REAL: real, "random": real[:, ::-1]})
    samples.save(tmp_path / "data" / "samples.npz", written)
    Uniform(GRID).save(tmp_path / "models" / "random")
    kin = [{"id": i, "nearest": None, "run": 0, "share": 0.0, "beyond": False} for i in IDS]
    sets = {name: {"tunes": kin} for name in (REAL, "random")}
    write_json(
        tmp_path / "reports" / "novelty.json", {"limit": {"run": 9.0, "share": 0.5}, "sets": sets}
    )
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    settings["listen"] |= {"tunes": 1, "pairs": 2, "blind": ["random"]}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(settings))
    return tmp_path


def listen(project, *models):
    return subprocess.run(
        [sys.executable, "-m", "stages.listen", *models],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


def test_the_stage_makes_the_page(project):
    """Eight steps of 89 equally likely tokens tell 8 log₂ 89 = 51.8 bits."""
    done = listen(project, "random")
    assert done.returncode == 0, done.stderr
    reports = project / "reports"
    (text,) = re.findall(r'id="data">(.*?)</script>', (reports / "index.html").read_text())
    data = json.loads(text)
    (tune,) = data["gallery"]["tunes"]
    assert tune["title"] == f"Jig <{tune['id']}>"
    assert [version["bits"] for version in tune["versions"]] == [[51.8] * 8] * 2
    assert [version["judge"] for version in tune["versions"]] == ["random", "random"]
    assert sorted([tune["id"], *(pair["tune"] for pair in data["blind"]["pairs"])]) == IDS
    files = [path for path in (reports / "samples").rglob("*") if path.is_file()]
    assert len(files) == 2 * 6 + 2 * 2  # six formats of two tunes, two excerpts of two pairs


def test_what_is_missing_is_named_with_what_makes_it(project):
    (project / "reports" / "novelty.json").unlink()
    done = listen(project, "random")
    assert done.returncode == 1
    assert done.stderr.startswith("error: reports/novelty.json: cannot be read")
    assert "dvc repro judge" in done.stderr
