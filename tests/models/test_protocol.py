"""What every model promises, whatever is inside."""

import numpy as np
import pytest

from nottingham.encoding import split, vocabulary
from nottingham.models.base import Model
from nottingham.models.baselines import Hold, Uniform
from nottingham.models.network import build
from nottingham.models.ngram import Ngram, count_all
from nottingham.models.window import WindowModel


@pytest.fixture(params=["random", "hold", "ngram", "rnn", "lstm"])
def model(request, streams):
    def network(cell):
        names = ("cell", "units", "embedding", "positions", "precision")
        settings = dict(zip(names, (cell, 6, 5, 8, "float32"), strict=True))
        return WindowModel(build(settings, seed=0), settings)

    makers = {
        "random": Uniform,
        "hold": lambda: Hold.fit(streams),
        "ngram": lambda: Ngram(count_all(streams.tunes(split.TRAIN), 3), 0.03),
        "rnn": lambda: network("tanh"),
        "lstm": lambda: network("lstm"),
    }
    return makers[request.param]()


@pytest.fixture
def tune(streams):
    return streams.tunes(split.TEST)[0]


def test_it_is_a_model_of_a_stated_context(model):
    assert isinstance(model, Model)
    assert model.context == "window"


def test_rows_are_distributions(model, tune):
    rows = model.log_probs(tune)
    assert rows.shape == (len(tune), vocabulary.SIZE)
    assert rows.dtype == np.float32
    assert np.exp(rows.astype(np.float64)).sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("t", [0, 1, 31, 32, 33, 80])
def test_no_row_sees_its_own_step_or_later_ones(model, tune, t):
    changed = tune.copy()
    changed[t:] = (changed[t:] + 11) % vocabulary.SIZE
    assert np.array_equal(model.log_probs(changed)[: t + 1], model.log_probs(tune)[: t + 1])


@pytest.mark.parametrize("t", [40, 41, 80])
def test_no_row_sees_more_than_32_steps_back(model, tune, t):
    changed = tune.copy()
    changed[: t - 32] = (changed[: t - 32] + 11) % vocabulary.SIZE
    assert np.array_equal(model.log_probs(changed)[t], model.log_probs(tune)[t])


@pytest.mark.parametrize("t", [1, 32, 33, 80])
def test_the_next_step_is_the_row_that_scoring_gives(model, tune, t):
    row = model.next_log_probs(tune[None, :t])[0]
    assert row == pytest.approx(model.log_probs(tune)[t], abs=1e-5)


def test_uniformly_random_tunes_cannot_be_predicted(model):
    tune = np.random.default_rng(3).integers(0, vocabulary.SIZE, 3000).astype(np.uint8)
    losses = -model.log_probs(tune)[np.arange(len(tune)), tune]
    assert losses.mean() > np.log(vocabulary.SIZE) - 0.1


@pytest.mark.parametrize("tokens", [[0, 89], [-1, 3], [0.5, 1.0]])
def test_what_is_no_token_is_refused(model, tokens):
    with pytest.raises(ValueError, match="tokens"):
        model.log_probs(np.array(tokens))
