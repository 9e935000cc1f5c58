"""Networks on disk: they come back bit by bit, and damaged ones are refused."""

import json
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file

from nottingham import models
from nottingham.errors import InputError
from nottingham.models import storage
from nottingham.models.counting.baselines import Uniform
from nottingham.models.recurrent import networks
from nottingham.models.recurrent.network import build
from tests.models.small import CELLS, COPYING, PLAIN, TUNE, caring, tokens


def saved(settings, folder):
    model = networks.wrap(caring(settings), settings)
    model.save(folder)
    return model


@pytest.mark.parametrize("settings", [CELLS["gru"], COPYING, TUNE], ids=["gru", "copying", "tune"])
def test_it_comes_back_from_disk_bit_by_bit(tmp_path, settings):
    model, tunes = saved(settings, tmp_path / "lstm"), tokens(1, 2, 70)
    back = models.load(tmp_path / "lstm")
    assert type(back) is type(model)
    assert back.context == settings["context"]
    assert np.array_equal(back.next_log_probs(tunes), model.next_log_probs(tunes))


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

    @pytest.mark.parametrize("change", [{"units": 13}, {"intervals": True}, {"lookbacks": [1]}])
    def test_weights_of_another_network(self, folder, change):
        other = PLAIN | change
        networks.wrap(build(other, seed=0), other).save(folder.parent / "other")
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
        storage.save(folder, {"kind": "network", **PLAIN}, arrays)
        with pytest.raises(InputError, match=r"output\.bias holds what is not a number.*dvc repro"):
            models.load(folder)

    def test_settings_of_a_model_without_weights(self, folder, tmp_path):
        Uniform().save(tmp_path / "random")
        shutil.copy(tmp_path / "random" / "settings.json", folder)
        with pytest.raises(InputError, match="not the weights that"):
            models.load(folder)

    def test_tunes_on_another_grid(self, folder):
        assert models.load(folder, steps_per_measure=8)
        with pytest.raises(InputError, match=r"lstm: a model of 8 steps .* have 16; .*dvc repro"):
            models.load(folder, steps_per_measure=16)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"vocabulary": 90}, "not the settings of a model of 89 tokens"),
            ({"kind": "transformer"}, "no kind of model 'transformer'"),
            ({"cell": "peephole"}, "is damaged"),
            ({"context": "corpus"}, "is damaged"),
            ({"units": "many"}, "is damaged"),
            ({"positions": 8}, "is damaged"),
        ],
    )
    def test_settings_that_do_not_fit(self, folder, change, message):
        raw = {"vocabulary": 89, "kind": "network", **PLAIN, **change}
        storage.write_json(folder / "settings.json", raw)
        rewrite_hash(folder)
        with pytest.raises(InputError, match=message):
            models.load(folder)

    def test_a_setting_that_is_missing(self, folder):
        raw = {"vocabulary": 89, "kind": "network", **PLAIN}
        storage.write_json(
            folder / "settings.json", {k: v for k, v in raw.items() if k != "phrase"}
        )
        rewrite_hash(folder)
        with pytest.raises(InputError, match="is damaged"):
            models.load(folder)
