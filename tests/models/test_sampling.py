"""Sampling from a model whose probabilities are known."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.models.choice import AS_IT_IS, Choice
from nottingham.models.counting.baselines import Hold
from nottingham.models.recurrent.window import WindowModel
from nottingham.models.sampler import by_rows, continue_tunes
from nottingham.representation import vocabulary
from tests.models.small import WINDOWS, caring, tokens


class Known:
    """Always the same distribution: token 3 with 0.2, token 70 with 0.8."""

    context = "window"

    def log_probs(self, tokens):
        rows = np.full((len(tokens), vocabulary.SIZE), -np.inf, np.float32)
        rows[:, 3], rows[:, 70] = np.log(0.2), np.log(0.8)
        return rows

    def next_log_probs(self, histories):
        return self.log_probs(histories)


def test_the_primer_stays_and_the_rest_follows_the_distribution():
    primers = np.array([[1, 2], [5, 6]], np.uint8)
    tunes = continue_tunes(Known(), primers, steps=2000, seed=0)
    assert tunes.shape == (2, 2002)
    assert np.array_equal(tunes[:, :2], primers)
    new = tunes[:, 2:]
    assert set(np.unique(new)) == {3, 70}
    assert np.mean(new == 70) == pytest.approx(0.8, abs=0.03)
    assert not np.array_equal(new[0], new[1])


def test_the_same_seed_draws_the_same_tune():
    primers = np.zeros((3, 1), np.uint8)
    one, two, other = (continue_tunes(Known(), primers, steps=50, seed=s) for s in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_each_step_heeds_the_one_before():
    held = Hold(1 - 1e-9)
    tunes = continue_tunes(held, np.array([[4], [9]], np.uint8), steps=30, seed=0)
    assert np.array_equal(tunes, np.repeat([[4], [9]], 31, axis=1))


@cache
def built(name):
    return WindowModel(caring(WINDOWS[name], loudness=20.0), WINDOWS[name])


@pytest.fixture(params=WINDOWS)
def network(request):
    return built(request.param)


def anything(steps):
    """What a sampler is told when all is allowed."""
    return {"choice": AS_IT_IS, "allowed": np.ones((steps, 1, vocabulary.SIZE), bool)}


@pytest.mark.parametrize(("primed", "steps"), [(0, 3), (1, 3), (31, 50), (32, 50), (40, 50)])
def test_the_compiled_sampler_draws_what_the_rows_say(network, primed, steps):
    """State, and memory, carried by 32 states in turn, against every window run anew."""
    primers = tokens(primed, 3, primed)
    draws = np.random.default_rng(5).random((steps, 3))
    how = anything(steps)
    expected = by_rows(network, primers, draws, **how)
    assert np.array_equal(network.continued(primers, draws, carry=False, **how), expected)


def test_a_carried_state_is_a_run_over_all_steps(network):
    primers = tokens(1, 2, 50)
    draws = np.random.default_rng(5).random((1, 2))
    carried = network.continued(primers, draws, carry=True, **anything(1))[:, -1]
    net = network._merge(network._weights)
    recall = jax.jit(net.remembered.run)(jnp.asarray(primers.T, jnp.int32))
    logits = net.logits(net.hidden(recall, jnp.zeros(2, jnp.int32)), recall)[-1]
    reached = np.cumsum(jax.nn.softmax(logits), axis=1)
    assert carried.tolist() == (reached > draws.T * reached[:, -1:]).argmax(axis=1).tolist()


@pytest.mark.parametrize("network", ["lstm", "copying"], indirect=True)  # the others forget
def test_carrying_is_not_the_window_protocol(network):
    primers = tokens(1, 2, 50)
    continued = continue_tunes(network, primers, steps=100, seed=1, carry=True)
    windows = continue_tunes(network, primers, steps=100, seed=1)
    assert not np.array_equal(continued, windows)


@pytest.mark.parametrize("network", ["lstm", "copying"], indirect=True)
def test_tunes_continued_together_and_alone(network):
    primers = tokens(1, 4, 32)
    draws = np.random.default_rng(5).random((40, 4))
    for carry in (True, False):
        together = network.continued(primers, draws, carry=carry, **anything(40))
        alone = network.continued(primers[2:3], draws[:, 2:3], carry=carry, **anything(40))
        assert np.array_equal(together[2:3], alone)


@pytest.mark.parametrize(
    "choice", [Choice(temperature=0.5), Choice(top_k=3), Choice(top_p=0.6), Choice(2.0, 9, 0.7)]
)
def test_the_compiled_sampler_chooses_as_rows_do(network, choice):
    """With a set of allowed tokens that differs from step to step and from tune to tune."""
    primers, draws = tokens(1, 3, 20), np.random.default_rng(5).random((40, 3))
    allowed = np.random.default_rng(6).random((40, 3, vocabulary.SIZE)) < 0.3
    how = {"choice": choice, "allowed": allowed}
    continued = network.continued(primers, draws, carry=False, **how)
    assert np.array_equal(continued, by_rows(network, primers, draws, **how))
    new = continued[:, 20:].T
    assert np.take_along_axis(allowed, new[..., None].astype(int), axis=2).all()


def test_a_tune_from_nothing_begins_as_the_model_does():
    tunes = continue_tunes(Known(), np.zeros((500, 0), np.uint8), steps=1, seed=0)
    assert tunes.shape == (500, 1)
    assert np.mean(tunes == 70) == pytest.approx(0.8, abs=0.05)


def test_only_what_is_allowed_is_drawn():
    allowed = np.ones((60, 1, vocabulary.SIZE), bool)
    allowed[::2, :, 70] = False
    tunes = continue_tunes(Known(), np.zeros((2, 1), np.uint8), steps=60, seed=0, allowed=allowed)
    assert np.all(tunes[:, 1::2] == 3)
    assert set(np.unique(tunes[:, 2::2])) == {3, 70}
