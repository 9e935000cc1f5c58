"""Training with features of whole tunes."""

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.models import devices
from nottingham.models.recurrent.model import RecurrentArchitecture
from nottingham.representation.grid import Grid
from nottingham.training import loop
from tests.training.small import (
    NOTES,
    TUNE,
    architecture,
    scored,
    settings,
    weights_of,
    with_other_test_tunes,
)

CHOSEN = settings(**TUNE, epochs=1, dropout=0.3, transpose=5)


def training(dataset, folder, *, count=1):
    """A training that has run on so many devices."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(devices, "_LEAST_ROWS", CHOSEN.batch // count)
        run = loop._Training(architecture(dataset, CHOSEN), dataset, CHOSEN, "lstm", folder)
    assert devices.describe(run.train_step._mesh) == f"{count} × cpu"
    run.run(len)
    run.checkpoint.forget()
    return run


@pytest.fixture(scope="module")
def first(scales, tmp_path_factory):
    return training(scales, tmp_path_factory.mktemp("first"))


def test_the_same_seed_gives_the_same_bytes_whatever_the_test_tunes(scales, first, tmp_path):
    other = training(with_other_test_tunes(scales), tmp_path)
    assert weights_of(other.best(), tmp_path / "b") == weights_of(first.best(), tmp_path / "a")
    assert other.progress.history == first.progress.history


def test_many_devices_train_as_one_does(scales, first, tmp_path):
    many, one = training(scales, tmp_path, count=8).progress, first.progress
    assert np.asarray(many.best) == pytest.approx(np.asarray(one.best), abs=5e-5)
    assert many.history[0].log_loss == pytest.approx(one.history[0].log_loss, abs=1e-5)
    assert many.history[0].valid_log_loss == pytest.approx(one.history[0].valid_log_loss, abs=1e-5)


def test_validation_is_scoring(scales, tmp_path, monkeypatch):
    """Of tunes of several lengths, one without a target, one longer than is validated."""
    monkeypatch.setattr(loop, "_VALIDATION_STEPS", 100)
    monkeypatch.setattr(loop, "_VALIDATION_TUNES", 6)  # more than the four with targets
    whole = scales.tune(8)
    valid = [whole[3:53], whole[:20], whole, whole[7:40], whole[5:105]]
    tunes = [*scales.tunes(split.TRAIN), *valid, scales.tune(10)]
    places = np.array([split.TRAIN] * 8 + [split.VALID] * 5 + [split.TEST], np.uint8)
    dataset = streams.join(tunes, split=places, ids=list(map(str, places)), representation=Grid(8))
    run = training(dataset, tmp_path)
    log_loss, accuracy = scored(run.best(), [tokens[:100] for tokens in valid])
    assert run.progress.history[0].valid_log_loss == pytest.approx(log_loss, abs=1e-4)
    assert run.progress.history[0].valid_accuracy == pytest.approx(accuracy, abs=1e-9)


def test_first_and_last_tokens_are_targets_as_often_as_others(scales, first):
    """Over many epochs, of all training tunes but the two at the ends of what is cut."""
    laid = scales.only(split.TRAIN, split.VALID).shuffled(CHOSEN.seed).with_starts()
    assert np.array_equal(first.train_step._data.tokens, laid.tokens)
    starts = np.concatenate([first._batches(epoch).ravel() for epoch in range(400)])
    targets = starts[:, None] + np.arange(1, 1 + CHOSEN.segment)
    counts = np.bincount(targets.ravel(), minlength=len(laid.tokens))
    ends = laid.offsets[1:8]
    inner = counts[ends[0] : ends[-1]]
    for places in (ends[:-1] + 1, ends[:-1] + 2, ends[1:] - 1):
        assert counts[places].mean() == pytest.approx(inner.mean(), rel=0.1)
    assert inner.min() > 0.8 * inner.mean()
    assert not counts[laid.offsets[8] :].any()  # those that validate


class Blind(RecurrentArchitecture):
    """Networks to which all tokens are alike, but the last, which is impossible, and in no tune."""

    def build(self, seed):
        network = super().build(seed)
        network.output.kernel[...] *= 0
        network.output.bias[...] = network.output.bias[...].at[-1].set(-1e6)
        return network


def test_the_start_of_another_tune_is_no_target(scales, tmp_path):
    """The loss is the mean over all other targets; as a target, the start would be the last token.

    Nearly each batch has such a start: the tunes have some 140 tokens, the segments 32.
    """
    chosen = CHOSEN.model_copy(update={"learning_rate": 1e-12, "epochs": 3})
    run = loop._Training(Blind(chosen, scales.representation), scales, chosen, "lstm", tmp_path)
    tokens = np.asarray(run.train_step._data.tokens)
    targets = run._batches(1)[..., None] + np.arange(1, 1 + chosen.segment)
    assert (tokens[targets] == scales.representation.vocabulary.none).any(axis=(1, 2)).all()
    run.run(len)
    losses = [epoch.log_loss for epoch in run.progress.history]
    assert losses == pytest.approx([np.log(88)] * 3, abs=1e-4)


def test_a_network_of_notes_learns(melodies, train):
    """Of tunes of another length than any that trained; validation is scoring, here too."""
    chosen = settings(**NOTES, epochs=15, segment=48, batch=8)
    model, history = train(melodies, chosen)
    log_loss, accuracy = scored(model, melodies.tunes(split.VALID))
    best = min(history, key=lambda epoch: epoch.valid_log_loss)
    assert best.valid_log_loss == pytest.approx(log_loss, abs=1e-4)
    assert best.valid_accuracy == pytest.approx(accuracy, abs=1e-9)
    assert best.valid_log_loss < 0.2 * history[0].valid_log_loss
    log_loss, accuracy = scored(model, melodies.tunes(split.TEST))
    assert log_loss < 0.2
    assert accuracy > 0.95


def test_it_learns_to_copy(train):
    """Tunes of random tokens, but each a phrase of 4 measures again and again."""
    draw = np.random.default_rng(0)
    tunes = [np.tile(draw.integers(20, 70, 32), 4).astype(np.uint8) for _ in range(16)]
    places = np.array([split.TRAIN] * 12 + [split.VALID] * 2 + [split.TEST] * 2, np.uint8)
    dataset = streams.join(
        tunes, split=places, ids=list(map(str, range(16))), representation=Grid(8)
    )
    model, _ = train(dataset, settings(**TUNE, epochs=20, transpose=5))
    log_loss, accuracy = scored(model, dataset.tunes(split.TEST))
    assert accuracy > 0.95
    assert log_loss < 0.3
