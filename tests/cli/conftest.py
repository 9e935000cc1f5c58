"""A pipeline's folder, and the command as it is typed."""

import sys

import pytest

from nottingham import __main__
from tests.jigs import fill


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder in which the pipeline has run."""
    return fill(tmp_path_factory.mktemp("project"))


@pytest.fixture
def typed(tmp_path, monkeypatch, capsys):
    """Type a command in an empty folder, and give what it prints."""
    monkeypatch.chdir(tmp_path)

    def type_(*words):
        monkeypatch.setattr(sys, "argv", ["nottingham", *map(str, words)])
        __main__.main()
        return capsys.readouterr().out

    return type_
