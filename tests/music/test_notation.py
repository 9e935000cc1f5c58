"""Measures, ties and spelling, which all written forms share."""

from fractions import Fraction

import pytest

from nottingham.music import notation
from nottingham.music.notation import Event, Measure, Spelling
from nottingham.music.tune import MeterChange

F = Fraction


def test_a_note_over_a_barline_is_tied(make_tune):
    tune = make_tune((0, 3, 60), (3, 6, 62))
    assert notation.measures(tune) == [
        Measure("4/4", (Event(60, F(3), False), Event(62, F(1), True))),
        Measure("4/4", (Event(62, F(4), True),)),
        Measure("4/4", (Event(62, F(1), False), Event(None, F(3), False))),
    ]


def test_rests_fill_gaps_and_are_never_tied(make_tune):
    tune = make_tune((0, 1, 60), (6, 2, 62))
    assert notation.measures(tune) == [
        Measure("4/4", (Event(60, F(1), False), Event(None, F(3), False))),
        Measure("4/4", (Event(None, F(2), False), Event(62, F(2), False))),
    ]


def test_the_last_measure_makes_up_for_an_upbeat(make_tune):
    """An upbeat of an eighth in 6/8, and a last measure of five, the fifth a rest."""
    tune = make_tune(("5/2", "1/2", 60), (3, 3, 62), (6, 2, 64), meter="6/8")
    lengths = [sum(event.length for event in m.events) for m in notation.measures(tune)]
    assert lengths == [F(1, 2), 3, F(5, 2)]


def test_a_last_measure_that_is_fuller_is_a_whole_one(make_tune):
    tune = make_tune(("5/2", "1/2", 60), (3, 3, 62), (6, "11/4", 64), meter="6/8")
    assert sum(event.length for event in notation.measures(tune)[-1].events) == 3


def test_a_change_of_meter_begins_a_measure(make_tune):
    tune = make_tune((0, 4, 60), (4, 3, 62), meter_changes=(MeterChange(F(4), "3/4"),))
    assert [measure.meter for measure in notation.measures(tune)] == ["4/4", "3/4"]


def test_a_tune_without_notes_has_no_measures(make_tune):
    assert notation.measures(make_tune()) == []


C_TO_B = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"]


def named(pitch, key):
    letter, accidental, _ = notation.spell(pitch, key)
    return letter + {-1: "b", 0: "", 1: "#"}[accidental]


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("C major", C_TO_B),
        ("", C_TO_B),
        ("A minor", ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "Bb", "B"]),
        ("D dorian", C_TO_B),
        ("D major", ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]),
        ("Eb major", ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"]),
        ("F# major", ["B#", "C#", "D", "D#", "E", "E#", "F#", "G", "G#", "A", "A#", "B"]),
        ("Gb major", ["C", "Db", "D", "Eb", "Fb", "F", "Gb", "G", "Ab", "A", "Bb", "Cb"]),
    ],
)
def test_pitches_are_spelled_as_in_the_key(key, names):
    """Flattened thirds and sevenths are flats, in minor the flattened second; others are sharps."""
    assert [named(60 + step, key) for step in range(12)] == names


def test_octaves_go_by_the_letter():
    """B sharp sounds as the C above, C flat as the B below."""
    assert notation.spell(60, "C major") == Spelling("C", 0, 4)
    assert notation.spell(60, "C# major") == Spelling("B", 1, 3)
    assert notation.spell(59, "Cb major") == Spelling("C", -1, 4)
    assert notation.spell(21, "C major") == Spelling("A", 0, 0)


@pytest.mark.parametrize(
    ("place", "named"),
    [(0, ("C", 0)), (1, ("G", 0)), (-1, ("F", 0)), (6, ("F", 1)), (-2, ("B", -1)), (7, ("C", 1))],
)
def test_the_line_of_fifths(place, named):
    assert notation.on_fifths(place) == named


@pytest.mark.parametrize(
    ("pitch", "key", "name"),
    [(70, "F major", "Bb4"), (70, "B major", "A#4"), (60, "", "C4"), (66, "D major", "F#4")],
)
def test_a_pitch_has_the_name_that_it_has_in_the_key(pitch, key, name):
    assert notation.name(pitch, key) == name
