"""Scoring with a model whose every answer is known."""

import numpy as np
import pytest

from nottingham.encoding import split, vocabulary, windows
from nottingham.errors import InputError
from nottingham.evaluation import metrics, scoring
from nottingham.models.baselines import Uniform


class Clairvoyant:
    """Knows that token t is t % 8 + 1, and says so with probability 0.9."""

    context = "window"

    def log_probs(self, tokens):
        return self._rows(np.arange(len(tokens)))

    def next_log_probs(self, histories):
        return self._rows(np.full(len(histories), histories.shape[1]))

    def _rows(self, times):
        rows = np.full((len(times), vocabulary.SIZE), np.log(0.1 / 88), np.float32)
        rows[np.arange(len(times)), times % 8 + 1] = np.log(0.9)
        return rows


def tune(length):
    return (np.arange(length) % 8 + 1).astype(np.uint8)


def test_targets_are_the_steps_with_32_before_them():
    scores = scoring.score_tunes(Clairvoyant(), [tune(40), tune(32), tune(33)], 8)
    assert metrics.summary(scores) == {
        "log_loss": round(-np.log(0.9), 4),
        "accuracy": 1.0,
        "sampled_accuracy": 0.9,
        "change_accuracy": 1.0,
        "targets": 9,
    }
    assert scores.position.tolist() == [*range(8), 0]


def test_the_first_target_is_compared_with_the_step_before_it():
    tokens = tune(34)
    tokens[31] = tokens[32]
    scores = scoring.score_tunes(Clairvoyant(), [tokens], 8)
    assert scores.changed.tolist() == [False, True]


def test_a_rollout_matches_as_often_as_the_model_is_right():
    tunes = [tune(64)] * 200 + [tune(63)]  # the last is too short to take part
    assert scoring.rollout_accuracy(Clairvoyant(), tunes, seed=0) == pytest.approx(0.9, abs=0.02)


def test_a_rollout_of_uniform_steps_matches_one_in_89():
    tunes = [tune(64)] * 200
    assert scoring.rollout_accuracy(Uniform(), tunes, seed=0) == pytest.approx(1 / 89, abs=0.004)


def test_rollouts_need_tunes_of_64_steps():
    with pytest.raises(InputError, match="no tune of this part has 64 steps"):
        scoring.rollout_accuracy(Uniform(), [tune(63)], seed=0)


def test_evaluation_of_train_and_test(streams):
    result, by_position = scoring.evaluate(Uniform(), streams, seed=0)
    assert set(result) == {"context", "train", "test"}
    assert result["context"] == "window"
    for part in (split.TRAIN, split.TEST):
        scores = result[split.NAMES[part]]
        assert scores["targets"] == windows.count_targets(streams.tunes(part))
        assert scores["log_loss"] == round(np.log(89), 4)
        assert scores["accuracy"] == round(1 / 89, 4)
    assert by_position == [round(np.log(89), 4)] * 8
