"""What the window model promises: exactly the last 32 steps, however its tunes are scored."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.models.recurrent.window import WindowModel
from nottingham.representation import vocabulary
from tests.models.small import WINDOWS, caring, tokens


@cache
def built(name):
    return WindowModel(caring(WINDOWS[name]), WINDOWS[name])


@pytest.fixture(params=WINDOWS)
def model(request):
    return built(request.param)


@pytest.fixture
def tune():
    return tokens(1, 70)


def test_a_row_depends_on_exactly_the_32_steps_before(model, tune):
    rows = model.log_probs(tune)
    before, within = tune.copy(), tune.copy()
    before[: 60 - 32] = (before[: 60 - 32] + 11) % 89
    within[60 - 32] = (within[60 - 32] + 11) % 89
    assert np.array_equal(model.log_probs(before)[60], rows[60])
    assert not np.array_equal(model.log_probs(within)[60], rows[60])


def test_each_row_is_a_run_over_its_own_window(model, tune):
    rows = model.log_probs(tune)
    net = model._merge(model._weights)

    @jax.jit
    def last_row(window, start):
        recall = net.remembered.run(window[:, None])
        return jax.nn.log_softmax(net.logits(net.hidden(recall, start[None]), recall)[-1, 0])

    for t in (20, 32, 33, 69):
        start = max(0, t - 32)
        row = last_row(jnp.asarray(tune[start:t].astype(np.int32)), jnp.array(start))
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
    tune = tokens(2, 700)
    rows = model.log_probs(tune)
    assert rows[600] == pytest.approx(model.next_log_probs(tune[None, :600])[0], abs=1e-5)


def test_tunes_scored_together_and_alone(model, tune):
    tunes = [tune, tune[:33], tune[:5], np.tile(tune, 9), tune[:0]]
    for alone, rows in zip(tunes, model.log_probs_of(tunes), strict=True):
        assert rows.shape == (len(alone), vocabulary.SIZE)
        assert rows == pytest.approx(model.log_probs(alone), abs=1e-5)
