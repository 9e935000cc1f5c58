"""Training: the objectives on arrays worked by hand, the loop on tunes that can be learnt."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham import models
from nottingham.encoding import split, vocabulary, windows
from nottingham.errors import InputError
from nottingham.evaluation import metrics, scoring
from nottingham.models.network import build
from nottingham.params import Network
from nottingham.training import loop
from nottingham.training.objective import Objective, transpose

SETTINGS = {
    "cell": "lstm",
    "units": 16,
    "embedding": 8,
    "metrical_position": True,
    "objective": "every-step",
    "stretch": 32,
    "batch": 16,
    "epochs": 2,
    "learning_rate": 0.01,
    "dropout": 0.0,
    "transpose": 0,
    "seed": 1,
}


def settings(**changes):
    return Network(**(SETTINGS | changes))


@pytest.fixture(scope="module")
def scales():
    """Tunes that go up and down a scale, each from a place of its own: easy to learn."""
    period = [40, 40, 42, 44, 45, 47, 45, 44, 42, 42, 40, 39]
    tunes = [np.array((period * 12)[i % 12 :], np.uint8) for i in range(12)]
    places = np.array([split.TRAIN] * 8 + [split.VALID] * 2 + [split.TEST] * 2, np.uint8)
    ids = [f"scales/{i}" for i in range(12)]
    return windows.join(tunes, split=places, ids=ids, steps_per_measure=8)


def network(**changes):
    return build({"cell": "tanh", "units": 6, "embedding": 4, "positions": 8, **changes}, seed=0)


def test_every_step_gives_one_loss_a_target():
    net, key = network(), jax.random.key(0)
    stretches = jnp.array([[1, 4], [2, 5], [3, 6]])
    first = jnp.array([0, 5])
    losses = Objective.named("every-step", 2).losses(net, stretches, first, dropout=0.0, key=key)
    rows = jax.nn.log_softmax(net.logits(net.hidden(stretches[:-1], first)))
    expected = [[-rows[0, 0, 2], -rows[0, 1, 5]], [-rows[1, 0, 3], -rows[1, 1, 6]]]
    assert np.asarray(losses) == pytest.approx(np.array(expected), abs=1e-6)


def test_last_step_counts_the_33rd_alone():
    net, key = network(), jax.random.key(0)
    stretches = jax.random.randint(key, (33, 3), 0, 89)
    first = jnp.zeros(3, jnp.int32)
    last, every = (
        Objective.named(name, 32).losses(net, stretches, first, dropout=0.0, key=key)
        for name in ("last-step", "every-step")
    )
    assert last.shape == (1, 3)
    assert np.asarray(last[0]) == pytest.approx(np.asarray(every[-1]), abs=1e-6)


def test_stretches_are_one_longer_than_their_targets():
    assert (Objective.named("last-step", 64).steps, Objective.named("last-step", 64).terms) == (
        33,
        1,
    )
    every = Objective.named("every-step", 64)
    assert (every.steps, every.terms) == (65, 64)


def test_transposition_keeps_intervals_and_rests():
    stretches = jnp.array([[40, 0], [0, 0], [45, 3]])
    shifts = set()
    for seed in range(40):
        moved = np.asarray(transpose(stretches, 5, jax.random.key(seed)))
        assert moved[1, 0] == moved[0, 1] == moved[1, 1] == vocabulary.REST
        assert moved[2, 0] - moved[0, 0] == 5
        shifts.add(int(moved[0, 0]) - 40)
        assert 1 <= moved[2, 1] <= 8  # token 3 goes down by two at most: the piano ends
    assert shifts == set(range(-5, 6))


def test_transposition_stays_on_the_piano():
    high = jnp.array([[88], [1]])
    for seed in range(10):
        assert np.array_equal(transpose(high, 24, jax.random.key(seed)), high)


@pytest.mark.parametrize("cell", ["tanh", "lstm"])
@pytest.mark.parametrize("objective", ["every-step", "last-step"])
def test_both_cells_and_objectives_learn(scales, cell, objective):
    epochs = 80 if objective == "every-step" else 4
    chosen = settings(cell=cell, objective=objective, epochs=epochs)
    model, history = loop.train(scales, chosen, name="")
    assert history[-1].log_loss < history[0].log_loss
    scores = metrics.summary(scoring.score_tunes(model, scales.tunes(split.TEST), 8))
    assert scores["accuracy"] > 0.7  # repeating the last step is right one time in six
    assert scores["log_loss"] < 1.0


def test_an_epoch_is_as_many_terms_as_there_are_targets(scales):
    targets = windows.count_targets(scales.tunes(split.TRAIN))
    every = loop._Run(scales, settings(), "lstm")
    last = loop._Run(scales, settings(objective="last-step"), "lstm")
    assert every._updates == round(targets / (16 * 32))
    assert last._updates == round(targets / 16)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(scales, tmp_path):
    chosen = {"dropout": 0.3, "transpose": 5, "epochs": 1}
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        loop.train(scales, settings(**chosen, seed=seed), name="")[0].save(tmp_path / name)
    a, b, c = ((tmp_path / n / "weights.safetensors").read_bytes() for n in "abc")
    assert a == b
    assert a != c


def test_the_best_epoch_in_validation_wins(scales, monkeypatch):
    """Validation is made to prefer the second of three epochs; its weights must come out."""
    losses, kept = iter([3.0, 1.0, 2.0]), []
    real = loop._Run.epoch

    def epoch(run, number):
        done = real(run, number)
        kept.append(np.asarray(jax.tree.leaves(run.weights)[0]))
        return loop.Epoch(number, done.log_loss, next(losses), 0.0)

    monkeypatch.setattr(loop._Run, "epoch", epoch)
    model, _ = loop.train(scales, settings(epochs=3), name="")
    best = np.asarray(jax.tree.leaves(model._weights)[0])
    assert np.array_equal(best, kept[1])
    assert not np.array_equal(best, kept[2])


def test_validation_is_the_window_protocol(scales, monkeypatch):
    monkeypatch.setattr(loop, "_VALIDATION_STRIDE", 1)
    monkeypatch.setattr(loop, "_VALIDATION_BATCH", 100)  # does not divide the 208 targets
    model, history = loop.train(scales, settings(epochs=1), name="")
    scores = metrics.summary(scoring.score_tunes(model, scales.tunes(split.VALID), 8))
    assert history[0].valid_log_loss == pytest.approx(scores["log_loss"], abs=1e-3)
    assert history[0].valid_accuracy == pytest.approx(scores["accuracy"], abs=1e-3)


def test_the_test_tunes_do_not_matter(scales, tmp_path):
    tokens = scales.tokens.copy()
    tokens[scales.offsets[10] :] = 5
    other = windows.Streams(tokens, scales.offsets, scales.split, scales.ids, 8)
    for name, tunes in (("a", scales), ("b", other)):
        loop.train(tunes, settings(epochs=1), name="")[0].save(tmp_path / name)
    a, b = ((tmp_path / n / "weights.safetensors").read_bytes() for n in "ab")
    assert a == b


def test_tunes_too_short_to_train_on_are_explained(scales):
    with pytest.raises(InputError, match=r"train\.lstm: no tune of the train part has 501 steps"):
        loop.train(scales, settings(stretch=500), name="lstm")


def test_a_loss_that_is_no_number_stops_training(scales, monkeypatch):
    monkeypatch.setattr(Objective, "losses", lambda *_, **__: jnp.full((1, 1), jnp.nan))
    with pytest.raises(InputError, match=r"the loss of epoch 1 is not a number; try .*below 0.01"):
        loop.train(scales, settings(), name="lstm")


def test_the_curve_has_a_row_an_epoch(tmp_path):
    loop.write_curve(tmp_path / "lstm.csv", [loop.Epoch(1, 2.0, 1.5, 0.25)])
    assert (tmp_path / "lstm.csv").read_text() == (
        "epoch,log_loss,valid_log_loss,valid_accuracy\n1,2.0000,1.5000,0.2500\n"
    )


def test_a_trained_model_comes_back_from_disk(scales, tmp_path):
    model, _ = loop.train(scales, settings(epochs=1), name="")
    model.save(tmp_path / "lstm")
    tokens = scales.tunes(split.TEST)[0]
    back = models.load(tmp_path / "lstm")
    assert np.array_equal(back.log_probs(tokens), model.log_probs(tokens))
