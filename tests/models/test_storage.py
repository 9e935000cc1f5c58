"""Models on disk: damaged ones, and those of something else, are refused."""

import json
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file
from safetensors.numpy import save as to_bytes

from nottingham import models
from nottingham.errors import InputError
from nottingham.models import registry, storage
from nottingham.models.counting.baselines import Uniform
from nottingham.models.recurrent.model import RecurrentModel
from nottingham.models.recurrent.network import build
from tests.models import small
from tests.models.small import GRID, NOTES, PLAIN, walks


def test_saving_replaces_and_leaves_nothing_beside(tmp_path):
    small.model("lstm").save(tmp_path / "m")
    small.model("lstm").save(tmp_path / "m")
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
        small.model("lstm").save(tmp_path / "lstm")
        return tmp_path / "lstm"

    def test_missing(self, tmp_path):
        with pytest.raises(InputError, match=r"nowhere/settings\.json.*dvc repro"):
            registry.load(tmp_path / "nowhere")

    def test_weights_cut_short(self, folder):
        path = folder / "weights.safetensors"
        path.write_bytes(path.read_bytes()[:-9])
        with pytest.raises(InputError, match=r"weights\.safetensors: not the weights that"):
            registry.load(folder)
        rewrite_hash(folder)
        with pytest.raises(InputError, match=r"weights\.safetensors: cannot be read"):
            registry.load(folder)

    def test_a_pickle_is_not_loaded(self, folder):
        import pickle

        class Bomb:
            def __reduce__(self):
                return (exec, ("raise SystemExit('a pickle was run')",))

        (folder / "weights.safetensors").write_bytes(pickle.dumps(Bomb()))
        rewrite_hash(folder)
        with pytest.raises(InputError, match="cannot be read"):
            registry.load(folder)

    @pytest.mark.parametrize("change", [{"units": 13}, {"intervals": True}, {"last_token": True}])
    def test_weights_of_another_network(self, folder, change):
        other = PLAIN | change
        RecurrentModel(build(other, GRID, seed=0), other).save(folder.parent / "other")
        weights = (folder.parent / "other" / "weights.safetensors").read_bytes()
        (folder / "weights.safetensors").write_bytes(weights)
        with pytest.raises(InputError, match=r"not the weights that settings\.json was written"):
            registry.load(folder)
        rewrite_hash(folder)
        with pytest.raises(InputError, match=r"do not fit settings\.json"):
            registry.load(folder)

    @pytest.mark.parametrize("bit", range(8))
    def test_a_flipped_bit_of_the_weights(self, folder, bit):
        path = folder / "weights.safetensors"
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1 << bit]))
        with pytest.raises(InputError, match=r"not the weights that .* dvc repro"):
            registry.load(folder)

    def test_weights_that_are_not_numbers(self, folder):
        arrays = load_file(folder / "weights.safetensors")
        arrays["output.bias"][3] = np.nan
        storage.save(folder, {"kind": "recurrent", **PLAIN}, GRID, arrays)
        with pytest.raises(InputError, match=r"output\.bias holds what is not a number.*dvc repro"):
            registry.load(folder)

    def test_settings_of_a_model_without_weights(self, folder, tmp_path):
        Uniform(GRID).save(tmp_path / "random")
        shutil.copy(tmp_path / "random" / "settings.json", folder)
        with pytest.raises(InputError, match="not the weights that"):
            registry.load(folder)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"representation": None}, "no settings of a model in it"),
            ({"representation": {"name": "chant"}}, "no settings .* is no representation"),
            ({"representation": {"name": "grid"}}, "no settings .* is no representation"),
            (
                {"representation": {"name": "grid", "steps_per_measure": 0}},
                "no settings .* no measures of 0 steps",
            ),
            ({"kind": "transformer"}, "no kind of model 'transformer'"),
            ({"cell": "peephole"}, "no settings of a model in it"),
            ({"context": "corpus"}, "no settings of a model in it"),
            ({"units": "many"}, "no settings of a model in it"),
            ({"lookbacks": 8}, "no settings of a model in it"),
            ({"positions": 8}, "no settings of a model in it"),
        ],
    )
    def test_settings_that_do_not_fit(self, folder, change, message):
        self.change(folder, lambda settings: settings | change)
        with pytest.raises(InputError, match=message):
            registry.load(folder)

    @pytest.mark.parametrize(
        ("key", "message"),
        [
            ("representation", "no settings of a model in it"),
            ("kind", "no settings of a model in it"),
            ("phrase", "no settings of a model in it"),
            ("context", "no settings of a model in it"),
        ],
    )
    def test_a_setting_that_is_missing(self, folder, key, message):
        self.change(folder, lambda settings: {k: v for k, v in settings.items() if k != key})
        with pytest.raises(InputError, match=message):
            registry.load(folder)

    def change(self, folder, how):
        settings = json.loads((folder / "settings.json").read_text())
        storage.write_json(folder / "settings.json", how(settings))


@pytest.fixture
def packed(tmp_path):
    """A network, whole and small; of two matrices most rows are zeros."""
    small.model("headed", NOTES).save(tmp_path / "random")
    settings, representation = storage.load_settings(tmp_path / "random")
    arrays = load_file(tmp_path / "random" / "weights.safetensors")
    for name in ("direct", "cadence"):
        arrays[name] = np.pad(arrays[name][:5], ((0, len(arrays[name]) - 5), (0, 0)))
    storage.save(tmp_path / "whole", settings, representation, arrays)
    (tmp_path / "small").mkdir()
    storage.save_small(tmp_path / "small", tmp_path / "whole")
    return tmp_path


def test_a_small_copy_predicts_the_same_but_for_the_last_digits(packed):
    tunes = walks(NOTES, 3, [60, 40])
    for compiled in (True, False):
        one, other = (
            models.load(packed / name, compiled=compiled).score(tunes)
            for name in ("whole", "small")
        )
        for rows, found in zip(one, other, strict=True):
            assert found == pytest.approx(rows, abs=0.02)
    sizes = [(packed / name / "weights.safetensors").stat().st_size for name in ("whole", "small")]
    assert sizes[1] < 0.5 * sizes[0]


@pytest.mark.parametrize(
    "change",
    [
        {"direct.rows": np.array([-(10**6)] * 5, np.int32)},
        {"direct.rows": np.array([0], np.int32)},
        {"direct.rows": np.array([0.5] * 5, np.float32)},
        {"bias.rows": np.array([0], np.int32)},
        {"direct": np.zeros((5, 3), np.float16)},
    ],
)
def test_rows_that_do_not_fit_are_refused(packed, change):
    path = packed / "small" / "weights.safetensors"
    path.write_bytes(to_bytes(load_file(path) | change))
    rewrite_hash(packed / "small")
    with pytest.raises(InputError, match="do not fit"):
        models.load(packed / "small")
