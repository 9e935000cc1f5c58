"""The training loop on tunes that can be learnt."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.dataset import split
from nottingham.errors import InputError
from nottingham.models import devices, registry
from nottingham.training import loop
from nottingham.training.train_step import TrainStep
from tests.training.small import (
    COPYING,
    architecture,
    scored,
    settings,
    weights_of,
    with_other_test_tunes,
)


@pytest.mark.parametrize(
    ("cell", "objective"),
    [*((cell, "every-step") for cell in ("tanh", "gru", "lstm")), ("tanh", "last-step")],
)
def test_all_cells_and_objectives_learn(scales, train, cell, objective):
    epochs = 80 if objective == "every-step" else 4
    chosen = settings(cell=cell, objective=objective, epochs=epochs, learning_rate=0.03)
    model, history = train(scales, chosen)
    assert history[-1].log_loss < history[0].log_loss
    log_loss, accuracy = scored(model, scales.tunes(split.TEST))
    assert accuracy > 0.9  # repeating the last step is right one time in six
    assert log_loss < 0.5


def test_half_precision_learns(scales, train):
    _, history = train(scales, settings(precision="bfloat16", epochs=60))
    assert history[-1].valid_log_loss < 1.5


def training(scales, tmp_path, **changes):
    chosen = settings(**changes)
    return loop._Training(architecture(scales, chosen), scales, chosen, "lstm", tmp_path)


def test_an_epoch_is_as_many_terms_as_there_are_targets(scales, tmp_path):
    targets = scales.count_targets(split.TRAIN)
    assert training(scales, tmp_path)._updates == round(targets / (16 * 32))
    assert training(scales, tmp_path, objective="last-step")._updates == round(targets / 16)


def test_a_single_update_learns(scales, train):
    (epoch,) = train(scales, settings(batch=128, epochs=1))[1]
    assert epoch.log_loss > epoch.valid_log_loss + 0.02


def test_the_poster_s_objective_takes_every_window_once_an_epoch(scales, tmp_path):
    run = training(scales, tmp_path, objective="last-step", batch=28)
    seen = run._batches(1)
    assert len(np.unique(seen)) == seen.size == scales.count_targets(split.TRAIN)
    assert not np.array_equal(run._batches(1), run._batches(2))


def test_the_seed_decides_the_bytes_and_the_test_tunes_do_not(scales, train, tmp_path):
    chosen, other = {"dropout": 0.3, "transpose": 5, "epochs": 1}, with_other_test_tunes(scales)
    a, b, c = (
        weights_of(train(tunes, settings(**chosen, seed=seed))[0], tmp_path / name)
        for name, tunes, seed in (("a", scales, 1), ("b", other, 1), ("c", scales, 2))
    )
    assert a == b
    assert a != c


@pytest.mark.parametrize(("keep", "epoch"), [("best", 1), ("last", 2)])
def test_which_epoch_is_kept(scales, train, monkeypatch, keep, epoch):
    """Validation is made to prefer the second of three epochs."""
    losses, seen = iter([3.0, 1.0, 2.0]), []

    def validate(program, state, places, count):
        seen.append(np.asarray(state[0]))
        return next(losses), 0.0

    monkeypatch.setattr(TrainStep, "validate", validate)
    model, _ = train(scales, settings(epochs=3, keep=keep))
    kept = np.asarray(jax.flatten_util.ravel_pytree(model._weights)[0])
    assert [np.array_equal(kept, weights) for weights in seen] == [i == epoch for i in range(3)]


def test_validation_is_the_window_protocol(scales, train, monkeypatch):
    monkeypatch.setattr(loop, "_VALIDATION_STRIDE", 1)
    monkeypatch.setattr(loop, "_VALIDATION_WINDOWS", 96)  # does not divide the 208 targets
    model, history = train(scales, settings(epochs=1, **COPYING))
    log_loss, accuracy = scored(model, scales.tunes(split.VALID))
    assert history[0].valid_log_loss == pytest.approx(log_loss, abs=1e-4)
    assert history[0].valid_accuracy == pytest.approx(accuracy, abs=1e-9)


def test_epochs_and_calls_compile_once(scales, tmp_path):
    run = training(scales, tmp_path, epochs=3, batch=4)
    run._per_call = 2
    run.run(len)
    assert run._updates == 7  # calls of 2, 2, 2 and 1
    assert run.train_step._advance._cache_size() == 1
    assert run.train_step._validate._cache_size() == 1


def test_many_devices_train_as_one_does(scales, tmp_path, monkeypatch):
    """An epoch, with dropout and transposition, on 1, 2 and 8 devices."""
    assert len(jax.devices()) >= 8
    found = {}
    for count in (1, 2, 8):
        with monkeypatch.context() as patch:
            patch.setattr(devices, "_LEAST_ROWS", 16 // count)
            run = training(scales, tmp_path, epochs=1, dropout=0.3, transpose=5)
        assert devices.describe(run.train_step._mesh) == f"{count} × cpu"
        run.run(len)
        found[count] = run.progress
    one = found.pop(1)
    for many in found.values():
        assert np.asarray(many.best) == pytest.approx(np.asarray(one.best), abs=1e-5)
        for name in ("log_loss", "valid_log_loss"):
            expected = getattr(one.history[0], name)
            assert getattr(many.history[0], name) == pytest.approx(expected, abs=1e-5)


def test_any_number_of_devices_validates(scales, tmp_path, monkeypatch):
    """Three, which do not divide the rows of a validation batch."""
    monkeypatch.setattr(loop, "_VALIDATION_STRIDE", 1)
    run = training(scales, tmp_path, batch=24)
    assert devices.describe(run.train_step._mesh) == "3 × cpu"
    run.run(len)
    log_loss, _ = scored(run.best(), scales.tunes(split.VALID))
    assert run.progress.history[-1].valid_log_loss == pytest.approx(log_loss, abs=1e-4)


def test_tunes_too_short_to_train_on_are_explained(scales, train):
    with pytest.raises(InputError, match=r"train\.lstm: no tune of the train part has 501 tokens"):
        train(scales, settings(segment=500), name="lstm")


def diverging(calls, monkeypatch):
    """Have the loss become NaN after so many calls of the train step."""
    real, done = TrainStep.advance, []

    def advance(program, state, starts, key, first):
        state, last = real(program, state, starts, key, first), first + len(starts)
        done.append(last)
        if len(done) > calls:
            state = (*state[:2], state[2].at[last - 1].set(jnp.nan))
        return state

    monkeypatch.setattr(TrainStep, "advance", advance)


def test_a_loss_that_is_no_number_stops_training(scales, train, monkeypatch, tmp_path):
    diverging(0, monkeypatch)
    with pytest.raises(InputError, match=r"epoch 1, the loss of update 2 is not .*below 0.01$"):
        train(scales, settings(), name="lstm")
    assert not list(tmp_path.rglob("*.safetensors"))


def test_the_best_model_before_a_divergence_is_kept_aside(scales, train, monkeypatch, tmp_path):
    diverging(2, monkeypatch)
    aside = tmp_path / "scratch" / "lstm" / "diverged"
    with pytest.raises(InputError, match=f"epoch 3, .* best model so far is in {aside}"):
        train(scales, settings(epochs=5), name="lstm")
    assert np.isfinite(registry.load(aside).score([scales.tune(0)])[0]).all()


def test_the_course_can_be_followed_while_it_trains(scales, train):
    told = []
    _, history = train(scales, settings(epochs=3), follow=lambda epochs: told.append([*epochs]))
    assert told == [history[:n] for n in range(4)]


def test_a_trained_model_comes_back_from_disk(scales, train, tmp_path):
    model, _ = train(scales, settings(epochs=1))
    model.save(tmp_path / "lstm")
    tunes, back = scales.tunes(split.TEST), registry.load(tmp_path / "lstm")
    assert np.array_equal(back.score(tunes)[0], model.score(tunes)[0])
