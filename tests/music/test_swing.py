"""The timing in which hornpipes are played, worked out by hand."""

from fractions import Fraction

import pytest

from nottingham.formats.midi import reader, writer
from nottingham.music.swing import swung
from nottingham.music.tune import MeterChange

SIXTH = Fraction(1, 6)


def times(tune):
    return [(note.onset, note.duration) for note in swung(tune).notes]


def test_two_eighths_on_a_beat_are_two_to_one(make_tune):
    tune = make_tune((0, 0.5, 60), (0.5, 0.5, 62), (1, 1, 64), rhythm="Hornpipe")
    assert times(tune) == [(0, 4 * SIXTH), (4 * SIXTH, 2 * SIXTH), (1, 1)]
    assert [note.pitch for note in swung(tune).notes] == [60, 62, 64]


def test_an_eighth_that_is_an_upbeat_is_as_late_and_as_short(make_tune):
    tune = make_tune((3.5, 0.5, 60), (4, 4, 62), rhythm="Hornpipe")
    assert times(tune) == [(3 + 4 * SIXTH, 2 * SIXTH), (4, 4)]


def test_a_syncopated_quarter_lies_between_two_swung_eighths(make_tune):
    tune = make_tune((0, 0.5, 60), (0.5, 1, 62), (1.5, 0.5, 60), rhythm="Hornpipe")
    assert times(tune) == [(0, 4 * SIXTH), (4 * SIXTH, 1), (1 + 4 * SIXTH, 2 * SIXTH)]


@pytest.mark.parametrize(
    "notes",
    [
        [(0, 0.75, 60), (0.75, 0.25, 62)],
        [(0, 0.25, 60), (0.25, 0.75, 62)],
        [(Fraction(k, 3), Fraction(1, 3), 60 + k) for k in range(3)],
        [(k / 4, 0.25, 60 + k) for k in range(4)],
        [(0, 0.5, 60), (0.5, 0.25, 62), (0.75, 0.25, 64)],
        [(0, 2, 60), (2, 2, 62)],
    ],
    ids=["dotted", "snapped", "triplet", "sixteenths", "eighth and sixteenths", "halves"],
)
def test_what_is_not_two_halves_of_a_beat_stays_as_it_is_written(make_tune, notes):
    tune = make_tune(*notes, rhythm="Hornpipe")
    assert swung(tune) == tune


def test_in_two_four_the_pairs_are_sixteenths(make_tune):
    notes = (0, 0.25, 60), (0.25, 0.25, 62), (0.5, 0.5, 64)
    tune = make_tune(*notes, meter="2/4", rhythm="Hornpipe")
    third = Fraction(1, 3)
    assert times(tune) == [(0, third), (third, third / 2), (0.5, 0.5)]


@pytest.mark.parametrize(
    "fields",
    [
        {"rhythm": "Reel"},
        {"id": "reels/1"},
        {"rhythm": "Hornpipe", "meter": "3/2"},
        {"rhythm": "Hornpipe", "meter_changes": (MeterChange(Fraction(4), "3/4"),)},
    ],
)
def test_nothing_else_is_swung(make_tune, fields):
    tune = make_tune((0, 0.5, 60), (0.5, 0.5, 62), **fields)
    assert swung(tune) == tune


def test_a_midi_file_is_as_it_is_written(make_tune, tmp_path):
    tune = make_tune((0, 0.5, 60), (0.5, 0.5, 62), (1, 3, 64), rhythm="Hornpipe")
    writer.write(tune, tmp_path / "a.mid")
    assert reader.read((tmp_path / "a.mid").read_bytes(), id="a", source="a").notes == tune.notes
