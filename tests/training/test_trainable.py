"""Training knows a network by a protocol only: one that is not recurrent is trained alike."""

import numpy as np
import pytest

from nottingham.dataset import split
from nottingham.models.counting.baselines import Uniform
from nottingham.training import loop
from nottingham.training.trainable import Architecture, Trainable
from tests.training.attention import AttentionArchitecture
from tests.training.small import scored, settings


@pytest.fixture(scope="module")
def trained(scales, tmp_path_factory):
    """Train on the scales, with dropout and transposition."""
    chosen = settings(epochs=60, learning_rate=0.03, transpose=5)
    architecture = AttentionArchitecture(scales.representation)
    assert isinstance(architecture, Architecture)
    assert isinstance(architecture.build(seed=1), Trainable)
    folder = tmp_path_factory.mktemp("attention")
    return loop.train(architecture, scales, chosen, name="", scratch=folder, follow=len)[:2]


def test_another_architecture_learns(scales, trained):
    tunes = scales.tunes(split.TEST)
    log_loss, accuracy = scored(trained[0], tunes)
    assert log_loss < 0.5 * scored(Uniform(scales.representation), tunes)[0]
    assert accuracy > 0.5  # repeating the last token is right one time in six


def test_its_validation_is_what_its_model_predicts(scales, trained, monkeypatch):
    model, history = trained
    assert len(history) == 60
    valid = scales.tunes(split.VALID)
    losses = [-rows[range(len(t)), t] for rows, t in zip(model.score(valid), valid, strict=True)]
    targets = np.concatenate([tokens[32:] for tokens in losses])[:: loop._VALIDATION_STRIDE]
    best = min(epoch.valid_log_loss for epoch in history)
    assert best == pytest.approx(float(np.mean(targets, dtype=np.float64)), abs=1e-4)
