from pathlib import Path

import pytest

from nottingham.errors import InputError
from nottingham.files import (
    atomic_file,
    atomic_folder,
    read_json,
    remove_leftovers,
    write_csv,
    write_json,
)


def test_json_comes_back(tmp_path):
    write_json(tmp_path / "new" / "a.json", {"tune": "Séan's", "n": 1})
    assert read_json(tmp_path / "new" / "a.json", made_by="x") == {"tune": "Séan's", "n": 1}


def test_not_a_number_is_no_json(tmp_path):
    with pytest.raises(ValueError, match="Out of range"):
        write_json(tmp_path / "a.json", float("nan"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [None, b"{", b"\xff\xfe"])
def test_damaged_json_names_file_and_remedy(tmp_path, content):
    path = tmp_path / "a.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.json: cannot be read .*dvc repro parse"):
        read_json(path, made_by="dvc repro parse")


def test_csv_rounds_to_four_decimals(tmp_path):
    write_csv(tmp_path / "a.csv", ["n", "loss"], [[1, 0.123456], [2, 1.0]])
    assert (tmp_path / "a.csv").read_text() == "n,loss\n1,0.1235\n2,1.0000\n"


def test_what_a_killed_process_left_half_written_goes_with_the_next_write(tmp_path):
    (tmp_path / ".out.txt.partial-abc").write_text("half")
    (tmp_path / ".model.partial-abc").mkdir()
    (tmp_path / ".model.partial-abc" / "settings.json").write_text("half")
    others = [".other.txt.partial-abc", ".out.txt.swp"]
    for name in others:
        (tmp_path / name).write_text("another's")
    write_json(tmp_path / "out.txt", 1)
    remove_leftovers(tmp_path / "model")
    assert sorted(path.name for path in tmp_path.iterdir()) == [*others, "out.txt"]


def test_what_is_half_written_is_what_goes(tmp_path):
    """The name under which it lies until it is whole is one that the next write looks for."""
    for write in (atomic_file, atomic_folder):
        with write(tmp_path / "out"):
            (half,) = tmp_path.iterdir()
            remove_leftovers(tmp_path / "out")
            assert not half.exists()
            half.touch() if write is atomic_file else half.mkdir()
        assert [path.name for path in tmp_path.iterdir()] == ["out"]
        (tmp_path / "out").unlink() if write is atomic_file else (tmp_path / "out").rmdir()


def test_a_file_or_folder_takes_its_place_when_it_is_whole(tmp_path):
    with atomic_folder(tmp_path / "model") as new:
        (new / "a").write_text("whole")
        assert not (tmp_path / "model").exists()
    assert (tmp_path / "model" / "a").read_text() == "whole"

    def fail(path, write):
        with write(path) as half:
            (half.write(b"half") if write is atomic_file else (half / "a").write_text("half"))
            raise RuntimeError

    (tmp_path / "out.txt").write_text("whole")
    for name, write in (("model", atomic_folder), ("out.txt", atomic_file)):
        with pytest.raises(RuntimeError):
            fail(tmp_path / name, write)
    assert (tmp_path / "model" / "a").read_text() == "whole"
    assert (tmp_path / "out.txt").read_text() == "whole"
    assert {path.name for path in tmp_path.iterdir()} == {"model", "out.txt"}


def test_an_old_folder_comes_back_when_the_new_one_cannot_take_its_place(tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "a").write_text("old")
    move = Path.replace

    def refuse(self, target):
        if (self / "b").exists():
            assert (tmp_path / ".model.replaced" / "a").exists()
            raise OSError("no room for another name")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(InputError, match="no room for another name"):  # noqa: SIM117
        with atomic_folder(tmp_path / "model") as new:
            (new / "b").write_text("new")
    assert [path.name for path in tmp_path.rglob("*")] == ["model", "a"]


@pytest.mark.parametrize("there", ["old", "new"])
def test_a_kill_while_a_folder_takes_the_place_of_another_loses_neither(tmp_path, there):
    """Between two renames there is only the old one, under another name; behind them, both are."""
    (tmp_path / ".model.replaced" / "old").mkdir(parents=True)
    (tmp_path / (".model.partial-abc" if there == "old" else "model") / "new").mkdir(parents=True)
    remove_leftovers(tmp_path / "model")
    assert [path.name for path in tmp_path.rglob("*")] == ["model", there]


def test_what_cannot_be_written_is_named_with_what_to_do(tmp_path):
    """/dev/full is a disk without room."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match=r"file/a\.json: cannot be written .*make room or give"):
        write_json(tmp_path / "file" / "a.json", 1)

    def fill():
        with atomic_file(tmp_path / "a.json"), Path("/dev/full").open("wb", buffering=0) as full:
            full.write(b"1")

    with pytest.raises(InputError, match=r"a\.json: cannot be written .*No space left"):
        fill()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
