"""``import nottingham``: the example of its docstring, and the names that it offers."""

import doctest

import pytest

import nottingham
from tests import jigs


def test_the_worked_example_runs(tmp_path, monkeypatch, capsys):
    jigs.fill(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my.abc").write_text(jigs.MINE)
    examples = doctest.DocTestParser().get_examples(nottingham.__doc__)
    exec("".join(example.source for example in examples), {})
    assert capsys.readouterr().out.endswith(" nats a token\n")
    for number in (0, 1):
        (new,) = nottingham.read(tmp_path / f"new-{number}.abc")
        assert new.notes[:6] == next(nottingham.read(tmp_path / "my.abc")).notes[:6]


@pytest.mark.parametrize("name", nottingham.__all__)
def test_every_name_is_there_and_documented(name):
    assert getattr(nottingham, name).__doc__
