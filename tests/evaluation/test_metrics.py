"""Every metric on probabilities written out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from nottingham.evaluation import metrics
from nottingham.evaluation.metrics import Scores
from nottingham.evaluation.targets import Targets


def rows(*probabilities):
    return np.log(np.array(probabilities, np.float32))


def targets(token, before, familiar=None):
    """Targets of one tune, of which each change to a token but 0 begins a note."""
    token, before, number = np.array(token), np.array(before), np.arange(len(token))
    if familiar is None:
        familiar = np.zeros(len(token), bool)
    begins = (token != before) & (token != 0)
    durations = np.zeros(len(token), bool)
    return Targets(number * 0, token, before, number, begins, durations, np.array(familiar))


def scored(probabilities, token, before):
    return metrics.score(rows(*probabilities), np.array(token), np.array(before))


def test_scores_by_hand():
    scores = scored([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], token=[0, 1], before=[1, 2])
    assert np.exp(scores.log_prob) == pytest.approx([0.5, 0.1])
    assert np.exp(scores.hold_log_prob) == pytest.approx([0.3, 0.8])
    assert scores.confidence == pytest.approx([0.5, 0.8])
    assert scores.hit.tolist() == [1.0, 0.0]
    assert scores.log_prob.dtype == scores.confidence.dtype == np.float64


@pytest.mark.parametrize(
    ("probabilities", "token", "hit"),
    [
        ([0.4, 0.4, 0.2], 1, 1 / 2),
        ([0.4, 0.4, 0.2], 2, 0.0),
        ([0.3, 0.3, 0.3, 0.1], 0, 1 / 3),
        ([1 / 89] * 89, 7, 1 / 89),
    ],
)
def test_equally_likely_tokens_hit_by_chance(probabilities, token, hit):
    assert scored([probabilities], [token], [0]).hit.tolist() == pytest.approx([hit])


THREE = Scores(
    log_prob=np.log([0.5, 0.25, 0.8]),
    hit=np.array([1.0, 0.0, 1.0]),
    confidence=np.array([0.5, 0.6, 0.8]),
    hold_log_prob=np.log([0.25, 0.6, 0.8]),
)
"""A note begins, another one, and goes on."""


def test_every_figure_by_hand():
    asked = targets(token=[40, 42, 42], before=[0, 40, 42], familiar=[True, False, True])
    found = {name: figure.value for name, figure in metrics.figures(THREE, asked).items()}
    changes = [1 - 0.25, 1 - 0.6]  # what was left for a change at the two beginnings
    duration = -np.log2([*changes, 0.8]).sum() / 2
    pitch = np.log2([changes[0] / 0.5, changes[1] / 0.25]).sum() / 2
    expected = {
        "log_loss": -np.log(0.5 * 0.25 * 0.8) / 3,
        "accuracy": 2 / 3,
        "sampled_accuracy": (0.5 + 0.25 + 0.8) / 3,
        "change_accuracy": 1 / 2,
        "familiar_log_loss": -np.log(0.5 * 0.8) / 2,
        "familiar_accuracy": 1.0,
        "new_log_loss": -np.log(0.25),
        "new_accuracy": 0.0,
        "bits_per_note": -np.log2(0.5 * 0.25 * 0.8) / 2,
        "familiar_bits_per_note": -np.log2(0.5 * 0.8),
        "new_bits_per_note": -np.log2(0.25),
        "pitch_bits": pitch,
        "duration_bits": duration,
    }
    assert found == {name: round(float(value), 4) for name, value in expected.items()}


def test_a_figure_over_nothing_is_none():
    held = metrics.figures(THREE, targets(token=[0, 0, 0], before=[0, 0, 0]))
    nothing = {name for name, figure in held.items() if figure.value is None}
    notes = {"bits_per_note", "pitch_bits", "duration_bits"}
    notes |= {"familiar_bits_per_note", "new_bits_per_note"}
    assert nothing == {"change_accuracy", "familiar_log_loss", "familiar_accuracy"} | notes
    known = metrics.figures(THREE, targets([40] * 3, [0] * 3, familiar=[True] * 3))
    nothing = {name for name, figure in known.items() if figure.value is None}
    assert nothing == {"new_log_loss", "new_accuracy", "new_bits_per_note"}


def test_means_are_over_targets_not_over_tunes():
    short = Scores(np.log([0.1]), np.array([0.0]), np.array([0.9]), np.log([0.05]))
    both = metrics.join([THREE, short])
    assert both.log_prob.tolist() == [*THREE.log_prob, np.log(0.1)]
    assert both.hit.tolist() == [1.0, 0.0, 1.0, 0.0]
    assert both.confidence.tolist() == [0.5, 0.6, 0.8, 0.9]
    assert both.hold_log_prob.tolist() == [*THREE.hold_log_prob, np.log(0.05)]
    asked = targets([40, 42, 42, 44], [0, 40, 42, 42])
    assert metrics.figures(both, asked)["accuracy"].value == 0.5


BY_HAND = {
    "probabilities": [
        [1 / 8, 1 / 8, 1 / 2, 1 / 4],
        [1 / 4, 1 / 4, 1 / 4, 1 / 4],
        [1 / 8, 1 / 4, 1 / 8, 1 / 2],
        [3 / 4, 1 / 8, 1 / 16, 1 / 16],
    ],
    "token": [3, 3, 0, 2],
    "before": [2, 3, 3, 0],
}
"""A note begins, goes on, is followed by a rest, and that by a note."""


def test_the_bits_of_a_note_by_hand():
    found = metrics.note_bits(scored(**BY_HAND), targets(BY_HAND["token"], BY_HAND["before"]))
    # 1 bit: the note before ends; of the half left for that, a quarter is this pitch's: 1 bit
    # 2 bits: it goes on
    # 1 bit: it ends; of the half left for that, an eighth is a rest's: 2 bits
    # 2 bits: the rest ends; of the quarter left for that, a sixteenth is this pitch's: 2 bits
    assert found["duration_bits"].values == pytest.approx([1, 2, 1, 2])
    assert found["pitch_bits"].values == pytest.approx([1, 0, 2, 2])
    assert found["bits_per_note"].values == pytest.approx([2, 2, 3, 4])
    for figure in found.values():
        assert figure.counted.tolist() == [1, 0, 0, 1]  # two notes begin
    assert found["duration_bits"].value == 3.0
    assert found["pitch_bits"].value == 2.5
    assert found["bits_per_note"].value == 5.5


def test_durations_that_are_tokens_are_counted_by_themselves():
    """A pitch, its duration, a rest, its duration: all but durations counts as pitch."""
    asked = replace(
        targets(token=[3, 1, 0, 1], before=[1, 3, 1, 0]),
        begins_note=np.array([True, False, False, False]),
        duration=np.array([False, True, False, True]),
    )
    found = metrics.note_bits(scored(**BY_HAND | {"token": [3, 1, 0, 1]}), asked)
    assert found["duration_bits"].values == pytest.approx([0, 2, 0, 3])
    assert found["pitch_bits"].values == pytest.approx([2, 0, 3, 0])
    assert found["bits_per_note"].value == 10.0
    assert found["pitch_bits"].value == found["duration_bits"].value == 5.0


def drawn(seed, number=300, tokens=6):
    """Score random targets, a third of which are held, by random float32 rows."""
    draw = np.random.default_rng(seed)
    token, before = draw.integers(0, tokens, (2, number))
    before = np.where(draw.random(number) < 1 / 3, token, before)
    logits = draw.normal(0, 3, (number, tokens))
    odds = np.log(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True))
    return metrics.score(odds.astype(np.float32), token, before), targets(token, before)


@pytest.mark.parametrize("seed", range(5))
def test_pitch_and_duration_are_all_that_is_said_of_the_steps(seed):
    scores, asked = drawn(seed)
    found = metrics.note_bits(scores, asked)
    total, pitch, duration = (
        found[name].values for name in ("bits_per_note", "pitch_bits", "duration_bits")
    )
    assert pitch + duration == pytest.approx(total)
    assert total == pytest.approx(-scores.log_prob / np.log(2))
    assert total.sum() == pytest.approx(-np.log2(np.exp(scores.log_prob)).sum())
    assert pitch.min() >= 0
    assert duration.min() >= 0
    assert not pitch[~asked.changed].any()


@pytest.mark.parametrize("token", [2, 3])
def test_a_model_that_is_certain_of_holding(token):
    """1 less the probability of holding is 0 in float32; what is left has its own digits."""
    certain = np.array([[-np.inf, -np.inf, 0.0, np.log(1e-9)]], np.float32)
    scores = metrics.score(certain, np.array([token]), np.array([2]))
    found = metrics.note_bits(scores, targets([token], [2]))
    expected = 0.0 if token == 2 else -np.log2(1e-9)
    assert found["duration_bits"].values == pytest.approx([expected])
    assert found["pitch_bits"].values == pytest.approx([0.0])


def told(confidence, hit):
    confidence, hit = np.array(confidence), np.array(hit, float)
    return Scores(np.log(confidence), hit, confidence, np.log(confidence))


def test_the_calibration_error_by_hand():
    """0.93 and 0.97, of which one hits: 0.90 too sure. 0.31 hits: 0.69 too modest. 0.55 hits not.

    The gaps of a bin's targets add up before their size counts.
    """
    scores = told([0.93, 0.31, 0.97, 0.55], [1, 1, 0, 0])
    assert metrics.calibration_error(scores) == round((0.90 + 0.69 + 0.55) / 4, 4)
    points = metrics.reliability(scores)
    assert points[3] == {"confidence": 0.31, "accuracy": 1.0}
    assert points[5] == {"confidence": 0.55, "accuracy": 0.0}
    assert points[9] == {"confidence": 0.95, "accuracy": 0.5}
    assert [i for i in range(10) if points[i] is None] == [0, 1, 2, 4, 6, 7, 8]


def test_bins_of_a_few_targets_are_left_out():
    scores = told([0.95] * 2000 + [0.31], [1] * 2001)
    points = metrics.reliability(scores)
    assert points[3] is None
    assert points[9] is not None
    a_thousandth = metrics.reliability(told([0.95] * 999 + [0.31], [1] * 1000))
    assert a_thousandth[3] == {"confidence": 0.31, "accuracy": 1.0}


def test_the_gaps_of_calibration_by_hand():
    """In the last bin one of two hits, in the fourth the one of them; each a share of all three."""
    gaps = metrics.calibration_gaps(told([0.93, 0.31, 0.97], [1, 1, 0]))
    expected = [None] * 10
    expected[3], expected[9] = round((0.31 - 1) / 3, 4), round((0.93 + 0.97 - 1) / 3, 4)
    assert [gap.value for gap in gaps] == [value or 0.0 for value in expected]
    for gap in gaps:
        assert gap.counted.tolist() == [1.0] * 3


def test_bins_hold_their_lower_edge_and_the_last_one_its_upper():
    bins = metrics.bins_of_confidence(told([0.05, 0.1, 0.499, 0.5, 0.95, 1.0], [1] * 6))
    assert bins.tolist() == [0, 1, 4, 5, 9, 9]


def test_a_calibrated_model_has_next_to_no_calibration_error():
    draw = np.random.default_rng(0)
    confidence = draw.uniform(0.02, 1, 100_000)
    honest = told(confidence, draw.random(100_000) < confidence)
    assert metrics.calibration_error(honest) < 0.005
    middle = (np.arange(10) + 0.5) / 10
    accuracies = [point["accuracy"] for point in metrics.reliability(honest)]
    assert accuracies == pytest.approx(middle, abs=0.02)
    boastful = told(confidence, draw.random(100_000) < confidence / 2)
    assert metrics.calibration_error(boastful) == pytest.approx(confidence.mean() / 2, abs=0.005)
