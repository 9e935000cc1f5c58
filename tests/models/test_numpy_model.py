"""A network in NumPy beside the same one in JAX."""

import numpy as np
import pytest

from nottingham import models
from nottingham.models.recurrent import numpy_model
from tests.models import small
from tests.models.small import CELLS, GRID, NOTES, TINY, TUNE, walks

CASES = [(GRID, "tune"), (TINY, "headed"), (NOTES, "headed")]


@pytest.mark.parametrize(("representation", "name"), CASES)
@pytest.mark.parametrize("guidance", [1.0, 1.7])
def test_it_predicts_what_the_compiled_model_does(representation, name, guidance):
    compiled, plain = (kind(name, representation) for kind in (small.model, small.numpy_model))
    tunes = walks(representation, 7, [90, 3, 0, 40])
    expected = compiled.unbounded().guided(guidance).score(tunes)
    for rows, found in zip(expected, plain.guided(guidance).score(tunes), strict=True):
        assert found == pytest.approx(rows, abs=2e-4)


def test_it_is_read_from_the_folder_of_the_compiled_one(tmp_path):
    small.model("headed", NOTES).save(tmp_path / "headed")
    plain = models.load(tmp_path / "headed", compiled=False)
    assert isinstance(plain, numpy_model.NumpyModel)
    tunes = walks(NOTES, 7, [60])
    assert np.array_equal(plain.score(tunes)[0], small.numpy_model("headed", NOTES).score(tunes)[0])
    plain.save(tmp_path / "again")
    assert models.load(tmp_path / "again").score(tunes)[0].shape == (60, NOTES.vocabulary.size)


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_every_cell_can_be_read(tmp_path, cell):
    network = small.sensitive(TUNE | {"cell": cell})
    model = small.RecurrentModel(network, TUNE | {"cell": cell})
    model.save(tmp_path / cell)
    (expected,), (found,) = (
        models.load(tmp_path / cell, compiled=compiled).score(walks(GRID, 1, [50]))
        for compiled in (True, False)
    )
    assert found == pytest.approx(expected, abs=2e-4)


def test_a_network_of_windows_stays_compiled(tmp_path):
    small.model("lstm").save(tmp_path / "lstm")
    assert isinstance(models.load(tmp_path / "lstm", compiled=False), small.RecurrentModel)
