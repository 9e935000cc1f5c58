"""The recurrent network against its definition, and the window model's promises."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from jaxtyping import TypeCheckError

from nottingham import models
from nottingham.encoding import vocabulary
from nottingham.errors import InputError
from nottingham.models import network, recurrence, storage
from nottingham.models.network import WindowModel, build

SETTINGS = {"units": 12, "embedding": 7, "positions": 8}


@pytest.fixture(params=["tanh", "lstm"])
def settings(request):
    return {"cell": request.param, **SETTINGS}


@pytest.fixture
def model(settings):
    return WindowModel(build(settings, seed=3), settings)


@pytest.fixture
def tune():
    return np.random.default_rng(1).integers(0, 89, 70).astype(np.uint8)


def draw(*shape):
    return jax.random.normal(jax.random.key(sum(shape)), shape)


def test_the_poster_s_cell():
    """h_t = tanh(W_hh h_{t-1} + W_xh x_t), h_0 = 0, in plain NumPy."""
    inputs, weights = draw(5, 2, 4), draw(4, 4)
    hidden, expected = np.zeros((2, 4)), []
    for x in np.asarray(inputs):
        hidden = np.tanh(hidden @ np.asarray(weights) + x)
        expected.append(hidden)
    assert np.asarray(recurrence.tanh(inputs, weights)) == pytest.approx(
        np.array(expected), abs=1e-5
    )


def test_shapes_are_checked_in_the_tests():
    with pytest.raises(TypeCheckError, match="time batch gates_units"):
        recurrence.tanh(jnp.zeros((5, 4)), jnp.zeros((4, 4)))


def test_the_lstm_equals_flax_s_own():
    cell = nnx.OptimizedLSTMCell(3, 4, rngs=nnx.Rngs(0))
    inputs, weights, x = draw(3, 16), draw(4, 16), draw(6, 2, 3)
    # Flax keeps one dense layer for all gates, in the same order i, f, g, o; our forget gate has
    # its bias of 1 built in
    cell.dense_i.kernel[...] = inputs
    cell.dense_h.kernel[...] = weights
    cell.dense_h.bias[...] = jnp.repeat(jnp.array([0.0, 1.0, 0.0, 0.0]), 4)
    expected = nnx.RNN(cell, time_major=True)(x)
    assert np.asarray(recurrence.lstm(x @ inputs, weights)) == pytest.approx(
        np.asarray(expected), abs=1e-5
    )


def test_the_network_step_by_step(settings):
    """The table of embeddings times weights, written out; the position is that of the next step."""
    net = build(settings, seed=3)
    tokens, first = jnp.array([[5, 0], [6, 88]]), jnp.array([7, 2])
    embedded = net.embed(tokens) + net.position(jnp.array([[0, 3], [1, 4]]))
    expected = recurrence.CELLS[settings["cell"]].run(net.input(embedded), net.recurrent[...])
    assert np.asarray(net.hidden(tokens, first)) == pytest.approx(np.asarray(expected), abs=1e-5)


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
            ({"cell": "gru"}, "is damaged"),
            ({"units": "many"}, "is damaged"),
        ],
    )
    def test_settings_that_do_not_fit(self, folder, settings, change, message):
        raw = {"vocabulary": 89, "kind": "network", **settings, **change}
        storage.write_json(folder / "settings.json", raw)
        with pytest.raises(InputError, match=message):
            models.load(folder)
