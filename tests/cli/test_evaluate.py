"""What `nottingham evaluate` prints of tunes, beside twelve made-up jigs."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import nottingham as library
from nottingham.dataset import arrays
from nottingham.formats import writers
from nottingham.models.counting.baselines import Uniform
from nottingham.music.tune import write_tunes
from nottingham.representation import Notes
from tests.jigs import GRID, MINE, jig

UNREADABLE = "X:1\nT:Bad\nM:4/4\nK:H\nC4 |\n"
BITS = np.log2(Notes().vocabulary.size)
"""Of each token, to a model that knows nothing of music."""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder with two models, and with the bits of ten test tunes for one of them."""
    folder = tmp_path_factory.mktemp("project")
    tunes = [jig(number) for number in range(12)]
    for name, some in (("train", tunes[:2]), ("valid", []), ("test", tunes[2:])):
        write_tunes(folder / "data" / "parts" / f"{name}.jsonl", some)
    Uniform(Notes()).save(folder / "models" / "note-lstm")
    Uniform(GRID).save(folder / "models" / "tune-lstm")
    columns = {
        "ids": np.array([tune.id for tune in tunes[2:]]),
        "bits": np.arange(10) * 10.0,
        "notes": np.full(10, 10.0),
    }
    arrays.save(folder / "data" / "evaluated" / "note-lstm" / "written.npz", columns)
    return folder


@pytest.fixture
def evaluate(project, typed):
    """Type the command beside a tune."""
    Path("my.abc").write_text(MINE)
    return lambda *words, where=project: typed("evaluate", "--project", where, *words)


def test_a_tune_is_told_note_by_note(evaluate):
    """Nine notes of a pitch and a duration each; an upbeat after a rest, and an end."""
    model, *told = evaluate("my.abc").splitlines()
    assert model.startswith("model: note-lstm, trained in ")
    assert told[0] == f"Mine (my.abc), 6/8, G major: {BITS * (9 * 2 + 3) / 9:.2f} bits a note"
    assert told[4] == "the most surprising notes"
    assert told[5].startswith(f"  measure 0: D4, {2 * BITS:.1f} bits; likeliest: ")
    assert told[6].startswith(f"  measure 1: G4 after D4, {2 * BITS:.1f} bits; likeliest: ")
    assert len(told[5:10]) == 5
    assert told[10] == "beside 12 real tunes in 6/8"


def test_figures_that_are_unusual_are_printed_and_others_named(evaluate):
    """Each jig has six notes a measure; this one nine, its upbeat's measure being a whole one."""
    told = evaluate("my.abc")
    assert "  notes a measure: 3.00, less than all\n" in told
    assert "  within the middle 80 of 100: notes of a measure or longer\n" in told


def test_the_bits_from_the_fifth_measure_on_are_compared(evaluate):
    """Every note tells two tokens; the end counts, too: more than the 0 to 9 of all test tunes."""
    writers.write(jig(0), Path("jig"), ["abc"])
    told = evaluate("jig.abc")
    assert f"bits a note from measure 5 on: {BITS * 145 / 72:.2f}, more than all (10 test" in told
    grid = evaluate("jig.abc", "--model", "tune-lstm")  # which has not been evaluated
    assert "beside 11 real jigs in 6/8" in grid  # by the name of the file
    assert "from measure 5 on" not in grid


def test_the_nearest_training_tune_is_named_with_its_measures(evaluate):
    """Twelve notes that both training tunes have, up a fourth; in the first from its second on."""
    notes = [replace(note, pitch=note.pitch + 5) for note in jig(1).notes[:13]]
    notes[12] = replace(notes[12], pitch=60)
    writers.write(replace(jig(1), notes=tuple(notes), key="G major"), Path("part"), ["abc"])
    told = evaluate("part.abc").splitlines()
    where = "12 notes in a row, measures 1 to 2; there measures 1 to 3"
    assert f"nearest relative: Jig 0 (jigs/0), a training tune: {where}" in told
    writers.write(jig(1), Path("same"), ["abc"])
    same = "it is a training tune, Jig 1 (jigs/1), in this or another key: the model has learned it"
    assert same in evaluate("same.abc").splitlines()


def test_without_the_pipeline_s_tunes_nothing_is_compared(evaluate, tmp_path):
    Uniform(Notes()).save(tmp_path / "bare" / "models" / "note-lstm")
    told = evaluate("my.abc", where="bare")
    assert "the most surprising notes" in told
    assert "nearest relative" not in told
    missing = "no comparison with real tunes: bare/data/parts/train.jsonl is missing; make repro"
    assert told.splitlines()[-1].startswith(missing)
    found = json.loads(evaluate("my.abc", "--json", where="bare"))
    assert found["missing"].startswith(missing)
    assert found["tunes"][0]["comparison"] is found["tunes"][0]["nearest"] is None


def test_json_is_what_python_returns(evaluate, project):
    found = json.loads(evaluate("my.abc", "--json"))
    model = library.load(project / "models" / "note-lstm")
    for named in ("note-lstm", project / "models" / "note-lstm"):
        reference = library.reference(named, project=project)
        tune = library.evaluate(model, next(library.read("my.abc")), reference)
        assert found == {"model": "note-lstm", "missing": "", "tunes": [tune]}
    assert [one["measure"] for one in tune["measures"]] == [0, 1, 2]
    assert tune["notes"] == 9
    assert tune["surprising_notes"][0] == {
        "measure": 0,
        "note": "D4",
        "after": None,
        "duration": "1/2",
        "bits": round(2 * BITS, 4),
        "pitch_bits": round(BITS, 4),
        "duration_bits": round(BITS, 4),
        "likeliest": "rest",
    }
    alone = library.evaluate(model, next(library.read("my.abc")))
    assert alone == tune | {"comparison": None, "nearest": None}


def test_a_folder_is_told_tune_by_tune_and_its_faults_at_the_end(evaluate, capsys):
    """One cannot be read at all; one has a pitch that no token of notes has."""
    folder = Path("folder")
    folder.mkdir()
    for name, text in (("a", MINE), ("b", MINE.replace("T:Mine", "T:Yours"))):
        (folder / f"{name}.abc").write_text(text)
    (folder / "high.abc").write_text("X:1\nT:High\nM:4/4\nL:1/4\nK:C\nc'''4 |\n")
    Path("bad.abc").write_text(UNREADABLE)
    with pytest.raises(SystemExit) as stopped:
        evaluate("bad.abc", "folder", "--json")
    found = json.loads(capsys.readouterr().out)
    assert [tune["title"] for tune in found["tunes"]] == ["Mine", "Yours"]
    message = str(stopped.value)
    assert message.startswith("error: bad/1 in bad.abc: K:H: not a key")
    assert "tune high/1: pitch 108 is outside" in message


def test_a_reference_that_is_damaged_is_named(evaluate, tmp_path):
    Uniform(Notes()).save(tmp_path / "bare" / "models" / "note-lstm")
    parts = tmp_path / "bare" / "data" / "parts"
    write_tunes(parts / "train.jsonl", [jig(0)])
    with pytest.raises(SystemExit, match=r"valid\.jsonl: cannot be read .* dvc repro"):
        evaluate("my.abc", where="bare")
