"""Which meter tokens are in, told by where notes begin."""

import numpy as np
import pytest

from nottingham.generation.rhythm import Meters
from nottingham.representation import Grid

GRID = Grid(8)

A, B, C = 40, 42, 44
JIG = [A, A, B, A, A, B, B, C]  # as eighths of 6/8 fall on 8 steps: at 0, 2, 3, 5, 7
REEL = [A, B, A, B, A, B, A, B]


def tokens(*measures):
    return np.array(measures, np.uint8).reshape(-1)


@pytest.fixture
def meters():
    return Meters.of(
        [("6/8", tokens(JIG, JIG)), ("4/4", tokens(REEL, REEL, REEL)), ("6/8", tokens(JIG, JIG))],
        GRID,
    )


def test_the_commonest_meter_comes_first(meters):
    assert meters.names == ("6/8", "4/4")
    assert meters.shares.tolist() == pytest.approx([4 / 7, 3 / 7])


def test_notes_are_counted_where_they_begin(meters):
    """In all of four measures, or in none, with half a measure added: 4.5 or 0.5 of 5."""
    begins = [0, 2, 3, 5, 7]
    assert meters.begins[0].tolist() == [
        4.5 / 5 if step in begins else 0.5 / 5 for step in range(8)
    ]
    assert meters.begins[1].tolist() == [3.5 / 4] * 8


def test_a_note_held_over_a_barline_begins_once():
    held = Meters.of([("4/4", tokens([A] * 8, [A] * 8))], GRID)
    assert held.begins[0].tolist() == [1.5 / 3] + [0.5 / 3] * 7


def test_rests_do_not_begin():
    resting = Meters.of([("4/4", tokens([0, 0, A, A, 0, 0, A, A]))], GRID)
    assert resting.begins[0].tolist() == [0.25, 0.25, 0.75, 0.25, 0.25, 0.25, 0.75, 0.25]


def test_a_measure_that_is_not_whole_is_left_out():
    short = Meters.of([("4/4", tokens(REEL, [A] * 8)[:12])], GRID)
    assert short.begins[0].tolist() == [0.75] * 8


def test_rhythms_are_recognized(meters):
    likely, usual = meters.judge(np.stack([tokens(JIG, JIG), tokens(REEL, REEL)]))
    assert likely.argmax(axis=1).tolist() == [0, 1]
    assert likely.sum(axis=1).tolist() == pytest.approx([1, 1])
    assert usual.tolist() == [[True, False], [False, True]]


def test_bayes_rule_by_hand(meters):
    """A measure in which one note begins, at its first step."""
    likely, _ = meters.judge(tokens([A] * 8)[None])
    jig = 4 / 7 * 0.9 * 0.1**4 * 0.9**3
    reel = 3 / 7 * 0.875 * 0.125**7
    assert likely[0].tolist() == pytest.approx([jig / (jig + reel), reel / (jig + reel)])
