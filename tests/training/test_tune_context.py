"""Training with features of whole tunes."""

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.models import devices
from nottingham.representation.grid import Grid
from nottingham.training import loop
from tests.training.small import (
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
