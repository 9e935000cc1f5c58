"""The metrics on probabilities written out by hand."""

import numpy as np
import pytest

from nottingham.evaluation import metrics


def rows(*probabilities):
    return np.log(np.array(probabilities, np.float32))


def test_log_prob_and_hit():
    log_prob, hit = metrics.score(
        rows([0.5, 0.3, 0.2], [0.1, 0.1, 0.8]), np.array([0, 1], np.uint8)
    )
    assert np.exp(log_prob) == pytest.approx([0.5, 0.1])
    assert hit.tolist() == [1.0, 0.0]


def test_equally_likely_tokens_hit_by_chance():
    _, hit = metrics.score(rows([0.4, 0.4, 0.2]), np.array([1]))
    assert hit.tolist() == [0.5]
    _, hit = metrics.score(rows([1 / 89] * 89), np.array([7]))
    assert hit.tolist() == pytest.approx([1 / 89])


@pytest.fixture
def scores():
    return metrics.Scores(
        log_prob=np.log([0.5, 0.25, 0.8]),
        hit=np.array([1.0, 0.0, 1.0]),
        changed=np.array([True, True, False]),
        position=np.array([0, 1, 0]),
    )


def test_the_summary(scores):
    assert metrics.summary(scores) == {
        "log_loss": round(-(np.log(0.5) + np.log(0.25) + np.log(0.8)) / 3, 4),
        "accuracy": 0.6667,
        "sampled_accuracy": 0.5167,
        "change_accuracy": 0.5,
        "targets": 3,
    }


def test_log_loss_by_step_of_the_measure(scores):
    expected = [-(np.log(0.5) + np.log(0.8)) / 2, -np.log(0.25)]
    assert metrics.log_loss_by_position(scores, 2) == pytest.approx(expected, abs=1e-4)


def test_without_changes_there_is_no_change_accuracy(scores):
    held = metrics.Scores(scores.log_prob, scores.hit, np.zeros(3, bool), scores.position)
    assert metrics.summary(held)["change_accuracy"] is None


def test_means_are_over_targets_not_over_tunes(scores):
    short = metrics.Scores(np.log([0.1]), np.array([0.0]), np.array([True]), np.array([1]))
    both = metrics.summary(metrics.join([scores, short]))
    assert both["targets"] == 4
    assert both["accuracy"] == 0.5
