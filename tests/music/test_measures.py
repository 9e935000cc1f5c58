"""The measures of a tune, an upbeat before them, through changes of meter."""

from fractions import Fraction

import pytest

from nottingham.music import measures
from nottingham.music.tune import ChordSymbol, MeterChange, Note, Voice


def meters(*changes):
    return tuple(MeterChange(Fraction(onset), meter) for onset, meter in changes)


@pytest.mark.parametrize(
    ("notes", "fields", "count"),
    [
        ([], {}, 1),
        ([(0, 1, 60)], {}, 1),
        ([(0, 4, 60)], {}, 1),
        ([(0, 4, 60), (4, 1, 62)], {}, 2),
        ([(0, 9, 60)], {"meter": "6/8"}, 3),
        ([(3, 1, 60)], {}, 1),  # an upbeat alone
        ([(3, 1, 60), (4, 4, 62)], {}, 1),
        ([(3, 1, 60), (4, 5, 62)], {}, 2),
        ([(4, 4, 60)], {}, 2),  # a rest of a measure is no upbeat
        ([(0, 4, 60), (4, 6, 62)], {"meter_changes": meters((4, "6/8"))}, 3),
        ([(0, 5, 60), (5, 6, 62)], {"meter_changes": meters((5, "6/8"))}, 4),  # one is cut
        ([(0, 4, 60)], {"meter_changes": meters((4, "6/8"))}, 1),
        ([(3, 1, 60), (4, 3, 60)], {"meter_changes": meters((4, "6/8"), (7, "9/8"))}, 1),
    ],
)
def test_measures_are_counted(make_tune, notes, fields, count):
    assert measures.count(make_tune(*notes, **fields)) == count


def test_when_measures_begin(make_tune):
    """In 4/4, from 5 on in 6/8; with an upbeat, the first measure is the one after it."""
    changes = meters((5, "6/8"))
    whole = make_tune((0, 20, 60), meter_changes=changes)
    assert [measures.start(whole, number) for number in range(5)] == [0, 4, 5, 8, 11]
    upbeat = make_tune((3, 17, 60), meter_changes=changes)
    assert [measures.start(upbeat, number) for number in range(4)] == [4, 5, 8, 11]


def test_a_tune_is_cut_at_a_barline(make_tune):
    """A note that lasts beyond it is cut, too; chords, voices and later meters are left out."""
    low = Voice("Bass", (Note(Fraction(0), Fraction(8), 40),))
    tune = make_tune(
        *[(0, 3, 60), (3, 2, 62), (5, "5/2", 64), ("15/2", 1, 65)],
        chords=(ChordSymbol(Fraction(0), "C"),),
        meter_changes=meters((8, "6/8")),
        further_voices=(low,),
    )
    assert measures.cut(tune, 1) == make_tune((0, 3, 60), (3, 1, 62))
    assert measures.after(tune, 1) == make_tune((0, 1, 62), (1, "5/2", 64), ("7/2", 1, 65))
    assert measures.cut(tune, 3) == make_tune(*((n.onset, n.duration, n.pitch) for n in tune.notes))
    assert measures.after(tune, 3) == measures.cut(tune, 0) == make_tune()


@pytest.mark.parametrize(("moment", "number"), [(0, 0), (2, 0), (3, 1), (5.5, 1), (6, 2), (9, 3)])
def test_players_count_from_the_first_full_measure(make_tune, moment, number):
    """An upbeat of a quarter in 3/4, in the measure before the first."""
    tune = make_tune((2, 1, 60), (3, 6, 62), meter="3/4")
    assert measures.number(tune, Fraction(moment)) == number
    without = make_tune((0, 6, 62), meter="3/4")
    assert measures.number(without, Fraction(moment)) == number + 1


def test_measures_are_numbered_through_a_change_of_meter(make_tune):
    tune = make_tune((0, 10, 60), meter_changes=(MeterChange(Fraction(4), "3/4"),))
    assert [measures.number(tune, Fraction(m)) for m in (3, 4, 6, 7)] == [1, 2, 2, 3]
