"""Recurrent models: what their rows are, and how they come back from disk."""

import json
import shutil

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from safetensors.numpy import load_file

from nottingham import models
from nottingham.errors import InputError
from nottingham.models import storage
from nottingham.models.counting.baselines import Uniform
from nottingham.models.recurrent.model import RecurrentModel
from nottingham.models.recurrent.network import build
from nottingham.representation import Grid, clock
from nottingham.representation.clock import Clock
from tests.models.small import CELLS, COPYING, PLAIN, TUNE, caring, tokens
from tests.models.stepping import GRID, NONE, scored


def saved(settings, folder):
    model = RecurrentModel(caring(settings), settings)
    model.save(folder)
    return model


@pytest.mark.parametrize("settings", [CELLS["gru"], COPYING, TUNE], ids=["gru", "copying", "tune"])
def test_it_comes_back_from_disk_bit_by_bit(tmp_path, settings):
    model, tune = saved(settings, tmp_path / "lstm"), tokens(1, 70)
    back = models.load(tmp_path / "lstm")
    assert type(back) is type(model)
    assert back.context == settings["context"]
    assert back.representation == GRID
    assert np.array_equal(scored(back, tune), scored(model, tune))
    assert np.array_equal(*(np.concatenate(one.score([tune])) for one in (back, model)))


def test_saving_replaces_and_leaves_nothing_beside(tmp_path):
    saved(PLAIN, tmp_path / "m")
    saved(PLAIN, tmp_path / "m")
    assert [p.name for p in tmp_path.iterdir()] == ["m"]
    assert {p.name for p in (tmp_path / "m").iterdir()} == {"settings.json", "weights.safetensors"}


def rewrite_hash(folder):
    """Have the settings name whatever weights lie beside them."""
    settings = json.loads((folder / "settings.json").read_text())
    settings["weights_sha256"] = storage.digest(folder / "weights.safetensors")
    storage.write_json(folder / "settings.json", settings)


class TestDamagedModels:
    @pytest.fixture
    def folder(self, tmp_path):
        saved(PLAIN, tmp_path / "lstm")
        return tmp_path / "lstm"

    def test_missing(self, tmp_path):
        with pytest.raises(InputError, match=r"nowhere/settings\.json.*dvc repro"):
            models.load(tmp_path / "nowhere")

    def test_weights_cut_short(self, folder):
        path = folder / "weights.safetensors"
        path.write_bytes(path.read_bytes()[:-9])
        with pytest.raises(InputError, match=r"weights\.safetensors: not the weights that"):
            models.load(folder)
        rewrite_hash(folder)
        with pytest.raises(InputError, match=r"weights\.safetensors: cannot be read"):
            models.load(folder)

    def test_a_pickle_is_not_loaded(self, folder):
        import pickle

        class Bomb:
            def __reduce__(self):
                return (exec, ("raise SystemExit('a pickle was run')",))

        (folder / "weights.safetensors").write_bytes(pickle.dumps(Bomb()))
        rewrite_hash(folder)
        with pytest.raises(InputError, match="cannot be read"):
            models.load(folder)

    @pytest.mark.parametrize("change", [{"units": 13}, {"intervals": True}, {"lags": [1]}])
    def test_weights_of_another_network(self, folder, change):
        other = PLAIN | change
        RecurrentModel(build(other, GRID, seed=0), other).save(folder.parent / "other")
        weights = (folder.parent / "other" / "weights.safetensors").read_bytes()
        (folder / "weights.safetensors").write_bytes(weights)
        with pytest.raises(InputError, match=r"not the weights that settings\.json was written"):
            models.load(folder)
        rewrite_hash(folder)
        with pytest.raises(InputError, match=r"do not fit settings\.json"):
            models.load(folder)

    @pytest.mark.parametrize("bit", range(8))
    def test_a_flipped_bit_of_the_weights(self, folder, bit):
        path = folder / "weights.safetensors"
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1 << bit]))
        with pytest.raises(InputError, match=r"not the weights that .* dvc repro"):
            models.load(folder)

    def test_weights_that_are_not_numbers(self, folder):
        arrays = load_file(folder / "weights.safetensors")
        arrays["output.bias"][3] = np.nan
        storage.save(folder, {"kind": "recurrent", **PLAIN}, GRID, arrays)
        with pytest.raises(InputError, match=r"output\.bias holds what is not a number.*dvc repro"):
            models.load(folder)

    def test_settings_of_a_model_without_weights(self, folder, tmp_path):
        Uniform(GRID).save(tmp_path / "random")
        shutil.copy(tmp_path / "random" / "settings.json", folder)
        with pytest.raises(InputError, match="not the weights that"):
            models.load(folder)

    def test_tunes_on_another_grid(self, folder):
        assert models.load(folder, representation=GRID)
        with pytest.raises(
            InputError, match=r"lstm: a model of Grid\(.*=8\), .*=16\); .*dvc repro"
        ):
            models.load(folder, representation=Grid(16))

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"representation": {"name": "sheet"}}, "no settings of a model"),
            ({"representation": {"name": "grid"}}, "no settings of a model"),
            ({"kind": "transformer"}, "no kind of model 'transformer'"),
            ({"cell": "peephole"}, "no settings of a model"),
            ({"context": "corpus"}, "no settings of a model"),
            ({"units": "many"}, "no settings of a model"),
            ({"positions": 8}, "no settings of a model"),
        ],
    )
    def test_settings_that_do_not_fit(self, folder, change, message):
        raw = {"representation": GRID.settings(), "kind": "recurrent", **PLAIN, **change}
        storage.write_json(folder / "settings.json", raw)
        rewrite_hash(folder)
        with pytest.raises(InputError, match=message):
            models.load(folder)

    def test_a_setting_that_is_missing(self, folder):
        raw = {"representation": GRID.settings(), "kind": "recurrent", **PLAIN}
        storage.write_json(
            folder / "settings.json", {k: v for k, v in raw.items() if k != "phrase"}
        )
        rewrite_hash(folder)
        with pytest.raises(InputError, match="no settings of a model"):
            models.load(folder)


def times_of(tune):
    """When the token behind each of a tune's begins: ``[time, 1]``."""
    return Clock(*(jnp.asarray(x[1:, None], jnp.int32) for x in clock.read(GRID, tune)))


@pytest.fixture(scope="module", params=["lstm", "copying"])
def window_model(request):
    settings = CELLS["lstm"] if request.param == "lstm" else COPYING
    return RecurrentModel(caring(settings), settings)


def test_a_row_of_window_context_is_a_run_over_32_tokens(window_model):
    """From h_0 = 0; the first ones over all tokens from the tune's start."""
    tune, net = tokens(1, 70), window_model._network(window_model._weights)
    rows, times = scored(window_model, tune), times_of(tokens(1, 70))
    for t in (32, 33, 69):
        window = jnp.asarray(tune[t - 32 : t, None].astype(np.int32))
        inputs = net.inputs(window, Clock(*(x[t - 32 : t] for x in times)))
        expected = jax.nn.log_softmax(net.predict(inputs, last=1)[-1, 0])
        assert rows[t] == pytest.approx(np.asarray(expected), abs=1e-5)
    begun = jnp.asarray(np.append(NONE, tune[:20])[:, None].astype(np.int32))
    start = Clock(*(jnp.concatenate([jnp.zeros((1, 1), jnp.int32), x[:20]]) for x in times))
    expected = jax.nn.log_softmax(net.predict(net.inputs(begun, start), last=21)[:, 0])
    assert rows[:21] == pytest.approx(np.asarray(expected), abs=1e-5)


def test_more_windows_than_a_call_takes(window_model):
    tune = tokens(2, 700)
    assert scored(window_model, tune)[600:] == pytest.approx(
        scored(window_model, tune[8:])[592:], abs=1e-5
    )


@pytest.fixture(scope="module")
def tune_model():
    return RecurrentModel(caring(TUNE), TUNE)


def test_the_rows_of_tune_context_are_one_run_from_the_start(tune_model):
    tune, net = tokens(1, 100), tune_model._network(tune_model._weights)
    times = Clock(*(jnp.concatenate([jnp.zeros((1, 1), jnp.int32), x]) for x in times_of(tune)))
    inputs = net.inputs(jnp.asarray(np.append(NONE, tune)[:, None].astype(np.int32)), times)
    expected = jax.nn.log_softmax(net.predict(inputs, last=101)[:, 0])
    assert scored(tune_model, tune) == pytest.approx(np.asarray(expected)[:-1], abs=1e-5)


def test_a_row_sees_the_tune_from_its_start(tune_model):
    """The first step 8 measures before is a candidate; whether it is a rest matters for ever."""
    tune = tokens(1, 100)
    tune[0] = 40
    rows, changed, upbeat = scored(tune_model, tune), tune.copy(), tune.copy()
    changed[0], upbeat[0] = 42, 0
    there = scored(tune_model, changed) - rows
    assert abs(there[64]).max() > 0.1
    assert there[64, 42] > 0 > there[64, 40]
    assert abs(scored(tune_model, upbeat) - rows)[1:].max(axis=1).min() > 1e-3


def test_the_state_goes_on_beyond_a_call():
    """Without a lookback, too, a row depends on more than the 32 steps of a call."""
    settings = TUNE | {"phrase": 0, "intervals": False, "lags": [], "longest_match": False}
    network = caring(settings)
    network.bias[...] = network.bias[...].at[12:24].add(4.0)  # so that it does not forget
    model, tune = RecurrentModel(network, settings), tokens(1, 70)
    changed = tune.copy()
    changed[20] = (tune[20] + 11) % 89
    differs = abs(scored(model, changed) - scored(model, tune)).max(axis=1) > 1e-4
    assert differs.tolist() == [t > 20 for t in range(70)]


def test_generation_carries_the_state_through_whole_tunes(window_model):
    carried, tune = window_model.unbounded(), tokens(1, 70)
    assert carried.context == "tune"
    rows, windows = scored(carried, tune), scored(window_model, tune)
    assert rows[:32] == pytest.approx(windows[:32], abs=1e-5)
    assert abs(rows - windows)[33:].max() > 1e-3
