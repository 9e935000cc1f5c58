"""Scoring with models of which every probability is known."""

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.errors import InputError
from nottingham.evaluation import scoring, targets
from nottingham.evaluation.metrics import Ratio
from nottingham.models.counting.baselines import Uniform
from nottingham.representation import Grid
from tests.known_model import KnownModel, expecting

GRID, SIZE = Grid(8), 89
UNIFORM = Uniform(GRID)


def clairvoyant(probability):
    """Return a model that expects token t to be t % 8 + 1."""
    return KnownModel(
        lambda before: expecting([before.shape[1] % 8 + 1] * len(before), probability)
    )


CLAIRVOYANT = clairvoyant(0.9)


def telltale(before):
    """Return other probabilities at each step: token k is as likely as k + 1 + t."""
    shares = np.arange(SIZE) + 1 + np.full((len(before), 1), before.shape[1])
    return shares / shares.sum(axis=1, keepdims=True)


class Remembering(KnownModel):
    """Keeps how many tunes it has scored at a time."""

    asked: list[int]

    def score(self, tunes):
        self.asked.append(len(tunes))
        return super().score(tunes)


def tune(length):
    return (np.arange(length) % 8 + 1).astype(np.uint8)


def test_targets_are_the_steps_with_32_before_them():
    scores, _ = scoring.score_tunes(CLAIRVOYANT, [tune(40), tune(32), tune(33), tune(0)])
    assert np.exp(scores.log_prob) == pytest.approx([0.9] * 9)
    assert np.exp(scores.hold_log_prob) == pytest.approx([0.1 / 88] * 9)
    assert scores.confidence == pytest.approx([0.9] * 9)
    assert scores.hit.tolist() == [1.0] * 9


def test_scores_come_in_the_order_of_the_targets():
    draw = np.random.default_rng(0)
    lengths = (40, 100, 32, 33, 70, 5)
    tunes = [draw.integers(0, SIZE, length).astype(np.uint8) for length in lengths]
    scores, _ = scoring.score_tunes(KnownModel(telltale), tunes)
    asked = targets.of_tunes(tunes, GRID)
    places = np.concatenate([np.arange(32, length) for length in lengths])
    rows = np.concatenate([telltale(np.zeros((1, t))) for t in places])
    rows = np.log(rows).astype(np.float32).astype(np.float64)
    number = np.arange(len(places))
    assert len(asked.token) == len(places)
    assert np.array_equal(scores.log_prob, rows[number, asked.token])
    assert np.array_equal(scores.hold_log_prob, rows[number, asked.before])
    assert np.array_equal(scores.hit, asked.token == SIZE - 1)


def test_64_tunes_are_scored_at_a_time(monkeypatch):
    monkeypatch.setattr(scoring, "_TUNES_AT_ONCE", 64)
    tunes, model = [tune(33 + i % 50) for i in range(150)] + [tune(32)], Remembering(telltale)
    model.asked = []
    found, _ = scoring.score_tunes(model, tunes)
    one_by_one = [
        scoring.score_tunes(KnownModel(telltale), [tokens])[0] for tokens in tunes[:150:10]
    ]
    assert model.asked == [64, 64, 23]
    ends = np.cumsum([len(tokens) - 32 for tokens in tunes])
    for scores, end in zip(one_by_one, ends[:150:10], strict=True):
        assert np.array_equal(scores.log_prob, found.log_prob[end - len(scores.hit) : end])


def test_a_rollout_matches_as_often_as_the_model_is_right():
    tunes = [tune(64)] * 200 + [tune(63)]  # the last is too short to take part
    found = scoring.rollout(CLAIRVOYANT, tunes, seed=0)
    assert found.value == pytest.approx(0.9, abs=0.02)
    assert found.counted.tolist() == [1.0] * 200


def test_a_rollout_has_a_share_of_32_steps_for_each_tune():
    """Whatever comes after the 64th step; the same seed draws the same steps."""
    tunes = [tune(64 + i) for i in range(40)]
    found, again, other = (scoring.rollout(CLAIRVOYANT, tunes, seed=s) for s in (0, 0, 1))
    matches = found.values * 32
    assert np.array_equal(matches, matches.round())
    assert len(set(matches)) > 3
    assert np.array_equal(found.values, again.values)
    assert not np.array_equal(found.values, other.values)


def test_a_rollout_starts_behind_32_tokens():
    """A continuation that is sure is compared with the 33rd to the 64th token."""
    real = np.stack([np.concatenate([np.full(32, 9, np.uint8), tune(64)[32:]])] * 2)
    real[1, 40:44] += 1
    found = scoring.rollout(clairvoyant(1 - 1e-12), [*real], seed=0)
    assert found.values.tolist() == [1.0, 28 / 32]


def test_the_opening_is_what_comes_before_the_first_target():
    """Tunes of 40 and 33 tokens have 32 each, one of 5 has them all; the odd one has 0.1 / 88."""
    tunes = [tune(40), tune(33), tune(5), tune(0)]
    tunes[1][3] = 50
    scores, losses = scoring.score_tunes(CLAIRVOYANT, tunes)
    known, odd = -np.log(0.9), -np.log(0.1 / 88)
    assert [len(lost) for lost in losses] == [40, 33, 5, 0]
    assert losses[1] == pytest.approx([known] * 3 + [odd] + [known] * 29, rel=1e-6)
    nothing = Ratio(np.zeros(0), np.zeros(0))
    found = scoring.Predictions("tune", scores, losses, nothing, window=32).opening
    assert found.values == pytest.approx([32 * known, 31 * known + odd, 5 * known, 0], rel=1e-6)
    assert found.counted.tolist() == [32, 32, 5, 0]


@pytest.mark.parametrize("part", [split.TRAIN, split.TEST])
def test_a_part_of_the_split_is_predicted(part, dataset):
    found = scoring.evaluate(UNIFORM, {part: scoring.evaluated(dataset, part)}, seed=0)[part]
    assert found.context == "window"
    assert len(found.scores.hit) == dataset.count_targets(part)
    assert np.exp(found.scores.log_prob) == pytest.approx(1 / 89)
    assert len(found.rollout.values) == len(dataset.tunes(part))
    assert found.opening.counted.tolist() == [32] * len(dataset.tunes(part))
    assert found.opening.value == round(np.log(89), 4)


@pytest.mark.parametrize("length", [63, 32])
def test_a_part_of_short_tunes_is_an_error_for_the_user(length):
    places = np.array([split.TEST], np.uint8)
    dataset = streams.join([tune(length)], split=places, ids=["a/1"], representation=GRID)
    with pytest.raises(
        InputError, match=r"no evaluated tune of the test part has the 64 tokens .*; use a"
    ):
        scoring.evaluated(dataset, split.TEST)


def test_parts_are_continued_in_one_call_and_told_apart(dataset):
    """The first part's continuations are those that it has alone."""
    short = [tune(63)]
    parts = {split.TEST: [*dataset.tunes(split.TEST), *short], split.TRAIN: dataset.tunes(0)}
    found = scoring.evaluate(CLAIRVOYANT, parts, seed=3)
    alone = scoring.rollout(CLAIRVOYANT, parts[split.TEST], seed=3)
    assert np.array_equal(found[split.TEST].rollout.values, alone.values)
    assert len(found[split.TRAIN].rollout.values) == len(parts[split.TRAIN])
    assert len(found[split.TRAIN].scores.hit) == dataset.count_targets(split.TRAIN)
