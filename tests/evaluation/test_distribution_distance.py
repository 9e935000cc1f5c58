"""Sets of tunes compared by their histograms."""

import numpy as np
import pytest
from scipy.stats import gaussian_kde

from nottingham.evaluation import distribution_distance
from nottingham.evaluation.distribution_distance import density, distances


def histograms(notes, tonic=0):
    """Describe one tune, given by the pitch and the duration of each note."""
    found = np.array(notes, int).reshape(-1, 2)
    return distribution_distance.histograms([found], [tonic])


def test_histograms_by_hand():
    """C for two ticks, D and G for one: up 2 and up 5."""
    found = histograms([(60, 2), (62, 1), (67, 1)])
    third = 1 / 3
    expected = np.zeros(12)
    expected[[0, 2, 7]] = third
    assert found["pitch_class"][0] == pytest.approx(expected)
    assert np.flatnonzero(found["interval"][0]).tolist() == [12 + 2, 12 + 5]
    assert found["duration"][0][:3] == pytest.approx([2 / 3, third, 0])


def test_pitch_classes_are_above_the_tonic():
    found = histograms([(62, 1), (69, 1)], tonic=2)  # D, A
    assert np.flatnonzero(found["pitch_class"][0]).tolist() == [0, 7]


def test_wide_and_long_ones_are_put_together():
    found = histograms([(30, 40), (80, 1), (30, 1)])
    assert np.flatnonzero(found["interval"][0]).tolist() == [0, 24]
    assert np.flatnonzero(found["duration"][0]).tolist() == [0, 15]


def drawn(seed, center, tunes=80):
    draw = np.random.default_rng(seed)
    weights = np.exp(draw.normal(0, 0.3, (tunes, 12)) + center)
    return weights / weights.sum(axis=1, keepdims=True)


def overlap(written, real):
    return distances(written, real, seed=0)["overlap"]["value"]


def divergence(written, real):
    return distances(written, real, seed=0)["divergence"]["value"]


def test_two_sets_of_one_kind_are_alike_and_others_are_not():
    kind, other = np.linspace(0, 3, 12), np.linspace(3, 0, 12)
    real = drawn(0, kind)
    same, near, far = (drawn(1, center) for center in (kind, 0.7 * kind + 0.3 * other, other))
    assert overlap(same, real) > 0.9
    assert overlap(same, real) > overlap(near, real) > overlap(far, real)
    assert divergence(same, real) < 0.05
    assert divergence(same, real) < divergence(near, real) < divergence(far, real)
    assert overlap(far, real) < 0.1


def test_intervals_hold_the_values_and_follow_from_the_seed():
    kind = np.linspace(0, 3, 12)
    one, again, other = (distances(drawn(1, kind), drawn(0, kind), seed=s) for s in (1, 1, 2))
    assert one == again != other
    for figure in one.values():
        low, high = figure["interval"]
        assert low < high
        assert low - 0.02 <= figure["value"] <= high + 0.02


def test_the_density_is_that_of_gaussian_kernels():
    values = np.random.default_rng(0).gamma(9, 0.1, 3000)
    found, points = density(values, 3.0), (np.arange(1000) + 0.5) * 0.003
    assert found == pytest.approx(gaussian_kde(values)(points), abs=0.01)
    assert found.sum() * 0.003 == pytest.approx(1)


def test_a_tune_of_a_note_or_none_has_shares_of_nothing():
    found = histograms([])
    assert {name: rows.shape for name, rows in found.items()} == {
        "pitch_class": (1, 12),
        "interval": (1, 25),
        "duration": (1, 16),
    }
    assert not any(rows.any() for rows in found.values())
    one = histograms([(60, 2)])
    assert not one["interval"].any()
    assert one["pitch_class"].sum() == one["duration"].sum() == 1


def test_few_tunes_are_not_compared():
    few = drawn(0, np.zeros(12), tunes=9)
    nothing = {"value": None, "interval": None}
    assert distances(few, drawn(1, np.zeros(12)), seed=0) == dict.fromkeys(
        ("overlap", "divergence"), nothing
    )


def test_the_same_set_is_alike():
    """But for the distances of tunes to themselves."""
    real = np.random.default_rng(0).normal(0, 1, (300, 50))
    assert overlap(real, real) == pytest.approx(1, abs=0.05)
    same = np.full((12, 5), 0.2)
    assert overlap(same, same) == pytest.approx(1)
    assert divergence(same, same) == pytest.approx(0)
