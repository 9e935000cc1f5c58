"""A training that goes on from another network, with the tunes of one corpus."""

from dataclasses import replace

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.errors import InputError
from nottingham.models.counting.baselines import Uniform
from nottingham.models.recurrent.model import RecurrentModel
from nottingham.representation import Grid, Notes
from nottingham.training import loop, preflight
from tests.training.small import NOTES, architecture, settings


@pytest.fixture(scope="module")
def two(melodies):
    """Twelve training tunes and four validation tunes of two corpora."""
    several = Notes(corpora=("ours", "theirs"))
    none = several.vocabulary.size - 3
    return streams.join(
        [np.append(np.uint16(none + 1 + k % 2), melodies.tune(k % 12)) for k in range(16)],
        split=np.array([split.TRAIN] * 12 + [split.VALID] * 4, np.uint8),
        ids=[f"{several.corpora[k % 2]}/{k}" for k in range(16)],
        representation=several,
    )


@pytest.fixture(scope="module")
def trained(two, tmp_path_factory):
    """A folder of a model that has learned from both."""
    folder = tmp_path_factory.mktemp("trained")
    chosen = settings(**NOTES | {"batch": 2})
    model = fit(architecture(two, chosen), two, chosen, folder)
    model.save(folder / "model")
    return folder / "model"


def fit(of, dataset, chosen, folder):
    return loop.train(of, dataset, chosen, name="x", scratch=folder, follow=lambda epochs: None)[0]


def test_it_begins_with_the_weights_of_the_other(two, trained, tmp_path):
    """With a rate that moves nothing, it ends with them, too."""
    first = RecurrentModel.read(trained)
    chosen = settings(**NOTES | {"batch": 2, "epochs": 1, "learning_rate": 1e-12})
    of = replace(architecture(two, chosen), first=first)
    found = fit(of, two, chosen, tmp_path).score([two.tune(0)])[0]
    assert found == pytest.approx(first.score([two.tune(0)])[0], abs=1e-4)
    fresh = fit(architecture(two, chosen), two, chosen, tmp_path).score([two.tune(0)])[0]
    assert np.abs(found - fresh).max() > 0.1


def test_it_learns_from_the_tunes_of_one_corpus(two, trained, tmp_path):
    """Other tunes of the other corpus change nothing."""
    chosen = settings(**NOTES | {"batch": 2, "corpus": "ours", "epochs": 1})
    of = replace(architecture(two, chosen), first=RecurrentModel.read(trained))
    tokens = two.tokens.copy()
    for k in np.flatnonzero(two.corpora() == "theirs"):
        tokens[two.offsets[k] + 12 : two.offsets[k + 1]] = tokens[two.offsets[k] + 12]
    one, other = (
        fit(of, dataset, chosen, tmp_path / str(k)).score([two.tune(0)])[0]
        for k, dataset in enumerate((two, replace(two, tokens=tokens)))
    )
    assert np.array_equal(one, other)


def test_a_network_that_is_built_otherwise_is_refused(two, trained, melodies, tmp_path):
    first = RecurrentModel.read(trained)
    of = replace(architecture(two, settings(**NOTES | {"units": 8, "phrase": 2})), first=first)
    with pytest.raises(InputError, match=r"train\.x\.start: .* another phrase and units"):
        preflight.require_same("x", of)
    of = replace(architecture(melodies, settings(**NOTES)), first=first)
    with pytest.raises(InputError, match=r"train\.x\.start: .* other tokens"):
        preflight.require_same("x", of)
    Uniform(Grid(8)).save(tmp_path / "uniform")
    with pytest.raises(InputError, match="a model of another kind"):
        RecurrentModel.read(tmp_path / "uniform")


def test_a_corpus_that_there_is_not_is_refused():
    preflight.require_corpus("x", "ours", ("ours", "theirs"))
    preflight.require_corpus("x", None, ("ours", "theirs"))
    preflight.require_corpus("x", "mine", ())
    with pytest.raises(InputError, match=r"train\.x\.corpus: given 'mine'; .* ours, theirs"):
        preflight.require_corpus("x", "mine", ("ours", "theirs"))
