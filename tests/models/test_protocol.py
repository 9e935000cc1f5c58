"""What every model promises, whatever is inside."""

from functools import cache

import numpy as np
import pytest

from nottingham.dataset import split
from nottingham.models.base import Batched, Model
from nottingham.models.choice import Choice
from nottingham.models.counting import copy, kneser_ney
from nottingham.models.counting.baselines import Hold, Uniform
from nottingham.models.counting.ngram import Ngram, count_all
from nottingham.models.recurrent import networks
from nottingham.models.sampler import by_rows
from nottingham.representation import vocabulary
from tests.models.small import CELLS, COPYING, TUNE, caring, tokens

NETWORKS = {
    "rnn": CELLS["tanh"],
    "gru": CELLS["gru"],
    "lstm": CELLS["lstm"],
    "copying-lstm": COPYING,
    "tune-lstm": TUNE,
}


@cache
def network(name):
    return networks.wrap(caring(NETWORKS[name], loudness=2.0), NETWORKS[name])


# Each model by name: how it is made of the streams. What is fitted belongs here too.
MAKERS = {
    "random": lambda dataset: Uniform(),
    "hold": Hold.fit,
    "ngram": lambda dataset: Ngram(count_all(dataset.tunes(split.TRAIN), 3), 0.03),
    "kneser-ney": lambda dataset: kneser_ney.fit(dataset, max_order=4)[0],
    "copy": lambda dataset: copy.fit(dataset, kneser_ney.fit(dataset, max_order=4)[0]),
    **{name: lambda dataset, name=name: network(name) for name in NETWORKS},
}
TUNE_CONTEXT = {"copy", "tune-lstm"}
"""The names of those that see more than the last 32 steps."""


@pytest.fixture(params=MAKERS)
def name(request):
    return request.param


@pytest.fixture
def model(name, dataset):
    return MAKERS[name](dataset)


@pytest.fixture
def tune(dataset):
    return dataset.tunes(split.TEST)[0]


def score(model, tunes):
    """Score tunes together where the model can."""
    if isinstance(model, Batched):
        return model.log_probs_of(tunes)
    return [model.log_probs(tokens) for tokens in tunes]


def altered(tune, part):
    """Change every step of a part."""
    changed = tune.copy()
    changed[part] = (changed[part] + 11) % vocabulary.SIZE
    return changed


def test_it_is_a_model_of_a_stated_context(model, name):
    assert isinstance(model, Model)
    assert model.context == ("tune" if name in TUNE_CONTEXT else "window")


def test_rows_are_distributions(model, tune):
    rows = model.log_probs(tune)
    assert rows.shape == (len(tune), vocabulary.SIZE)
    assert rows.dtype == np.float32
    assert np.exp(rows.astype(np.float64)).sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("t", [0, 1, 31, 32, 33, 80])
def test_no_row_sees_its_own_step_or_later_ones(model, tune, t):
    changed = altered(tune, slice(t, None))
    assert np.array_equal(model.log_probs(changed)[: t + 1], model.log_probs(tune)[: t + 1])


@pytest.mark.parametrize("t", [0, 1, 31, 32, 33, 80])
def test_no_row_sees_another_tune_or_its_padding(model, tune, t):
    """Among other tunes, of other lengths, all of them changed and what is yet to come as well."""
    others = [tokens(seed, length) for seed, length in enumerate((140, 5, 0, 33, 64))]
    rows = score(model, [*others[:2], tune, *others[2:]])[2]
    others = [altered(other, slice(None)) for other in others]
    changed = score(model, [*others[:2], altered(tune, slice(t, None)), *others[2:]])[2]
    assert np.array_equal(changed[: t + 1], rows[: t + 1])


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "random"], indirect=True)
def test_a_row_heeds_the_step_before(model, tune):
    """So that the tests above do not pass because a model hears nothing."""
    changed = model.log_probs(altered(tune, slice(80, 81)))
    rows = model.log_probs(tune)
    assert abs(changed[81] - rows[81]).max() > 0.01


@pytest.mark.parametrize("name", [n for n in MAKERS if n not in TUNE_CONTEXT], indirect=True)
@pytest.mark.parametrize("t", [40, 41, 80])
def test_no_row_sees_more_than_32_steps_back(model, tune, t):
    changed = altered(tune, slice(t - 32))
    assert np.array_equal(model.log_probs(changed)[t], model.log_probs(tune)[t])


@pytest.mark.parametrize("t", [1, 32, 33, 80])
def test_the_next_step_is_the_row_that_scoring_gives(model, tune, t):
    row = model.next_log_probs(tune[None, :t])[0]
    assert row == pytest.approx(model.log_probs(tune)[t], abs=1e-5)


@pytest.mark.parametrize("primed", [0, 1, 33])
def test_tunes_are_written_as_rows_say(model, tune, primed):
    """Whatever goes on from step to step inside."""
    primers, how = np.stack([tune[:primed]] * 3), {"choice": Choice(0.9, top_p=0.95)}
    draws, how["allowed"] = np.random.default_rng(1).random((40, 3)), np.ones((40, 1, 89), bool)
    written = by_rows(model, primers, draws, **how)
    if isinstance(model, Batched):
        assert np.array_equal(model.continued(primers, draws, carry=False, **how), written)
    assert written.dtype == np.uint8
    assert np.array_equal(written[:, :primed], primers)


def test_uniformly_random_tunes_cannot_be_predicted(model):
    """Nor does one that copies know more of them: a log-loss below ln 89 would be a leak."""
    tunes = np.random.default_rng(3).integers(0, vocabulary.SIZE, (30, 100)).astype(np.uint8)
    rows = np.stack(score(model, list(tunes)))
    losses = -np.take_along_axis(rows, tunes[..., None].astype(int), axis=2)
    assert losses.mean() > np.log(vocabulary.SIZE) - 0.1


def test_a_tune_scored_alone_and_among_others(model, tune):
    """At other places in the batch, and behind the edge of a call."""
    alone = model.log_probs(tune)
    others = [tokens(seed, 30 + seed % 70) for seed in range(70)]
    for place in (0, 1, 70):
        rows = score(model, [*others[:place], tune, *others[place:]])[place]
        assert rows == pytest.approx(alone, abs=1e-5)


def test_no_tunes_have_no_rows(model):
    assert score(model, []) == []


@pytest.mark.parametrize("wrong", [[0, 89], [-1, 3], [0.5, 1.0]])
def test_what_is_no_token_is_refused(model, wrong):
    with pytest.raises(ValueError, match="tokens"):
        model.log_probs(np.array(wrong))
