"""``import nottingham``: the example of its docstring, and the names that it offers."""

import doctest
import re
from dataclasses import replace

import numpy as np
import pytest

import nottingham
from nottingham.errors import InputError
from nottingham.models.counting.baselines import Uniform
from nottingham.representation import Notes
from tests import jigs


def test_the_worked_example_runs(tmp_path, monkeypatch, capsys):
    jigs.fill(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.abc").write_text(jigs.MINE)
    examples = doctest.DocTestParser().get_examples(nottingham.__doc__)
    names = {}
    exec("".join(example.source for example in examples), names)
    said = re.fullmatch(r"(\d\.\d{3}) nats a token\n", capsys.readouterr().out)
    assert 0 < float(said[1]) < np.log(Notes().vocabulary.size)
    for number in (0, 1):
        (new,) = nottingham.read(tmp_path / f"new-{number}.abc")
        assert (new.rhythm, new.key) == ("jig", "D major")
    mine, other = names["tune"], names["other"]
    assert other.notes != mine.notes
    assert [n for n in other.notes if n.onset < 6] == [n for n in mine.notes if n.onset < 6]


def test_what_a_model_of_notes_is_asked_for_from_nothing():
    asked = {"dance": "reel", "key": "Am", "meter": "4/4", "bars": 4, "count": 2}
    for tune in nottingham.generate(Uniform(Notes()), **asked):
        assert (tune.rhythm, tune.key, tune.meter) == ("reel", "A minor", "4/4")
        assert 12 < tune.end <= 20
    with pytest.raises(InputError, match="from nothing, models of notes write"):
        nottingham.generate(Uniform(jigs.GRID))
    with pytest.raises(InputError, match="key 'H'"):
        nottingham.generate(Uniform(Notes()), key="H")


@pytest.mark.parametrize("representation", [jigs.GRID, Notes()], ids=["grid", "notes"])
def test_a_score_is_ln_p_of_each_token(representation):
    tokens = representation.encode(jigs.jig(0))
    found = nottingham.score(Uniform(representation), jigs.jig(0))
    assert found == pytest.approx([-np.log(representation.vocabulary.size)] * len(tokens))


@pytest.mark.parametrize("representation", [jigs.GRID, Notes()], ids=["grid", "notes"])
def test_a_tune_is_continued_to_the_length_asked_for(representation):
    primer = replace(jigs.jig(0), notes=jigs.jig(0).notes[:15])
    model = Uniform(representation)
    few, many = (nottingham.generate(model, primer, bars=4, count=n, seed=3) for n in (1, 3))
    assert many[:1] == few
    for tune in many:
        assert tune.notes[:14] == primer.notes[:14]
        assert (tune.meter, tune.key) == ("6/8", "D major")
        assert 9 < tune.end <= 12
    with pytest.raises(InputError, match="its 16 measures leave none to be generated"):
        nottingham.generate(model, jigs.jig(0), bars=3)


@pytest.mark.parametrize("name", nottingham.__all__)
def test_every_name_is_there_and_documented(name):
    assert getattr(nottingham, name).__doc__
