"""Intervals against what is known of means, and by hand."""

import numpy as np
import pytest

from nottingham.evaluation import bootstrap as module
from nottingham.evaluation.bootstrap import calibration_interval, intervals
from nottingham.evaluation.metrics import Ratio


@pytest.fixture(scope="module", autouse=True)
def few_tunes_are_enough():
    """So that figures can be known by hand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LEAST_TUNES", 2)
        yield


def mean(values):
    return Ratio(values, np.ones(len(values)))


def interval(figure, tune, seed=1):
    (found,) = intervals([figure], np.asarray(tune), seed=seed)
    return found


def width(figure, tune):
    low, high = interval(figure, tune)
    return high - low


def of_equal_tunes(tunes, steps, seed=0):
    """Draw values around 100 that differ by tune (sd 3) and by step (sd 4)."""
    draw = np.random.default_rng(seed)
    values = 100 + draw.normal(0, 3, (tunes, 1)) + draw.normal(0, 4, (tunes, steps))
    return values, np.repeat(np.arange(tunes), steps)


def test_a_mean_over_equal_tunes_has_the_textbook_interval():
    """± 1.96 standard errors of the mean over the tunes' own means."""
    values, tune = of_equal_tunes(400, 16)
    low, high = interval(mean(values.reshape(-1)), tune)
    error = values.mean(axis=1).std() / np.sqrt(400)
    assert (high - low) / 2 == pytest.approx(1.96 * error, rel=0.04)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.1 * error)


def test_steps_of_a_tune_are_no_independent_evidence():
    """As many steps again that repeat the first make no figure surer."""
    values, tune = of_equal_tunes(50, 4)
    once = interval(mean(values.reshape(-1)), tune)
    assert interval(mean(np.tile(values.reshape(-1), 9)), np.tile(tune, 9)) == once


def test_two_tunes_by_hand():
    """One of 1 step that misses, one of 3 that hit: a quarter of the draws has the first only."""
    assert interval(mean(np.array([0.0, 1.0, 1.0, 1.0])), [0, 1, 1, 1]) == (0.0, 1.0)
    assert interval(mean(np.array([2.0, 2.0, 2.0])), [0, 1, 1]) == (2.0, 2.0)


def test_each_tune_counts_with_all_its_steps():
    """Tunes of 1 step with value 0, as many of 3 with value 1: around 3/4, not around 1/2."""
    values, tune = np.tile([0.0, 1.0, 1.0, 1.0], 100), np.repeat(np.arange(200), [1, 3] * 100)
    low, high = interval(mean(values), tune)
    assert low < 0.75 < high
    assert 0.05 < high - low < 0.2


def test_a_paired_interval_of_a_constant_difference_has_no_width():
    """Though the figure itself is far from sure."""
    values, tune = of_equal_tunes(30, 7)
    mine, theirs = values.reshape(-1), values.reshape(-1) + 0.25
    assert interval(mean(mine - theirs), tune) == (-0.25, -0.25)
    assert width(mean(mine), tune) > 1


def test_figures_over_some_of_the_items():
    """What does not count makes no difference, wherever it is."""
    draw = np.random.default_rng(0)
    values, tune = draw.normal(5, 1, 300), np.repeat(np.arange(30), 10)
    chosen = draw.random(300) < 0.5
    found = interval(Ratio(values * chosen, chosen.astype(float)), tune)
    assert found == interval(mean(values[chosen]), tune[chosen])
    assert found != interval(mean(values), tune)


def test_draws_in_which_nothing_counts_are_passed_over():
    """Of three tunes two count: once in 27 times, neither is drawn."""
    values, counted = np.array([1.0, 2.0, 0.0]), np.array([1.0, 1.0, 0.0])
    assert interval(Ratio(values, counted), [0, 1, 2]) == (1.0, 2.0)


def test_without_two_tunes_there_is_no_interval():
    one, none = np.array([1.0, 1.0, 0.0, 0.0]), np.zeros(4)
    values, tune = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 1, 1])
    found = intervals([Ratio(values * c, c) for c in (one, none, 1 - none)], tune, seed=1)
    assert found[:2] == [None, None]
    assert found[2] == (1.5, 3.5)
    assert interval(mean(values), [0, 0, 0, 0]) is None
    assert intervals([Ratio(none[:0], none[:0])], none[:0].astype(int), seed=1) == [None]
    assert calibration_interval(gaps([0.5, 0.5]), np.array([0, 0]), seed=1) is None
    assert calibration_interval(gaps([]), np.zeros(0, int), seed=1) is None


def test_fewer_than_ten_tunes_are_not_enough(monkeypatch):
    monkeypatch.setattr(module, "LEAST_TUNES", 10)
    values = np.arange(10.0)
    assert interval(mean(values[:9]), range(9)) is None
    assert interval(mean(values), range(10)) is not None


def test_the_same_seed_gives_the_same_interval():
    values, tune = of_equal_tunes(20, 3)
    figure = mean(values.reshape(-1))
    assert interval(figure, tune, seed=1) == interval(figure, tune, seed=1)
    assert interval(figure, tune, seed=1) != interval(figure, tune, seed=2)
    assert intervals([figure, figure], tune, seed=1) == [interval(figure, tune)] * 2
    found = gaps(*np.random.default_rng(0).normal(0, 1, (3, 60)))
    one, again, other = (calibration_interval(found, tune, seed=seed) for seed in (1, 1, 2))
    assert one == again != other
    assert one[0] < sum(abs(gap.values.sum()) for gap in found) / 60 < one[1]


def test_nineteen_of_twenty_intervals_hold_the_truth():
    """400 samples of 40 tunes of unequal length; long ones have higher values.

    The truth is the mean over all steps of all tunes there could be: Σ n (10 + n/8) / Σ n with n
    from 1 to 32. The percentile bootstrap of so few tunes falls a little short of 95 %.
    """
    draw = np.random.default_rng(0)
    lengths = np.arange(1, 33)
    truth = np.sum(lengths * (10 + lengths / 8)) / np.sum(lengths)
    covered = 0
    for sample in range(20):
        steps = draw.integers(1, 33, 40)
        tune = np.repeat(np.arange(40), steps)
        figures = [
            mean((10 + steps / 8 + draw.normal(0, 2, 40))[tune] + draw.normal(0, 3, len(tune)))
            for _ in range(20)
        ]
        covered += sum(low <= truth <= high for low, high in intervals(figures, tune, seed=sample))
    assert 0.9 < covered / 400 < 0.985


def gaps(*bins):
    """By how much confidence exceeds hits at each target, in each bin."""
    return [mean(np.array(gap, float)) for gap in bins]


def test_a_calibration_error_by_hand():
    """Two tunes, one as boastful as the other is modest: in one bin this evens out, in two not.

    Half of the draws have both tunes, a quarter each has one twice.
    """
    tune = np.array([0, 1])
    assert calibration_interval(gaps([0.5, -0.5], [0, 0]), tune, seed=1) == (0.0, 0.5)
    assert calibration_interval(gaps([0.5, 0], [0, -0.5]), tune, seed=1) == (0.5, 0.5)
    assert calibration_interval(gaps([0.5, 0], [0, 0]), tune, seed=1) == (0.0, 0.5)


def test_each_tune_counts_with_all_its_steps_in_a_calibration_error():
    """A tune of one step, 0.4 too sure, and one of three, 0.8 too sure: 0.4, 0.7 or 0.8."""
    tune, gap = np.array([0, 1, 1, 1]), [0.4, 0.8, 0.8, 0.8]
    assert calibration_interval(gaps(gap, [0] * 4), tune, seed=1) == (0.4, 0.8)
