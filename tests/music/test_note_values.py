"""Lengths as note values that show the beats; the expected ones are by hand."""

from fractions import Fraction
from xml.etree import ElementTree

import pytest

from nottingham.errors import InputError
from nottingham.formats.musicxml import writer as musicxml
from nottingham.music import note_values
from nottingham.music.notation import Event, Measure

F = Fraction


def _triples(tune):
    return [(n.onset, n.duration, n.pitch) for n in tune.notes]


def eighths(meter, start, length, pitch=60):
    """Return the values of one note, all in eighths, and whether each is tied to the next."""
    measure = Measure(meter, (Event(pitch, F(length) / 2, False),))
    events = list(note_values.tied(measure, F(start) / 2))
    return [str(event.length * 2) for event in events], [event.tied for event in events]


@pytest.mark.parametrize(
    ("meter", "start", "length", "parts"),
    [
        ("4/4", 0, 5, ["4", "1"]),
        ("4/4", 3, 5, ["1", "4"]),
        ("4/4", 1, 5, ["3", "2"]),
        ("4/4", 0, 7, ["4", "3"]),
        ("4/4", 1, 7, ["3", "4"]),
        ("4/4", 0, 8, ["8"]),
        ("4/4", 1, 2, ["2"]),  # syncopes are notes of their own
        ("4/4", 1, 6, ["6"]),
        ("3/4", 0, 5, ["4", "1"]),
        ("3/4", 1, 5, ["1", "4"]),
        ("2/4", "3/2", "5/2", ["1/2", "2"]),
        ("5/4", 0, 10, ["8", "2"]),
        ("6/8", 0, 3, ["3"]),
        ("6/8", 0, 6, ["6"]),
        ("6/8", 0, 5, ["3", "2"]),
        ("6/8", 1, 5, ["2", "3"]),
        ("6/8", 0, 4, ["3", "1"]),  # a half note hides the beat
        ("6/8", 2, 2, ["1", "1"]),
        ("9/8", 0, 9, ["6", "3"]),
        ("9/8", 0, 8, ["6", "2"]),
        ("9/8", 1, 8, ["2", "6"]),
        ("12/8", 0, 12, ["12"]),
        ("12/8", 0, 9, ["6", "3"]),
        ("4/4", 0, "10/3", ["2", "4/3"]),  # a quarter and two thirds of one
        ("4/4", "2/3", 2, ["4/3", "2/3"]),  # from within a triplet into the next beat
        ("4/4", "4/3", "4/3", ["4/3"]),  # the second of three quarters in a half
    ],
)
def test_a_length_is_cut_where_the_measure_is(meter, start, length, parts):
    assert eighths(meter, start, length) == (parts, [True] * (len(parts) - 1) + [False])


def test_rests_are_cut_and_not_tied_but_one_of_a_measure():
    assert eighths("4/4", 3, 5, None) == (["1", "4"], [False, False])
    assert eighths("9/8", 0, 9, None) == (["9"], [False])


def test_rests_show_the_beats_of_simple_meters_too():
    assert eighths("4/4", 5, 3, None) == (["1", "2"], [False, False])
    assert eighths("4/4", 0, 3, None) == (["2", "1"], [False, False])
    assert eighths("4/4", 0, 6, None) == (["6"], [False])


def test_a_note_tied_over_the_barline_stays_so():
    measure = Measure("4/4", (Event(60, F(3, 2), False), Event(62, F(5, 2), True)))
    assert [event.tied for event in note_values.tied(measure, F(0))] == [False, True, True]


def beams(tune):
    """Return the first beam of each note: begin, continue, end or nothing."""
    root = ElementTree.fromstring(musicxml.content(tune))
    return [
        [n.findtext("beam", "-")[0] for n in bar.iterfind("note")] for bar in root.iter("measure")
    ]


def test_beams_go_on_behind_a_cut(make_tune):
    """Half and eighth, and with the eighth the next one."""
    tune = make_tune((0, "5/2", 60), ("5/2", "1/2", 62), (3, 1, 64))
    assert beams(tune) == [["-", "b", "e", "-"]]


def test_beams_of_an_upbeat_end_with_their_beat_and_those_of_a_last_measure_begin_with_it(
    make_tune,
):
    """In 6/8 four eighths and, at the end, two: .. C CCC | CC."""
    notes = [(1 + k / 2, "1/2", 60 + k) for k in range(6)]
    assert beams(make_tune(*notes, meter="6/8")) == [["-", "b", "c", "e"], ["b", "e"]]


def test_a_beginning_in_writing_stays(make_tune):
    tune = make_tune((0, "1/3", 60), ("1/3", "2/3", 62), (1, "1/8", 64), ("9/8", "7/8", 65))
    assert note_values.in_writing(tune) is tune
    assert note_values.in_writing(make_tune((0, "1/5", 60))).notes[0].duration == F(1, 5)


def test_one_that_was_played_is_moved_to_sixteenths(make_tune):
    """Ticks of 1/480: the second note is too short to be one."""
    tune = make_tune((0, "241/480", 60), ("241/480", "7/480", 61), ("250/480", "479/480", 62))
    assert _triples(note_values.in_writing(tune)) == [(0, F(1, 2), 60), (F(1, 2), 1, 62)]


def test_one_with_nothing_but_ticks_is_refused(make_tune):
    with pytest.raises(InputError, match=r"book\.abc: all its notes are shorter than sixteenths"):
        note_values.in_writing(make_tune(("1/480", "7/480", 60)))


@pytest.mark.parametrize(
    ("length", "name"),
    [
        (4, "whole"),
        (3, "dotted half"),
        (1, "quarter"),
        (Fraction(3, 4), "dotted eighth"),
        (Fraction(1, 4), "sixteenth"),
        (Fraction(1, 3), "1/3 of a quarter"),
        (Fraction(5, 2), "5/2 quarters"),
    ],
)
def test_a_length_has_a_name(length, name):
    assert note_values.name(Fraction(length)) == name
