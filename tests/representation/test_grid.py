from fractions import Fraction

import numpy as np
import pytest

from nottingham.errors import InputError
from nottingham.music.tune import MeterChange, Note
from nottingham.representation import Grid

GRID = Grid(8)
C, D, E, G = 40, 42, 44, 47


def test_the_poster_s_example(make_tune):
    """[C, C, C, C, G]: C is held for four steps, G for one."""
    tune = make_tune((0, 2, 60), (2, "1/2", 67))
    tokens = GRID.encode(tune)
    assert tokens.tolist() == [C, C, C, C, G]
    assert tokens.dtype == np.uint8


def test_a_step_of_six_eight_is_three_sixteenths(make_tune):
    tune = make_tune((0, "3/2", 60), ("3/2", "3/2", 67), meter="6/8")
    assert GRID.encode(tune).tolist() == [C] * 4 + [G] * 4


def test_rests_and_the_upbeat(make_tune):
    tune = make_tune((3, 1, 60), (5, "1/2", 62))
    assert GRID.encode(tune).tolist() == [0] * 6 + [C, C, 0, 0, D]


def test_a_step_holds_what_sounds_at_its_first_moment(make_tune):
    triplet = make_tune((0, "1/3", 60), ("1/3", "1/3", 62), ("2/3", "1/3", 64))
    assert GRID.encode(triplet).tolist() == [C, D]
    between = make_tune((0, "1/4", 60), ("1/4", "1/4", 62), ("1/2", "1/2", 64))
    assert GRID.encode(between).tolist() == [C, E]


def test_a_repeated_note_looks_held(make_tune):
    repeated = make_tune((0, 1, 60), (1, 1, 60))
    held = make_tune((0, 2, 60))
    assert GRID.encode(repeated).tolist() == GRID.encode(held).tolist()


def test_every_measure_has_its_steps_through_a_change_of_meter(make_tune):
    change = (MeterChange(Fraction(4), "6/8"), MeterChange(Fraction(7), "3/4"))
    tune = make_tune((0, 4, 60), (4, 3, 62), (7, 3, 64), meter_changes=change)
    assert GRID.encode(tune).tolist() == [C] * 8 + [D] * 8 + [E] * 8


def test_a_change_of_meter_in_mid_measure_starts_a_new_one(make_tune):
    tune = make_tune((0, 3, 60), (3, 3, 62), meter_changes=(MeterChange(Fraction(3), "6/8"),))
    assert GRID.encode(tune).tolist() == [C] * 8 + [D] * 8


@pytest.mark.parametrize("pitch", [20, 109])
def test_a_pitch_off_the_piano_is_refused(make_tune, pitch):
    with pytest.raises(InputError, match=rf"book\.abc, tune book/1: pitch {pitch} is outside"):
        GRID.encode(make_tune((0, 1, pitch)))


@pytest.mark.parametrize("steps", [0, -8, 8.0, True, "8", None])
def test_a_grid_has_a_whole_number_of_steps(steps):
    with pytest.raises(ValueError, match=f"^there are no measures of {steps!r} steps$"):
        Grid(steps)


def test_names_are_those_of_rest_and_piano_keys():
    names = GRID.vocabulary.names
    assert [names[token] for token in (0, 1, C, 88)] == ["rest", "A0", "C4", "C8"]
    assert len(names) == 89


def test_a_note_that_falls_between_two_steps_is_left_out(make_tune):
    """Of the silence around a last one, a step is left."""
    tune = make_tune((0, "1/2", 60), ("5/8", "1/8", 62))
    assert GRID.encode(tune).tolist() == [C, 0]


def test_no_notes_no_steps(make_tune):
    assert GRID.encode(make_tune()).shape == (0,)


def test_decode(make_tune):
    tokens = np.array([0, C, C, 0, G, G, E], np.uint8)
    half = Fraction(1, 2)
    assert GRID.decode(tokens, make_tune()).notes == (
        Note(half, Fraction(1), 60),
        Note(Fraction(2), Fraction(1), 67),
        Note(Fraction(3), half, 64),
    )


@pytest.mark.parametrize(
    ("meter", "steps", "expected"),
    [
        ("4/4", 8, "0 1/2 1 3/2 2 5/2 3 7/2"),
        ("2/4", 8, "0 1/4 1/2 3/4 1 5/4 3/2 7/4"),
        ("6/8", 8, "0 1/4 1/2 1 3/2 7/4 2 5/2"),  # all eighths and two sixteenths
        ("3/4", 8, "0 1/4 1/2 1 3/2 7/4 2 5/2"),
        ("9/8", 8, "0 1/2 1 3/2 2 5/2 3 7/2"),
        ("5/4", 8, "0 1/2 1 3/2 2 3 7/2 4"),  # a whole quarter before a half one
        ("2/4", 6, "0 1/3 1/2 1 4/3 3/2"),
        ("6/8", 6, "0 1/2 1 3/2 2 5/2"),
    ],
)
def test_moments_are_what_a_musician_would_write(meter, steps, expected):
    assert Grid(steps).moments(meter) == [Fraction(moment) for moment in expected.split()]


def test_a_jig_comes_back_as_it_was_written(make_tune):
    eighths = [(Fraction(k, 2), Fraction(1, 2), 60 + k) for k in range(6)]
    tune = make_tune(*eighths[:4], (2, 1, 70), meter="6/8")
    assert GRID.decode(GRID.encode(tune), tune) == tune
