"""``nottingham listening-results``, as it is typed."""

import json
import sys

import pytest

from nottingham import __main__


@pytest.fixture
def nottingham(monkeypatch, capsys):
    def type_(*words):
        monkeypatch.setattr(sys, "argv", ["nottingham", *map(str, words)])
        __main__.main()
        return capsys.readouterr().out

    return type_


def saved(path, listener):
    answer = {"pair": 1, "model": "lstm", "tune": "jigs/1", "person": True, "play": True}
    form = {"nottingham": "listening", "version": 1, "page": "abc", "listener": listener}
    path.write_text(json.dumps(form | {"answers": [answer]}))
    return path


def test_files_become_a_table(nottingham, tmp_path):
    files = [saved(tmp_path / f"{name}.json", name) for name in ("one", "two")]
    told = nottingham("listening-results", *files)
    assert told.splitlines()[2] == "| lstm | 2 | 2 | 1.000 [0.342, 1.000] | 1.000 [0.342, 1.000] |"


def test_a_mistake_is_a_message(nottingham, tmp_path):
    file = saved(tmp_path / "one.json", "one")
    with pytest.raises(SystemExit, match=r"error: .*one\.json: the same listener's answers as"):
        nottingham("listening-results", file, file)
