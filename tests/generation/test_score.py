"""Engraved scores."""

from xml.etree import ElementTree

import pytest

from nottingham.generation import score

SVG = "{http://www.w3.org/2000/svg}"


def drawn(tune, kind):
    """Find what the score draws of a kind."""
    root = ElementTree.fromstring(score.svg(tune))
    assert root.tag == f"{SVG}svg"
    return [e for e in root.iter(f"{SVG}g") if kind in e.get("class", "").split()]


def test_it_draws_every_note_and_measure(make_tune):
    tune = make_tune((0, 1, 60), (1, 1, 62), (2, 1, 64), (4, 1, 65), (5, 3, 67))
    assert len(drawn(tune, "note")) == 5
    assert len(drawn(tune, "rest")) == 1
    assert len(drawn(tune, "measure")) == 2


def test_a_note_over_a_barline_is_two_and_a_tie(make_tune):
    tune = make_tune((0, 3, 60), (3, 2, 62))
    assert len(drawn(tune, "note")) == 3
    assert len(drawn(tune, "tie")) == 1


def test_a_long_tune_is_one_page(make_tune):
    tune = make_tune(*((k, 1, 60 + k % 5) for k in range(4 * 64)))
    assert len(drawn(tune, "note")) == 256


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", '"&<>', "Séan's", ""])
def test_a_title_is_never_part_of_the_drawing(make_tune, title):
    tune = make_tune((0, 4, 60), title=title)
    picture = score.svg(tune)
    assert "<script" not in picture
    assert len(drawn(tune, "note")) == 1


def test_the_same_tune_gives_the_same_bytes(tmp_path, make_tune):
    tune = make_tune((0, 1, 60), (1, 3, 62))
    score.write(tune, tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text() == score.svg(tune)
