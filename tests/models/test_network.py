"""The recurrent network against its definition, and the window model's promises."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham import models
from nottingham.encoding import vocabulary
from nottingham.errors import InputError
from nottingham.models import network, recurrence, storage
from nottingham.models.network import build, drop
from nottingham.models.window import WindowModel

SETTINGS = {"units": 12, "embedding": 7, "positions": 8, "precision": "float32"}


@pytest.fixture(params=["tanh", "gru", "lstm"])
def settings(request):
    return {"cell": request.param, **SETTINGS}


@pytest.fixture
def model(settings):
    return WindowModel(build(settings, seed=3), settings)


@pytest.fixture
def tune():
    return np.random.default_rng(1).integers(0, 89, 70).astype(np.uint8)


def test_the_network_step_by_step(settings):
    """The table of embeddings times weights, written out; the position is that of the next step."""
    net = build(settings, seed=3)
    tokens, first = jnp.array([[5, 0], [6, 88]]), jnp.array([7, 2])
    embedded = net.embed(tokens) + net.position(jnp.array([[0, 3], [1, 4]]))
    inputs = (net.input(embedded) + net.bias[...]).reshape(4, -1)
    steps = jnp.arange(4).reshape(2, 2, 1)
    cell = recurrence.CELLS[settings["cell"]]
    expected = recurrence.run(cell, inputs, net.recurrent[...], steps)
    assert np.asarray(net.hidden(tokens, first)) == pytest.approx(np.asarray(expected), abs=1e-5)


def test_an_lstm_begins_with_its_forget_gates_open():
    bias = np.asarray(build({"cell": "lstm", **SETTINGS}, seed=3).bias[...]).reshape(4, 12)
    assert bias[1].tolist() == [1.0] * 12
    assert not bias[[0, 2, 3]].any()


def test_step_by_step_is_the_whole_sequence(settings, tune):
    net = build(settings, seed=3)
    tokens = jnp.asarray(tune[:20].reshape(10, 2).astype(np.int32))
    whole = net.hidden(tokens, jnp.array([3, 3]))
    state, step = net.start(2), net.stepper()
    for t, now in enumerate(tokens):
        state = step(state, now, jnp.array([t + 4, t + 4]))
        assert np.asarray(state[0]) == pytest.approx(np.asarray(whole[t]), abs=1e-5)


def test_dropout_silences_units_and_keeps_the_mean():
    hidden, keys = jnp.ones((3, 400, 20)), jax.random.split(jax.random.key(0), 400)
    dropped = np.asarray(drop(hidden, 0.25, keys))
    assert set(np.unique(dropped)) == {0.0, np.float32(1 / 0.75)}
    assert (dropped == dropped[:1]).all()  # the same units through all of a stretch
    assert dropped.mean() == pytest.approx(1, abs=0.02)
    half = np.asarray(drop(hidden[:, :200], 0.25, keys[:200]))
    assert (half == dropped[:, :200]).all()  # whoever else is in the batch


def test_without_positions_the_place_does_not_matter(settings):
    net = build(settings | {"positions": None}, seed=3)
    tokens = jnp.array([[5], [6]])
    here, there = net.hidden(tokens, jnp.array([0])), net.hidden(tokens, jnp.array([3]))
    assert np.array_equal(here, there)


def test_a_row_depends_on_exactly_the_32_steps_before(model, tune):
    rows = model.log_probs(tune)
    before, within = tune.copy(), tune.copy()
    before[: 60 - 32] = (before[: 60 - 32] + 11) % 89
    within[60 - 32] = (within[60 - 32] + 11) % 89
    assert np.array_equal(model.log_probs(before)[60], rows[60])
    assert not np.array_equal(model.log_probs(within)[60], rows[60])


def test_each_row_is_a_run_over_its_own_window(model, settings, tune):
    rows = model.log_probs(tune)
    net = build(settings, seed=3)
    for t in (1, 20, 32, 33, 69):
        start = max(0, t - 32)
        window = jnp.asarray(tune[start:t].astype(np.int32))[:, None]
        row = network.last_log_probs(net, window, jnp.array([start]))[0]
        assert rows[t] == pytest.approx(np.asarray(row), abs=1e-5)


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33])
def test_tunes_of_any_length(model, tune, length):
    rows = model.log_probs(tune[:length])
    assert rows.shape == (length, vocabulary.SIZE)
    assert rows == pytest.approx(model.log_probs(tune)[:length], abs=1e-5)


def test_tunes_continued_together_and_alone(model, tune):
    other = np.roll(tune, 5)
    batch = model.next_log_probs(np.stack([tune, other]))
    assert batch[0] == pytest.approx(model.next_log_probs(tune[None])[0], abs=1e-5)
    assert batch[1] == pytest.approx(model.next_log_probs(other[None])[0], abs=1e-5)


def test_more_windows_than_a_call_takes(model):
    tune = np.random.default_rng(2).integers(0, 89, 700).astype(np.uint8)
    rows = model.log_probs(tune)
    assert rows[600] == pytest.approx(model.next_log_probs(tune[None, :600])[0], abs=1e-5)


def test_tunes_scored_together_and_alone(model, tune):
    tunes = [tune, tune[:33], tune[:5], np.tile(tune, 9), tune[:0]]
    for tokens, rows in zip(tunes, model.log_probs_of(tunes), strict=True):
        assert rows.shape == (len(tokens), vocabulary.SIZE)
        assert rows == pytest.approx(model.log_probs(tokens), abs=1e-5)


def test_it_comes_back_from_disk_bit_by_bit(tmp_path, model, tune):
    model.save(tmp_path / "lstm")
    back = models.load(tmp_path / "lstm")
    assert back.context == "window"
    assert np.array_equal(back.log_probs(tune), model.log_probs(tune))


def test_saving_replaces_and_leaves_nothing_beside(tmp_path, model):
    model.save(tmp_path / "m")
    model.save(tmp_path / "m")
    assert [p.name for p in tmp_path.iterdir()] == ["m"]
    assert {p.name for p in (tmp_path / "m").iterdir()} == {"settings.json", "weights.safetensors"}


class TestDamagedModels:
    @pytest.fixture
    def folder(self, tmp_path, model):
        model.save(tmp_path / "lstm")
        return tmp_path / "lstm"

    def test_missing(self, tmp_path):
        with pytest.raises(InputError, match=r"nowhere/settings\.json.*dvc repro"):
            models.load(tmp_path / "nowhere")

    def test_weights_cut_short(self, folder):
        path = folder / "weights.safetensors"
        path.write_bytes(path.read_bytes()[:-9])
        with pytest.raises(InputError, match=r"weights\.safetensors: cannot be read"):
            models.load(folder)

    def test_a_pickle_is_not_loaded(self, folder):
        import pickle

        class Bomb:
            def __reduce__(self):
                return (exec, ("raise SystemExit('a pickle was run')",))

        (folder / "weights.safetensors").write_bytes(pickle.dumps(Bomb()))
        with pytest.raises(InputError, match="cannot be read"):
            models.load(folder)

    def test_weights_of_another_network(self, folder, settings):
        other = settings | {"units": 13}
        WindowModel(build(other, seed=0), other).save(folder.parent / "other")
        weights = (folder.parent / "other" / "weights.safetensors").read_bytes()
        (folder / "weights.safetensors").write_bytes(weights)
        with pytest.raises(InputError, match=r"do not fit settings\.json"):
            models.load(folder)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"vocabulary": 90}, "not the settings of a model of 89 tokens"),
            ({"kind": "transformer"}, "no kind of model 'transformer'"),
            ({"cell": "peephole"}, "is damaged"),
            ({"units": "many"}, "is damaged"),
        ],
    )
    def test_settings_that_do_not_fit(self, folder, settings, change, message):
        raw = {"vocabulary": 89, "kind": "network", **settings, **change}
        storage.write_json(folder / "settings.json", raw)
        with pytest.raises(InputError, match=message):
            models.load(folder)
