"""New tunes of so many measures, by models whose mind is known."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nottingham.errors import InputError
from nottingham.generation import compose
from nottingham.generation.constraints import Constraints
from nottingham.generation.request import Request
from nottingham.generation.rhythm import Meters
from nottingham.models.counting.baselines import Uniform
from nottingham.models.sampling import AS_PREDICTED
from nottingham.music import keys, measures, notation
from nottingham.music.tune import MeterChange, Note, Tune, measure_length
from nottingham.representation import Grid, Notes
from tests.known_model import KnownModel, expecting

GRID = Grid(8)
REEL, JIG = np.tile([40, 42], 16), np.tile([40, 40, 42, 40, 40, 42, 42, 44], 4)
METERS = Meters.of([("4/4", REEL), ("6/8", JIG)], GRID)

SURE = 1 - 1e-15
UNIFORM = Uniform(GRID)
SILENT = KnownModel(lambda before: expecting([0] * len(before), SURE))
HOLDING = KnownModel(lambda before: expecting(before[:, -1], SURE))


def begun(*notes, meter="4/4", key="C major"):
    melody = tuple(Note(Fraction(o), Fraction(d), p) for o, d, p in notes)
    return Tune("mine/1", "Mine", meter, key, melody, (), "mine.abc")


def lengths(tune):
    return [sum(e.length for e in measure.events) for measure in notation.measures(tune)]


@pytest.mark.parametrize("meter", ["4/4", "6/8", ""])
@pytest.mark.parametrize("bars", [2, 5])
def test_there_are_as_many_measures_as_asked_for(meter, bars):
    tunes = compose.from_nothing(UNIFORM, METERS, Request(bars, count=6, meter=meter))
    for tune in tunes:
        whole = measure_length(tune.meter)
        assert not meter or tune.meter == meter
        assert len(lengths(tune)) == bars + bool(tune.upbeat)
        assert sum(lengths(tune)) == bars * whole


def test_each_tune_has_the_length_that_is_asked_for_it():
    request = Request(8, count=4, meter="6/8")
    tunes = compose.from_nothing(UNIFORM, METERS, request, lengths=[3, 1, 12, 2])
    assert [sum(lengths(tune)) for tune in tunes] == [9, 3, 36, 6]


def test_tunes_from_nothing_are_of_the_dances_and_in_the_range_of_training_tunes(make_tune):
    """In 6/8 of one measure. One in 21 goes lower and higher; others, no dance's, go up to E4."""
    trained = [
        *[make_tune((0, 2, 60), (2, 1, 62), meter="6/8")] * 18,
        *[make_tune((0, 4, 64), meter="9/8")] * 2,
        make_tune((0, 2, 48), (2, 1, 84), meter="6/8"),
        make_tune((0, 3, 90), meter="6/8", meter_changes=(MeterChange(Fraction(3), "2/4"),)),
    ]
    found = compose.of_each_dance(Uniform(Notes()), trained, 9, seed=1, sampling=AS_PREDICTED)
    assert list(found) == ["jig"]
    assert [measures.count(tune) for tune in found["jig"]] == [1] * 9
    assert {note.pitch for tune in found["jig"] for note in tune.notes} <= set(range(60, 65))


def test_new_tunes_are_as_long_as_known_ones(make_tune):
    two, three = (make_tune((0, quarters, 60)) for quarters in (8, 12))
    found = compose.lengths([two, three, two, two], 12, seed=1)
    assert sorted(found) == [2] * 9 + [3] * 3
    assert found != sorted(found)
    assert compose.lengths([three, two], 1, seed=1) == [3]


def test_a_model_that_is_silent_still_ends_with_a_measure():
    """Were there rests alone, there would be nothing to write a measure of."""
    (tune,) = compose.from_nothing(SILENT, METERS, Request(3, meter="6/8"))
    assert [note.onset for note in tune.notes] == [6]
    assert lengths(tune) == [3, 3, 3]


def test_the_key_is_found_where_none_is_asked_for():
    request = Request(4, count=2, constraints=Constraints(lowest=60, highest=71))
    for tune in compose.from_nothing(UNIFORM, METERS, request):
        assert tune.key == keys.find(tune.notes)


def test_a_meter_that_nothing_was_learnt_of_is_refused():
    with pytest.raises(InputError, match=r"--meter 7/8: .* name one of 4/4, 6/8"):
        compose.from_nothing(UNIFORM, METERS, Request(4, meter="7/8"))


def test_of_openings_the_one_in_the_meter_is_taken():
    """Random notes that may begin anywhere are rarely a jig: the best of 16 comes closer."""

    def likely(meter):
        tunes = compose.from_nothing(UNIFORM, METERS, Request(2, count=20, meter=meter))
        first = np.stack([GRID.encode(tune)[:8] for tune in tunes])
        return METERS.judge(first)[0][:, METERS.names.index("6/8")].mean()

    assert likely("6/8") > likely("4/4")


def test_more_tunes_are_the_same_and_more():
    few, many = (compose.from_nothing(UNIFORM, METERS, Request(4, count=n)) for n in (2, 5))
    assert many[:2] == few


def test_the_last_note_given_is_held_as_the_model_would():
    primer = begun((0, 1, 60), (1, 1, 64))
    (tune,) = compose.from_primer(HOLDING, primer, Request(2))
    assert tune.notes == (*begun((0, 1, 60), (1, 7, 64)).notes,)


def test_the_last_measure_makes_up_for_an_upbeat():
    primer = begun(("5/2", "1/2", 62), (3, 1, 67), meter="6/8", key="G major")
    (tune,) = compose.from_primer(HOLDING, primer, Request(4))
    assert lengths(tune) == [Fraction(1, 2), 3, 3, 3, Fraction(5, 2)]
    assert tune.end == 3 + 3 * 3 + Fraction(5, 2)


UPBEATS = [("9/8", Fraction(4)), ("4/4", Fraction(13, 4)), ("3/2", Fraction(11, 2)), ("5/4", 4)]


@pytest.mark.parametrize(("meter", "onset"), UPBEATS)
def test_upbeats_that_the_grid_has_not_are_made_up_for_too(meter, onset):
    """The eighth before 9/8, a ninth of the measure, is on no step of eight."""
    whole = measure_length(meter)
    primer = begun((onset, whole - onset, 62), (whole, 1, 67), meter=meter, key="G major")
    (tune,) = compose.from_primer(HOLDING, primer, Request(3))
    assert lengths(tune) == [whole - onset, whole, whole, onset]


lengths_of_notes = st.sampled_from(["1/4", "1/3", "1/2", "2/3", "3/4", "1", "3/2"])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(lengths_of_notes, st.integers(55, 80), st.booleans()), min_size=1, max_size=9
    ),
    st.sampled_from(["4/4", "6/8", "3/4", "9/8", "5/4", "3/2", "2/4"]),
    st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(5, 4), Fraction(3, 2)]),
    st.integers(0, 5),
)
def test_any_beginning_is_kept_and_gone_on_from(notes, meter, start, seed):
    now, placed = start, []
    for length, pitch, rests in notes:
        placed.append((now, length, pitch))
        now += Fraction(length) * (2 if rests else 1)
    primer = begun(*placed, meter=meter)
    request = Request(12, seed=seed, constraints=Constraints(lowest=50, highest=90))
    (tune,) = compose.from_primer(UNIFORM, primer, request)
    given_ = len(primer.notes)
    assert tune.notes[: given_ - 1] == primer.notes[:-1]
    last = tune.notes[given_ - 1]
    assert (last.onset, last.pitch) == (primer.notes[-1].onset, primer.notes[-1].pitch)
    assert last.duration >= primer.notes[-1].duration
    ends = [note.onset + note.duration for note in tune.notes]
    assert all(end <= note.onset for end, note in zip(ends, tune.notes[1:], strict=False))
    assert sum(lengths(tune)) == 12 * measure_length(meter)


def test_a_beginning_moves_to_the_key():
    primer = begun((0, 1, 60), (1, 1, 64))
    request = Request(2, constraints=Constraints(key="D major"))
    (tune,) = compose.from_primer(HOLDING, primer, request)
    assert (tune.key, [note.pitch for note in tune.notes]) == ("D major", [62, 66])


@pytest.mark.parametrize(
    ("notes", "bars", "remedy"),
    [
        ([(k, 1, 60) for k in range(10)], 2, "its 3 measures .* ask for --bars 3 or more"),
        ([(k, 1, 60) for k in range(12)], 2, "its 3 measures .* ask for --bars 4 or more"),
        ([(3 + k, 1, 60) for k in range(9)], 2, "its 2 measures .* ask for --bars 3 or more"),
        ([(4 * k, 4, 60) for k in range(511)], 2, "its 511 measures .* ask for --bars 512 or more"),
        (
            [(4 * k, 4, 60) for k in range(600)],
            512,
            "its 600 measures .* 512 is the most, so shorten it to 511 or fewer",
        ),
    ],
)
def test_a_beginning_that_is_too_long_is_refused_with_what_can_be_done(notes, bars, remedy):
    """Where more measures are asked for, or fewer given, as it says, there is room."""
    with pytest.raises(InputError, match=remedy):
        compose.from_primer(HOLDING, begun(*notes), Request(bars))


@pytest.mark.parametrize(
    ("changed", "request_", "message"),
    [
        ({}, Request(1), r"mine\.abc: its 1 measures leave none .* ask for --bars 2 or more"),
        (
            {"meter_changes": (MeterChange(Fraction(4), "3/4"),)},
            Request(2),
            r"mine\.abc: its meter changes to 3/4; .* end it before that",
        ),
        ({}, Request(2, meter="6/8"), r"mine\.abc: it is in 4/4, .* ask for --meter 4/4, or leave"),
        ({"key": ""}, Request(2, constraints=Constraints(key="D major")), "it names no key"),
    ],
)
def test_what_does_not_fit_a_beginning_is_refused(changed, request_, message):
    primer = replace(begun((0, 4, 60)), **changed)
    with pytest.raises(InputError, match=message):
        compose.from_primer(HOLDING, primer, request_)
