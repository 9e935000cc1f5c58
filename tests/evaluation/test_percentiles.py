"""A tune's place among real ones, counted by hand."""

from fractions import Fraction

import pytest

from nottingham.evaluation.percentiles import BITS, FIGURES, RealTunes
from nottingham.music.tune import MeterChange


def ranging(make_tune, semitones, **fields):
    """A measure of two halves, so many semitones apart."""
    return make_tune((0, 2, 60), (2, 2, 60 + semitones), **fields)


@pytest.fixture
def twelve(make_tune):
    """Twelve reels, with ranges of 1 to 12 semitones."""
    return [ranging(make_tune, n, id=f"reels/{n}") for n in range(1, 13)]


def percentiles(found):
    return {one["figure"]: (one["percentile"], one["tunes"]) for one in found["figures"]}


def test_equal_ones_count_by_half(make_tune, twelve):
    """Below 4 semitones are 3 of 12, and one is equal: 3½. Above 12 is none."""
    real = RealTunes(twelve, bits={})
    tune = make_tune((0, 3, 60), (3, 1, 64), id="reels/mine")
    found = real.compare(tune, None)
    assert (found["dance"], found["meter"], found["tunes"]) == ("reel", "4/4", 12)
    assert percentiles(found)["range"] == (29.2, 12)
    assert percentiles(found)["notes_a_measure"] == (50.0, 12)  # all have two
    high = make_tune((0, 3, 60), (3, 1, 80), id="reels/mine")
    assert percentiles(real.compare(high, None))["range"] == (100.0, 12)
    values = {one["figure"]: one["value"] for one in found["figures"]}
    assert (values["range"], values["steps"], values["leaps"]) == (4.0, 0.0, 0.0)


def test_what_cannot_be_counted_is_left_out(make_tune, twelve):
    """One measure has no section, and repeats nothing."""
    found = RealTunes(twelve, bits={}).compare(twelve[0], None)
    assert found is not None
    assert set(FIGURES) - set(percentiles(found)) == {"repeats_4", "repeats_8", "sections_on_tonic"}


def test_a_tune_is_not_compared_with_itself(make_tune, twelve):
    found = RealTunes(twelve, bits={}).compare(twelve[3], None)
    assert found["tunes"] == 11
    assert percentiles(found)["range"] == (27.3, 11)  # 3 of 11


def test_bits_are_compared_with_tunes_that_have_some(make_tune, twelve):
    """Tunes 1 to 10 have 0.1 to 1 bits a note; 0.35 are more than three of ten."""
    bits = {f"reels/{n}": n / 10 for n in range(1, 11)}
    mine = make_tune((0, 4, 60), id="reels/mine")
    found = RealTunes(twelve, bits=bits).compare(mine, 0.35)
    assert percentiles(found)[BITS] == (30.0, 10)
    assert BITS not in percentiles(RealTunes(twelve, bits=bits).compare(mine, None))
    few = {name: bits[name] for name in list(bits)[:9]}
    assert BITS not in percentiles(RealTunes(twelve, bits=few).compare(mine, 0.35))


def test_without_ten_of_its_dance_all_of_the_meter_count(make_tune, twelve):
    real = RealTunes([*twelve, ranging(make_tune, 5, rhythm="Hornpipe")], bits={})
    for rhythm in ("hornpipe", "schottische", "march"):
        found = real.compare(make_tune((0, 4, 60), rhythm=rhythm), None)
        assert (found["dance"], found["tunes"]) == ("", 13)
    assert real.compare(make_tune((0, 4, 60), rhythm="reel"), None)["tunes"] == 12


def test_without_ten_of_its_meter_there_is_no_comparison(make_tune, twelve):
    real = RealTunes(twelve, bits={})
    assert real.compare(make_tune((0, 3, 60), meter="3/4"), None) is None
    assert RealTunes(twelve[:9], bits={}).compare(make_tune((0, 4, 60)), None) is None
    changing = make_tune((0, 4, 60), meter_changes=(MeterChange(Fraction(4), "3/4"),))
    assert real.compare(changing, None) is None


def test_real_tunes_that_change_their_meter_are_left_out(make_tune, twelve):
    changing = make_tune((0, 4, 60), meter_changes=(MeterChange(Fraction(4), "3/4"),))
    real = RealTunes([*twelve, changing, make_tune()], bits={})
    assert real.compare(make_tune((0, 4, 61)), None)["tunes"] == 12
