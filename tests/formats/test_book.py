"""Tunebooks: read back, and laid out on pages."""

from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nottingham import corpus
from nottingham.errors import InputError
from nottingham.formats import book
from nottingham.music.tune import Note, Tune


def tune(number, measures):
    notes = tuple(
        Note(Fraction(k), Fraction(1), 60 + (k * number) % 13) for k in range(4 * measures)
    )
    return Tune(f"a/{number}", f"Tune <{number}>", "4/4", "G major", notes, (), "a")


def test_an_abc_book_holds_all_tunes(tmp_path):
    tunes = [tune(number, 8) for number in range(1, 6)]
    assert book.write(tunes, tmp_path / "book.abc") == [tmp_path / "book.abc"]
    back = list(corpus.read(tmp_path / "book.abc"))
    assert [(t.title, t.notes) for t in back] == [(t.title, t.notes) for t in tunes]


def test_pages_hold_what_they_have_room_for_and_nothing_overlaps(tmp_path):
    tunes = [tune(number, measures) for number, measures in enumerate([16, 40, 64, 150, 8, 8], 1)]
    files = book.write(tunes, tmp_path / "book.svg")
    assert [file.name for file in files] == [f"book-{k}.svg" for k in range(1, len(files) + 1)]
    titles, names = [], set()
    for file in files:
        text = file.read_text()
        titles += [number for number in range(1, 7) if f"Tune &lt;{number}&gt;" in text]
        root = ElementTree.fromstring(text)
        bottom = 0.0
        for drawing in root.findall("{http://www.w3.org/2000/svg}svg"):
            assert drawing.get("id") not in names
            names.add(drawing.get("id"))
            top, height = float(drawing.get("y")), float(drawing.get("height"))
            assert bottom <= top
            bottom = top + height
            assert bottom <= 2970 - 100
    assert titles == [1, 2, 3, 4, 5, 6]
    assert 2 < len(files) < 6


@pytest.mark.parametrize(("name", "there"), [("b.abc", "b.abc"), ("b.svg", "b-3.svg")])
def test_nothing_is_written_over(name, there, tmp_path):
    (tmp_path / there).write_text("mine")
    with pytest.raises(InputError, match=r"is there already; name another tunebook"):
        book.write([tune(1, 8)], tmp_path / name)
    assert (tmp_path / there).read_text() == "mine"


def test_another_ending_is_refused():
    with pytest.raises(InputError, match=r"book\.pdf: a tunebook ends in \.abc or \.svg"):
        book.write([tune(1, 8)], Path("book.pdf"))
