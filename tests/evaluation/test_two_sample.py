"""Classifiers beside what they must find: nothing, or everything."""

from dataclasses import replace

import numpy as np
import pytest

from nottingham.evaluation.two_sample import by_dance, features, two_sample

SCALE = np.array([60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79])


@pytest.fixture
def make_walks(make_tune):
    """Make tunes of sixteen measures that walk along the scale in steps of a size."""

    def make(count, *, seed, widest=1):
        draw = np.random.default_rng(seed)
        moves = draw.integers(-widest, widest + 1, (count, 64))
        walks = SCALE[np.abs((moves.cumsum(axis=1) + 11) % 22 - 11)]
        return [make_tune(*[(i, 1, int(p)) for i, p in enumerate(walk)]) for walk in walks]

    return make


def test_features_by_hand(make_tune):
    """C4 | C E z G: moves of 0, 4 and −9 semitones, one quarter of eight is silent."""
    found = features(make_tune((0, 4, 72), (4, 1, 72), (5, 1, 76), (7, 1, 67)))
    shares = {name: value for name, value in found.items() if value}
    assert shares == pytest.approx(
        {
            **{"interval_0": 1 / 3, "interval_4": 1 / 3, "interval_below": 1 / 3},
            **{"degree_0": 2 / 4, "degree_4": 1 / 4, "degree_7": 1 / 4, "turns": 1},
            **{"notes_in_scale": 1, "range": 9, "lowest": 67, "mean_pitch": 71.75},
            **{"duration_12/12": 3 / 4, "duration_48/12": 1 / 4, "long_notes": 1 / 4},
            **{"notes_a_measure": 2, "rests": 1 / 8, "repeats_1": 1 / 4},
            **{"begins_first": 2 / 4, "begins_beat": 2 / 4, "downbeats_in_triad": 1},
            **{"commonest_rhythm": 1 / 2, "distinct_rhythms": 1, "distinct_measures": 1},
        }
    )


def test_every_tune_has_the_same_features_in_the_same_order(make_tune, make_walks):
    (walk,) = make_walks(1, seed=0)
    tunes = [make_tune(), make_tune((0, "1/7", 60)), make_tune((0, 1, 60), meter="6/8"), walk]
    rows = [features(tune, start) for tune in tunes for start in (0, 4)]
    assert {tuple(row) for row in rows} == {tuple(rows[-1])}
    assert all(np.isfinite(list(row.values())).all() for row in rows)
    assert not any(rows[0].values())


def test_halves_of_one_distribution_are_not_told_apart(make_walks):
    found = two_sample(make_walks(60, seed=1), make_walks(50, seed=2), seed=1)
    assert found["tunes"] == 50
    low, high = found["interval"]
    assert low < found["accuracy"] < high
    assert low < 0.55
    assert high < 0.7


def test_pairs_are_on_the_same_side(make_walks):
    """Copies of tunes that a classifier has learned as the other set's would all be wrong."""
    walks = make_walks(40, seed=1)
    apart, paired = (two_sample(walks, walks, seed=1, paired=paired) for paired in (False, True))
    for name in ("logistic_regression", "random_forest"):
        assert apart[name]["accuracy"] < 0.4
        assert paired[name]["accuracy"] == 0.5
    with pytest.raises(ValueError, match="no pairs of 40 and 39"):
        two_sample(walks, walks[1:], seed=1, paired=True)


def test_as_many_tunes_of_each_dance_and_length_are_compared(make_walks):
    """In 4/4 twelve, in 6/8 three; no shorter ones, and none in 9/8, which no dance has."""
    walks = make_walks(60, seed=1)
    new = [*walks[:12], *in_meter("6/8", walks[12:17]), *in_meter("9/8", walks[17:40])]
    shorter = [replace(tune, notes=tune.notes[:48]) for tune in make_walks(9, seed=3)]
    other = make_walks(60, seed=2)
    real = [*shorter, *other[:20], *in_meter("6/8", other[20:23]), *in_meter("9/8", other[23:])]
    assert by_dance(new, real, seed=1)["tunes"] == 15
    assert by_dance(new[:9], real, seed=1) is None


def in_meter(meter, tunes):
    return [replace(tune, meter=meter) for tune in tunes]


def test_other_tunes_are_told_apart_by_what_differs(make_walks):
    walks, leaps = make_walks(30, seed=1), make_walks(30, seed=2, widest=4)
    found = two_sample(walks, leaps, seed=1)
    assert found["accuracy"] > 0.97
    both = found["logistic_regression"]["accuracy"], found["random_forest"]["accuracy"]
    assert found["accuracy"] == max(both)
    telling = {row["feature"]: row["mean"] for row in found["telling"]}
    assert len(telling) == 8
    assert any(name.startswith("interval") for name in telling)
    assert found == two_sample(walks, leaps, seed=1)


def test_fewer_than_ten_tunes_are_not_enough(make_walks):
    found = two_sample(make_walks(9, seed=1), make_walks(20, seed=2), seed=1)
    assert (found["tunes"], found["accuracy"], found["telling"]) == (9, None, [])
    assert found["random_forest"]["accuracy"] is None
    assert two_sample([], [], seed=1)["tunes"] == 0
