"""The nearest relative of a tune, in tunes written by hand."""

from dataclasses import replace
from fractions import Fraction

from nottingham.evaluation.relatives import Relatives
from nottingham.music.tune import Note

MELODY = (60, 62, 64, 67, 65, 64, 62, 60)


def of_quarters(make_tune, pitches, start=0, **fields):
    return make_tune(*((start + k, 1, pitch) for k, pitch in enumerate(pitches)), **fields)


def test_the_longest_passage_is_found_in_another_key_and_rhythm(make_tune):
    """Notes 3 to 7 of eight quarters, in measures 1 and 2 of 4/4; there a fifth higher, in eighths
    after four quarters: all in measure 2."""
    passage = [pitch + 7 for pitch in MELODY[2:7]]
    opening = [Note(Fraction(k), Fraction(1), 60 + 5 * (k % 2)) for k in range(4)]
    eighths = [Note(4 + Fraction(k, 2), Fraction(1, 2), p) for k, p in enumerate(passage)]
    known = replace(make_tune(id="b/2", title="Near"), notes=(*opening, *eighths))
    far = of_quarters(make_tune, [60, 72, 61, 73, 62], id="b/1")
    assert Relatives([far, known]).nearest(of_quarters(make_tune, MELODY)) == {
        "id": "b/2",
        "title": "Near",
        "notes": 5,
        "measures": [1, 2],
        "its_measures": [2, 2],
        "same": False,
    }


def test_the_tune_itself_is_told_in_any_key(make_tune):
    tune = of_quarters(make_tune, MELODY, start=3)  # an upbeat of a quarter
    higher = replace(tune, notes=tuple(replace(n, pitch=n.pitch + 2) for n in tune.notes))
    found = Relatives([of_quarters(make_tune, [60, 60]), higher]).nearest(tune)
    assert found["same"]
    assert (found["notes"], found["measures"], found["its_measures"]) == (8, [0, 2], [0, 2])


def test_a_tune_that_goes_on_after_another_one_is_not_the_same(make_tune):
    tune = of_quarters(make_tune, MELODY)
    longer = of_quarters(make_tune, [*MELODY, 72])
    assert Relatives([longer]).nearest(tune)["same"] is False
    assert Relatives([tune]).nearest(longer)["same"] is False


def test_the_first_of_several_is_told(make_tune):
    """Of two tunes with the same passage the first, and its first place there and here."""
    twice = [*MELODY[:4], 80, *MELODY[:4]]
    known = [of_quarters(make_tune, [50, 80, *twice], id=f"b/{n}") for n in (1, 2)]
    found = Relatives(known).nearest(of_quarters(make_tune, [*MELODY[:4], 40, *MELODY[:4]]))
    assert (found["id"], found["notes"]) == ("b/1", 4)
    assert (found["measures"], found["its_measures"]) == ([1, 1], [1, 2])


def test_nothing_in_common_is_none(make_tune):
    known = Relatives([of_quarters(make_tune, [60, 61, 62])])
    assert known.nearest(of_quarters(make_tune, [60, 67])) is None
    assert known.nearest(of_quarters(make_tune, [60])) is None
    assert Relatives([]).nearest(of_quarters(make_tune, MELODY)) is None
