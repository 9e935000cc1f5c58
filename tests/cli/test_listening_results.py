"""``nottingham listening-results``, as it is typed."""

import json
import sys

import pytest

from nottingham import __main__


def saved(path):
    answer = {"pair": 1, "model": "lstm", "tune": "jigs/1", "person": True, "play": True}
    form = {"nottingham": "listening", "version": 1, "page": "abc", "listener": path.stem}
    path.write_text(json.dumps(form | {"answers": [answer]}))
    return str(path)


def test_files_become_a_table(tmp_path, monkeypatch, capsys):
    """And a file that is given twice a message."""
    files = [saved(tmp_path / f"{name}.json") for name in ("one", "two")]
    monkeypatch.setattr(sys, "argv", ["nottingham", "listening-results", *files])
    __main__.main()
    row = "| lstm | 2 | 2 | 1.000 [0.342, 1.000] | 1.000 [0.342, 1.000] |"
    assert capsys.readouterr().out.splitlines()[2] == row
    sys.argv.append(files[0])
    with pytest.raises(SystemExit, match=r"error: .*one\.json: the same listener's answers as"):
        __main__.main()
