"""Scoring with models whose every answer is known."""

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.errors import InputError
from nottingham.evaluation import scoring, targets
from nottingham.models.base import Batched, Model
from nottingham.models.counting.baselines import Uniform
from nottingham.representation import vocabulary


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


class AtOnce(Clairvoyant):
    """Takes many tunes at once, and remembers how many it was given."""

    def __init__(self):
        self.asked = []

    def log_probs_of(self, tunes):
        self.asked.append(len(tunes))
        return [Clairvoyant.log_probs(self, tokens) for tokens in tunes]

    def log_probs(self, tokens):
        raise AssertionError("asked for a single tune")

    def continued(self, primers, draws, *, carry, choice, allowed):
        return np.concatenate([primers, (draws.T * 3).astype(np.uint8)], axis=1)


class Telltale(Clairvoyant):
    """Says of each token something else, and at each step: token k is as likely as k + 1 + t."""

    def _rows(self, times):
        shares = np.arange(vocabulary.SIZE) + 1 + times[:, None]
        return np.log(shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)


def tune(length):
    return (np.arange(length) % 8 + 1).astype(np.uint8)


def test_targets_are_the_steps_with_32_before_them():
    scores = scoring.score_tunes(Clairvoyant(), [tune(40), tune(32), tune(33), tune(0)])
    assert np.exp(scores.log_prob) == pytest.approx([0.9] * 9)
    assert np.exp(scores.hold_log_prob) == pytest.approx([0.1 / 88] * 9)
    assert scores.confidence == pytest.approx([0.9] * 9)
    assert scores.hit.tolist() == [1.0] * 9


def test_scores_come_in_the_order_of_the_targets():
    draw = np.random.default_rng(0)
    lengths = (40, 100, 32, 33, 70, 5)
    tunes = [draw.integers(0, vocabulary.SIZE, length).astype(np.uint8) for length in lengths]
    scores, asked = scoring.score_tunes(Telltale(), tunes), targets.of_tunes(tunes, 8)
    places = np.concatenate([np.arange(32, length) for length in lengths])
    rows = Telltale()._rows(places).astype(np.float64)
    number = np.arange(len(places))
    assert len(asked.token) == len(places)
    assert np.array_equal(scores.log_prob, rows[number, asked.token])
    assert np.array_equal(scores.hold_log_prob, rows[number, asked.before])
    assert np.array_equal(scores.hit, asked.token == vocabulary.SIZE - 1)


def test_a_batched_model_is_given_64_tunes_at_once():
    tunes, batched = [tune(33 + i % 50) for i in range(150)] + [tune(32)], AtOnce()
    assert isinstance(batched, Batched)
    assert not isinstance(Clairvoyant(), Batched)
    found, one_by_one = (scoring.score_tunes(m, tunes) for m in (batched, Clairvoyant()))
    for name, values in vars(one_by_one).items():
        assert np.array_equal(getattr(found, name), values), name
    assert batched.asked == [64, 64, 22]


def test_a_rollout_matches_as_often_as_the_model_is_right():
    tunes = [tune(64)] * 200 + [tune(63)]  # the last is too short to take part
    found = scoring.rollout(Clairvoyant(), tunes, seed=0)
    assert found.value == pytest.approx(0.9, abs=0.02)
    assert found.counted.tolist() == [1.0] * 200


def test_a_rollout_of_uniform_steps_matches_one_in_89():
    """Of 64,000 steps: four times the standard error are 0.0017."""
    tunes = [tune(64)] * 2000
    assert scoring.rollout(Uniform(), tunes, seed=0).value == pytest.approx(1 / 89, abs=0.0017)


def test_a_rollout_has_a_share_of_32_steps_for_each_tune():
    """Whatever comes after the 64th step; the same seed draws the same steps."""
    tunes = [tune(64 + i) for i in range(40)]
    found, again, other = (scoring.rollout(Clairvoyant(), tunes, seed=s) for s in (0, 0, 1))
    matches = found.values * 32
    assert np.array_equal(matches, matches.round())
    assert len(set(matches)) > 3
    assert np.array_equal(found.values, again.values)
    assert not np.array_equal(found.values, other.values)


def test_a_rollout_starts_behind_32_steps():
    """A continuation that is known is compared with the 33rd to the 64th step."""
    draws = np.random.default_rng(0).random((2, 32)).T  # as `continue_tunes` draws them
    written = (draws.T * 3).astype(np.uint8)
    real = np.concatenate([np.full((2, 32), 9, np.uint8), written], axis=1)
    real[1, 40:44] += 1
    found = scoring.rollout(AtOnce(), [*real], seed=0)
    assert found.values.tolist() == [1.0, 28 / 32]


@pytest.mark.parametrize("part", [split.TRAIN, split.TEST])
def test_a_part_of_the_split_is_asked_for(part, dataset):
    answers = scoring.question(Uniform(), dataset, part, seed=0)
    assert isinstance(Uniform(), Model)
    assert answers.context == "window"
    assert len(answers.scores.hit) == streams.count_targets(dataset.tunes(part))
    assert np.exp(answers.scores.log_prob) == pytest.approx(1 / 89)
    assert len(answers.rollout.values) == len(dataset.tunes(part))


@pytest.mark.parametrize("length", [63, 32])
def test_a_part_of_short_tunes_is_an_error_for_the_user(length):
    places = np.array([split.TEST], np.uint8)
    dataset = streams.join([tune(length)], split=places, ids=["a/1"], steps_per_measure=8)
    with pytest.raises(InputError, match=r"no tune of the test part has the 64 steps .*; use a"):
        scoring.question(Uniform(), dataset, split.TEST, seed=0)
