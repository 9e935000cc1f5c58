"""The timing in which hornpipes are played, worked out by hand."""

from fractions import Fraction

import pytest

from nottingham.formats.midi import reader, writer
from nottingham.music.swing import straight, swung
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


@pytest.mark.parametrize("meter", ["4/4", "2/2", "2/4"])
def test_what_is_swung_is_written_evenly_again(make_tune, meter):
    """Dotted pairs, triplets and an upbeat among the pairs stay, or come back, as they were."""
    pair = Fraction(1, 2) if meter == "2/4" else Fraction(1)
    notes = [(3.5 * pair, pair / 2, 60)]
    notes += [(pair * (4 + k / 2), pair / 2, 60 + k % 5) for k in range(40)]
    notes += [(pair * (24 + Fraction(k, 3)), pair / 3, 64) for k in range(6)]
    notes += [(26 * pair, pair * 3 / 4, 62), (26.75 * pair, pair / 4, 64), (27 * pair, pair, 60)]
    tune = make_tune(*notes, meter=meter, rhythm="hornpipe")
    played = swung(tune)
    assert played != tune
    assert straight(played) == tune
    assert straight(tune) is tune


def test_a_few_uneven_pairs_are_written_so(make_tune):
    """Fifteen of them; or sixteen beside two even ones."""
    uneven = [
        note for k in range(16) for note in ((k, 4 * SIXTH, 60), (k + 4 * SIXTH, 2 * SIXTH, 62))
    ]
    for notes in (uneven[:-2], [*uneven, *((16 + k / 2, 0.5, 60) for k in range(4))]):
        tune = make_tune(*notes)
        assert straight(tune) is tune
    assert straight(make_tune(*uneven)) != make_tune(*uneven)


def test_a_tune_in_three_or_with_two_meters_is_left_alone(make_tune):
    uneven = [
        note for k in range(24) for note in ((k, 4 * SIXTH, 60), (k + 4 * SIXTH, 2 * SIXTH, 62))
    ]
    for fields in ({"meter": "3/4"}, {"meter_changes": (MeterChange(Fraction(4), "2/4"),)}):
        tune = make_tune(*uneven, **fields)
        assert straight(tune) is tune
