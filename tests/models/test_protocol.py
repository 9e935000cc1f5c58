"""What every model promises, whatever is inside and however tunes are written."""

from dataclasses import dataclass, field
from functools import cache

import jax
import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.models.base import Model
from nottingham.models.counting import copy, kneser_ney
from nottingham.models.counting.baselines import Hold, Uniform
from nottingham.models.counting.ngram import Ngram, count_all
from nottingham.models.recurrent.model import RecurrentModel
from nottingham.models.sampling import SamplingConfig, generate
from nottingham.representation import Grid
from nottingham.representation.vocabulary import Vocabulary
from tests.models.small import CELLS, COPYING, TUNE, caring
from tests.models.stepping import after, scored


@dataclass(frozen=True)
class Uneven:
    """A made-up representation: two pitches, a rest of three ticks, and a token of no time."""

    measure_ticks: int = 12
    window: int = 32
    vocabulary: Vocabulary = field(
        default=Vocabulary(
            names=["mark", "C4", "D4", "rest", "long"],
            pitch=np.array([0, 60, 62, 0, 64]),
            ticks=np.array([0, 1, 1, 3, 3]),
            kind=np.array([0, 1, 1, 1, 1]),
            follows=np.ones((2, 2), bool),
        ),
        compare=False,
    )


REPRESENTATIONS = {"grid": Grid(8), "uneven": Uneven()}
NETWORKS = {
    "rnn": CELLS["tanh"],
    "gru": CELLS["gru"],
    "lstm": CELLS["lstm"],
    "copying-lstm": COPYING,
    "tune-lstm": TUNE,
}
ON_GRID = [name for name in NETWORKS if name not in ("copying-lstm", "tune-lstm")]


@cache
def network(name, representation):
    settings = NETWORKS[name]
    return RecurrentModel(caring(settings, REPRESENTATIONS[representation], loudness=2.0), settings)


@cache
def tunes_of(representation):
    """Twelve tunes of few tokens, eight of them to train, two to validate, two to test."""
    draw = np.random.default_rng(0)
    size = REPRESENTATIONS[representation].vocabulary.size
    chosen = [0, 1, 40, 42, 45, size - 1] if size > 45 else range(size)
    tunes = [draw.choice(chosen, 90 + i).astype(np.uint8) for i in range(12)]
    places = np.array([split.TRAIN] * 8 + [split.VALID] * 2 + [split.TEST] * 2, np.uint8)
    ids = [f"book/{i}" for i in range(12)]
    written = REPRESENTATIONS[representation]
    return streams.join(tunes, split=places, ids=ids, representation=written)


@cache
def counting(name, representation):
    """Fit a model that counts."""
    dataset, size = tunes_of(representation), REPRESENTATIONS[representation].vocabulary.size
    if name == "random":
        return Uniform(dataset.representation)
    if name == "hold":
        return Hold.fit(dataset)
    if name == "ngram":
        tables = count_all(dataset.tunes(split.TRAIN), 3, size)
        return Ngram(dataset.representation, tables, 0.03)
    if name == "kneser-ney":
        return kneser_ney.fit(dataset, max_order=4)[0]
    return copy.fit(dataset, counting("kneser-ney", representation))


COUNTING = ["random", "hold", "ngram", "kneser-ney", "copy"]
CASES = [(name, "grid") for name in (*COUNTING, *NETWORKS)]
CASES += [(name, "uneven") for name in (*COUNTING, "copying-lstm", "tune-lstm")]
TUNE_CONTEXT = {"copy", "tune-lstm"}
"""The names of those that see more than a window."""


@pytest.fixture(params=CASES, ids="-".join)
def case(request):
    return request.param


@pytest.fixture
def model(case):
    name, representation = case
    return (network if name in NETWORKS else counting)(name, representation)


@pytest.fixture
def tune(case):
    return tunes_of(case[1]).tunes(split.TEST)[0]


def altered(tune, part, model):
    """Change every token of a part."""
    changed = tune.copy()
    changed[part] = (changed[part] + 1) % model.representation.vocabulary.size
    return changed


def test_it_is_a_model_of_a_stated_context(model, case):
    assert isinstance(model, Model)
    assert model.context == ("tune" if case[0] in TUNE_CONTEXT else "window")
    assert model.representation == REPRESENTATIONS[case[1]]


def test_rows_are_distributions(model, tune):
    rows = scored(model, tune)
    assert rows.shape == (len(tune), model.representation.vocabulary.size)
    assert rows.dtype == np.float32
    assert np.exp(rows.astype(np.float64)).sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("t", [0, 1, 31, 32, 33, 80])
def test_no_row_sees_its_own_token_another_tune_or_its_padding(model, tune, t):
    """Among other tunes, of other lengths, all of them changed and what is yet to come as well."""
    others = [np.resize(tune[::-1], length) for length in (140, 5, 0, 33, 64)]
    rows = model.score([*others[:2], tune, *others[2:]])[2]
    others = [altered(other, slice(None), model) for other in others]
    changed = altered(tune, slice(t, None), model)
    assert np.array_equal(
        model.score([*others[:2], changed, *others[2:]])[2][: t + 1], rows[: t + 1]
    )


def test_a_row_depends_on_the_token_before(model, tune, case):
    """So that the tests above do not pass because a model takes no token."""
    if case[0] == "random":
        return
    rows, changed = scored(model, tune), scored(model, altered(tune, slice(80, 81), model))
    assert abs(changed[81] - rows[81]).max() > 0.001


@pytest.mark.parametrize("t", [40, 41, 80])
def test_no_row_of_window_context_sees_further_back(model, tune, t):
    """On a grid, where a token more or less moves no clock."""
    if model.context == "tune" or model.representation != Grid(8):
        return
    changed = altered(tune, slice(t - 32), model)
    assert np.array_equal(scored(model, changed)[t], scored(model, tune)[t])


def test_scoring_is_stepping(model, tune):
    """The faster `score` of a model against the one that every model has."""
    tunes = [tune, tune[:33], tune[:5], tune[:0], tune[:32]]
    for fast, slow in zip(model.score(tunes), Model.score(model, tunes), strict=True):
        assert fast == pytest.approx(slow, abs=1e-4)
    for t in (0, 1, 33):
        assert after(model, tune[None, :t])[0] == pytest.approx(scored(model, tune)[t], abs=1e-4)


@pytest.mark.parametrize("primed", [0, 33])
def test_tunes_are_drawn_as_rows_say(model, tune, primed):
    primers, sampling = np.stack([tune[:primed]] * 3), SamplingConfig(0.9, top_p=0.95)
    written = generate(model, primers, steps=12, seed=1, sampling=sampling)
    draws = np.random.default_rng(1).random((3, 12)).T
    rows = np.stack(model.score(list(written)))
    for t, draw in enumerate(draws, start=primed):
        expected = sampling.draw(rows[:, t].astype(np.float64), draw, allowed=True)
        assert np.array_equal(written[:, t], expected)
    assert np.array_equal(written[:, :primed], primers)
    assert written.dtype == model.representation.vocabulary.dtype


def test_uniformly_random_tunes_cannot_be_predicted(model):
    """A log-loss below ln of the vocabulary's size would be a leak."""
    size = model.representation.vocabulary.size
    tunes = np.random.default_rng(3).integers(0, size, (30, 100)).astype(np.uint8)
    rows = np.stack(model.score(list(tunes)))
    losses = -np.take_along_axis(rows, tunes[..., None].astype(int), axis=2)
    assert losses.mean() > np.log(size) - 0.1


def test_a_tune_scored_alone_and_among_others(model, tune):
    """At other places in the batch, and behind the edge of a call."""
    alone, others = scored(model, tune), [np.resize(tune, 30 + k % 70) for k in range(70)]
    for place in (0, 70):
        rows = model.score([*others[:place], tune, *others[place:]])[place]
        assert rows == pytest.approx(alone, abs=1e-5)


def test_no_tunes_have_no_rows(model):
    assert model.score([]) == []


@pytest.mark.parametrize("wrong", [[0, 89], [-1, 3], [0.5, 1.0]])
def test_what_is_no_token_is_refused(model, wrong):
    with pytest.raises(ValueError, match="tokens"):
        model.score([np.array(wrong)])


def test_a_compiled_model_is_a_tree_of_its_weights():
    model = network("lstm", "grid")
    leaves, structure = jax.tree.flatten(model)
    back = jax.tree.unflatten(structure, leaves)
    tune = tunes_of("grid").tune(0)
    assert np.array_equal(scored(back, tune), scored(model, tune))
