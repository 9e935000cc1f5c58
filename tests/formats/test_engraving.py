"""Engraved scores."""

import base64
import io
from xml.etree import ElementTree

import mido
import pytest
import verovio

from nottingham.formats import engraving
from nottingham.formats.musicxml import writer as musicxml

SVG = "{http://www.w3.org/2000/svg}"


def drawn(tune, kind):
    """Find what the score draws of a kind."""
    root = ElementTree.fromstring(engraving.svg(tune))
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


def test_it_draws_the_accidentals_of_the_musicxml_and_no_others(make_tune):
    """F sharp for five eighths, F sharp, F natural twice, in D: one natural sign and its end."""
    notes = [(0, "5/2", 66), (4, 1, 78), (5, 1, 77), (6, 1, 77), (7, 1, 78)]
    tune = make_tune(*notes, key="D major")
    signs = [sign for sign in drawn(tune, "accid") if sign.find(f".//{SVG}use") is not None]
    assert len(signs) == musicxml.content(tune).count(b"<accidental>") == 2


def test_verovio_plays_what_is_written(make_tune):
    """By the MIDI that it makes of the score: ties within a measure and over a barline."""
    notes = [(0, "5/2", 66), ("5/2", "5/2", 65), (5, "1/2", 65), ("11/2", "5/2", 66)]
    engraver = verovio.toolkit()
    engraver.loadData(musicxml.content(make_tune(*notes, key="D major")).decode())
    file = mido.MidiFile(file=io.BytesIO(base64.b64decode(engraver.renderToMIDI())))
    played = [message.note for message in file if message.type == "note_on" and message.velocity]
    assert played == [66, 65, 65, 66]


@pytest.mark.parametrize(("first", "given"), [(0, 0), (0, 2), (3, 2), (0, 4), (0, 9)])
def test_given_measures_are_grey_and_end_with_a_thick_barline(make_tune, first, given):
    """Of four measures, the first of them perhaps an upbeat; the last barline stays as it is."""
    tune = make_tune(*((k, 1, 60 + k % 5) for k in range(first, 16)))
    root = ElementTree.fromstring(engraving.svg(tune, given=given))
    measures = [e for e in root.iter(f"{SVG}g") if "measure" in e.get("class", "").split()]
    assert len(measures) == 4
    grey = [measure.findtext(f"{SVG}title") == "given" for measure in measures]
    assert grey == [number < given for number in range(4)]
    assert {m.get("fill") for m in measures[:given]} == ({"#667080"} if given else set())
    lines = [m.find(f"{SVG}g[@class='barLine']/{SVG}path").get("stroke-width") for m in measures]
    assert [line == "90" for line in lines] == [number + 1 == given < 4 for number in range(4)]


def test_a_long_tune_is_one_page(make_tune):
    tune = make_tune(*((k, 1, 60 + k % 5) for k in range(4 * 64)))
    assert len(drawn(tune, "note")) == 256


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", '"&<>', "Séan's", ""])
def test_a_title_is_never_part_of_the_drawing(make_tune, title):
    tune = make_tune((0, 4, 60), title=title)
    picture = engraving.svg(tune)
    assert "<script" not in picture
    assert len(drawn(tune, "note")) == 1


def test_the_same_tune_gives_the_same_bytes(tmp_path, make_tune):
    tune = make_tune((0, 1, 60), (1, 3, 62))
    engraving.write(tune, tmp_path / "a.svg")
    once = (tmp_path / "a.svg").read_bytes()
    engraving.write(tune, tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_bytes() == once
