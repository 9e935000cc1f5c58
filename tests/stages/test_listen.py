"""The stage that makes the listening page, with models that know nothing of music."""

import json
import os
import re
import subprocess
import sys
from fractions import Fraction

import pytest
import yaml

from nottingham.files import write_json
from nottingham.generation import samples
from nottingham.generation.samples import ModelSamples
from nottingham.models.names import REAL
from nottingham.music.tune import Note, Tune, write_tunes
from tests.closure import ROOT

IDS = [f"jigs/{number}" for number in range(3)]
MEASURES = 8


def jig(id_, measures=16):
    eighth = Fraction(1, 2)
    notes = tuple(Note(k * eighth, eighth, 62 + k % 12) for k in range(6 * measures))
    return Tune(id_, f"Jig <{id_}>", "6/8", "D major", notes, (), "jigs.abc")


def bits(model, measures=MEASURES):
    """Make up bits that tell the model, the tune and the measure."""
    return tuple(
        tuple(float(100 * model + 10 * tune + measure) for measure in range(measures))
        for tune in range(3)
    )


@pytest.fixture
def project(tmp_path):
    """A folder in which all stages before this one have run; `hold` ends early."""
    write_tunes(tmp_path / "data" / "parts" / "test.jsonl", map(jig, IDS))
    for model, place, measures in (("hold", 1, 6), ("random", 2, MEASURES)):
        tunes = tuple(jig(id_, measures) for id_ in IDS)
        written = ModelSamples(tunes, tunes, bits(place, measures), bits(place + 0.5))
        samples.save(tmp_path / "data" / "samples" / model, written)
    match = [{"id": i, "nearest": None, "run": 0, "share": 0.0, "above_limit": False} for i in IDS]
    sets = {name: {"tunes": match} for name in (REAL, "hold", "random")}
    write_json(
        tmp_path / "reports" / "originality.json",
        {"limit": {"run": 9.0, "share": 0.5}, "sets": sets},
    )
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    settings["sample"]["measures"] = MEASURES
    settings["listen"] |= {"tunes": 1, "pairs": 2, "blind": ["hold", "random"]}
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
    """The first model of the blind test says how surprising the real tunes are."""
    done = listen(project)
    assert done.returncode == 0, done.stderr
    reports = project / "reports"
    (text,) = re.findall(r'id="data">(.*?)</script>', (reports / "index.html").read_text())
    data = json.loads(text)
    (tune,) = data["gallery"]["tunes"]
    assert tune["title"] == f"Jig <{tune['id']}>"
    shown = [(version["model"], version["judge"]) for version in tune["versions"]]
    assert shown == [("real", "hold"), ("random", "random"), ("hold", "hold")]
    place = IDS.index(tune["id"])
    expected = [list(rows[place]) for rows in (bits(1.5), bits(2), bits(1, 6))]
    assert [version["bits"] for version in tune["versions"]] == expected
    assert data["gallery"]["baselines"] == ["random", "hold"]
    assert sorted([tune["id"], *(pair["tune"] for pair in data["blind"]["pairs"])]) == IDS
    files = [path for path in (reports / "samples").rglob("*") if path.is_file()]
    assert len(files) == 3 * 7 + 2 * 2  # six formats and a narrow score, two excerpts of two pairs


@pytest.mark.parametrize(
    ("missing", "stage"),
    [("reports/originality.json", "report"), ("data/samples/hold/bits.json", "sample")],
)
def test_what_is_missing_is_named_with_what_makes_it(project, missing, stage):
    (project / missing).unlink()
    done = listen(project)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {missing}: ")
    assert f"make it again: dvc repro {stage}" in done.stderr
