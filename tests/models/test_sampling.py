"""Tokens drawn from distributions that are known."""

import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.models.base import Model
from nottingham.models.counting.baselines import Hold
from nottingham.models.recurrent.model import RecurrentModel
from nottingham.models.sampling import AS_PREDICTED, SamplingConfig, generate
from tests.models.small import COPYING, caring
from tests.models.stepping import GRID, SIZE

SHARES = {3: 0.5, 20: 0.3, 70: 0.15, 8: 0.05}
DRAWS = (np.arange(2000) + 0.5) / 2000
ALL = np.ones((1, SIZE), bool)


def drawn(sampling, *, allowed=ALL, xp=np):
    """Draw 2,000 times, evenly over the distribution: the share of each token that comes."""
    row = np.full(SIZE, -np.inf)
    for token, share in SHARES.items():
        row[token] = np.log(share) + 7  # what is the same for all makes no difference
    logits = np.repeat(row[None], len(DRAWS), axis=0)
    tokens = sampling.draw(xp.asarray(logits), xp.asarray(DRAWS), xp.asarray(allowed))
    found, counts = np.unique(np.asarray(tokens), return_counts=True)
    return {int(t): n / len(DRAWS) for t, n in zip(found, counts, strict=True)}


def shares(**powers):
    total = sum(powers.values())
    return {int(token[1:]): pytest.approx(p / total, abs=2e-3) for token, p in powers.items()}


def test_as_predicted():
    assert drawn(AS_PREDICTED) == shares(t3=0.5, t20=0.3, t70=0.15, t8=0.05)


def test_temperature_is_a_power():
    squared = shares(t3=0.5**2, t20=0.3**2, t70=0.15**2, t8=0.05**2)
    assert drawn(SamplingConfig(temperature=0.5)) == squared
    assert drawn(SamplingConfig(temperature=0.001)) == {3: 1.0}
    assert drawn(SamplingConfig(temperature=1e6)) == shares(t3=1, t20=1, t70=1, t8=1)


@pytest.mark.parametrize(("k", "kept"), [(1, [3]), (2, [3, 20]), (4, [3, 20, 70, 8])])
def test_top_k_keeps_the_likeliest(k, kept):
    assert drawn(SamplingConfig(top_k=k)) == shares(**{f"t{t}": SHARES[t] for t in kept})


@pytest.mark.parametrize(
    ("p", "kept"),
    [(0.01, [3]), (0.49, [3]), (0.51, [3, 20]), (0.81, [3, 20, 70]), (0.96, [3, 20, 70, 8])],
)
def test_top_p_keeps_the_fewest_that_reach_it(p, kept):
    assert drawn(SamplingConfig(top_p=p)) == shares(**{f"t{t}": SHARES[t] for t in kept})


def test_the_likeliest_are_found_after_the_temperature_and_among_what_is_allowed():
    allowed = ALL.copy()
    allowed[0, 3] = False
    assert drawn(AS_PREDICTED, allowed=allowed) == shares(t20=0.3, t70=0.15, t8=0.05)
    assert drawn(SamplingConfig(top_k=1), allowed=allowed) == {20: 1.0}
    assert drawn(SamplingConfig(0.5, top_p=0.78), allowed=allowed) == {20: 1.0}  # 0.09 of 0.115
    both = shares(t20=0.3**2, t70=0.15**2)
    assert drawn(SamplingConfig(0.5, top_p=0.79), allowed=allowed) == both


@pytest.mark.parametrize(
    "sampling",
    [AS_PREDICTED, SamplingConfig(0.5), SamplingConfig(top_k=2), SamplingConfig(2.0, 3, 0.7)],
)
def test_jax_draws_what_numpy_draws(sampling):
    assert drawn(sampling, xp=jnp) == drawn(sampling)


class Known(Model):
    """Always the same distribution: token 3 with 0.2, token 70 with 0.8."""

    representation, context = GRID, "window"

    def start(self, batch):
        return batch

    def step(self, state, tokens):
        return state

    def log_probs(self, state):
        rows = np.full((state, SIZE), -np.inf, np.float32)
        rows[:, 3], rows[:, 70] = np.log(0.2), np.log(0.8)
        return rows

    def save(self, folder):
        raise NotImplementedError


def test_the_primer_stays_and_the_rest_follows_the_distribution():
    primers = np.array([[1, 2], [5, 6]], np.uint8)
    tunes = generate(Known(), primers, steps=2000, seed=0)
    assert tunes.shape == (2, 2002)
    assert np.array_equal(tunes[:, :2], primers)
    new = tunes[:, 2:]
    assert set(np.unique(new)) == {3, 70}
    assert np.mean(new == 70) == pytest.approx(0.8, abs=0.03)
    assert not np.array_equal(new[0], new[1])


def test_the_same_seed_draws_the_same_tune():
    primers = np.zeros((3, 1), np.uint8)
    one, two, other = (generate(Known(), primers, steps=50, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
    assert np.array_equal(generate(Known(), primers[:2], steps=50, seed=1), one[:2])


def test_each_token_depends_on_the_one_before():
    held = Hold(GRID, 1 - 1e-9)
    tunes = generate(held, np.array([[4], [9]], np.uint8), steps=30, seed=0)
    assert np.array_equal(tunes, np.repeat([[4], [9]], 31, axis=1))


def test_a_tune_from_nothing_begins_as_the_model_does():
    tunes = generate(Known(), np.zeros((500, 0), np.uint8), steps=1, seed=0)
    assert tunes.shape == (500, 1)
    assert np.mean(tunes == 70) == pytest.approx(0.8, abs=0.05)


class Every:
    """Forbids token 70 at every second step, and all but token 3 from a tune's end on."""

    def allowed(self, representation, times, ends):
        xp = times.tick.__array_namespace__()
        tokens = xp.arange(representation.vocabulary.size)
        now = times.measure * representation.measure_ticks + times.tick
        fine = (tokens != 70) | (now[:, None] % 2 == 0)
        return fine & ((tokens == 3) | (now < ends)[:, None])

    def __hash__(self):
        return 1

    def __eq__(self, other):
        return isinstance(other, Every)


def test_only_what_is_allowed_is_drawn():
    """The step after a primer of one is the second: the clock says which is which."""
    ends = np.array([61, 21])
    primers = np.zeros((2, 1), np.uint8)
    tunes = generate(Known(), primers, steps=60, seed=0, constraint=Every(), ends=ends)
    assert np.all(tunes[:, 1::2] == 3)
    assert set(np.unique(tunes[0, 2::2])) == {3, 70}
    assert np.all(tunes[1, 21:] == 3)


def test_a_compiled_model_obeys_as_well():
    model = RecurrentModel(caring(COPYING), COPYING)
    ends, primers = np.array([30, 25]), np.zeros((2, 1), np.uint8)
    tunes = generate(model, primers, steps=29, seed=0, constraint=Every(), ends=ends)
    assert not np.any(tunes[:, 1::2] == 70)
    assert np.all(tunes[1, 25:] == 3)
