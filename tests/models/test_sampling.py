"""Tokens drawn from distributions that are known."""

import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.models import sampling
from nottingham.models.base import Model
from nottingham.models.counting.baselines import Hold, Uniform
from nottingham.models.sampling import AS_PREDICTED, Limits, SamplingConfig
from nottingham.representation.grid import Grid
from tests.models import small
from tests.models.small import NOTES, TINY, tokens, walks
from tests.models.test_protocol import made

GRID = Grid(8)
SHARES = {3: 0.5, 20: 0.3, 70: 0.15, 8: 0.05}
DRAWS = (np.arange(2000) + 0.5) / 2000
ALL = np.ones((1, 89), bool)


def drawn(how, *, allowed=ALL, xp=np, durations=False):
    """Draw 2,000 times, evenly over the distribution: the share of each token that comes."""
    row = np.full(89, -np.inf)
    for token, share in SHARES.items():
        row[token] = np.log(share) + 7  # what is the same for all makes no difference
    logits = np.repeat(row[None], len(DRAWS), axis=0)
    arrays = map(xp.asarray, (logits, DRAWS, allowed))
    drawn = how.draw(*arrays, durations=xp.full(len(DRAWS), durations))
    found, counts = np.unique(np.asarray(drawn), return_counts=True)
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


@pytest.mark.parametrize("xp", [np, jnp])
@pytest.mark.parametrize(("p", "kept"), [(0.01, [3, 20]), (0.51, [3, 20, 70]), (0.96, SHARES)])
def test_top_p_leaves_out_fewer_durations(p, kept, xp):
    """0.3 times what is left out otherwise: 0.3, 0.15 and 0.01 of the probability."""
    some = drawn(SamplingConfig(top_p=p), xp=xp, durations=True)
    assert some == shares(**{f"t{t}": SHARES[t] for t in kept})


def test_the_likeliest_are_found_after_the_temperature_and_among_what_is_allowed():
    allowed = ALL.copy()
    allowed[0, 3] = False
    assert drawn(AS_PREDICTED, allowed=allowed) == shares(t20=0.3, t70=0.15, t8=0.05)
    assert drawn(SamplingConfig(top_k=1), allowed=allowed) == {20: 1.0}
    # 0.09 of 0.115
    assert drawn(SamplingConfig(0.5, top_p=0.78), allowed=allowed) == {20: 1.0}
    both = shares(t20=0.3**2, t70=0.15**2)
    assert drawn(SamplingConfig(0.5, top_p=0.79), allowed=allowed) == both


@pytest.mark.parametrize(
    "how", [AS_PREDICTED, SamplingConfig(0.5), SamplingConfig(top_k=2), SamplingConfig(2.0, 3, 0.7)]
)
def test_jax_draws_what_numpy_draws(how):
    assert drawn(how, xp=jnp) == drawn(how)


class Known(Model):
    """Always the same distribution: token 3 with 0.2, token 70 with 0.8."""

    representation = GRID
    context = "window"

    def start(self, batch):
        return batch

    def step(self, state, tokens):
        return state

    def log_probs(self, state):
        rows = np.full((state, 89), -np.inf, np.float32)
        rows[:, 3], rows[:, 70] = np.log(0.2), np.log(0.8)
        return rows

    def save(self, folder):
        raise NotImplementedError


@pytest.mark.parametrize("primed", [0, 2])
def test_the_primer_stays_and_the_rest_follows_the_distribution(primed):
    primers = np.array([[1, 2], [5, 6]], np.uint8)[:, :primed]
    tunes = sampling.generate(Known(), primers, steps=2000, seed=0)
    assert tunes.shape == (2, primed + 2000)
    assert np.array_equal(tunes[:, :primed], primers)
    new = tunes[:, primed:]
    assert set(np.unique(new)) == {3, 70}
    assert np.mean(new == 70) == pytest.approx(0.8, abs=0.03)
    assert not np.array_equal(new[0], new[1])


def test_no_steps_leave_the_primers():
    primers = np.array([[1, 2], [5, 6]], np.uint8)
    assert np.array_equal(sampling.generate(Known(), primers, steps=0, seed=0), primers)


def test_the_same_seed_draws_the_same_tune():
    primers = np.zeros((3, 1), np.uint8)
    one, two, other = (sampling.generate(Known(), primers, steps=50, seed=s) for s in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_each_token_depends_on_the_one_before():
    held = Hold(GRID, 1 - 1e-9)
    tunes = sampling.generate(held, np.array([[4], [9]], np.uint8), steps=30, seed=0)
    assert np.array_equal(tunes, np.repeat([[4], [9]], 31, axis=1))


class Odd:
    """Allow no token 70 at odd steps of a measure, nor from a tune's end on."""

    def allowed(self, representation, times, limits, begun, last):
        step = times.measure * times.length + times.tick
        allowed = np.ones((len(step), 89), bool)
        allowed[:, 70] = (step % 2 == 0) & (step < limits.ends)
        return allowed


def test_only_what_is_allowed_is_drawn():
    tunes = sampling.generate(
        Known(),
        np.zeros((2, 1), np.uint8),
        steps=60,
        seed=0,
        constraint=Odd(),
        limits=Limits(ends=[20, 61], shifts=[0, 0], tonics=[0, 0]),
    )
    assert np.all(tunes[:, 1::2] == 3)
    assert np.all(tunes[0, 20:] == 3)
    assert set(np.unique(tunes[1, 20::2])) == set(np.unique(tunes[:, 2:20:2])) == {3, 70}


@pytest.mark.parametrize("name", ["copying", "tune"])
def test_the_first_of_more_tunes_are_drawn_alike(name):
    primers = tokens(1, 4, 33)
    some, more = (
        sampling.generate(small.model(name), primers[:count], steps=40, seed=5) for count in (3, 4)
    )
    assert np.array_equal(more[:3], some)


def test_ragged_primers_are_continued_as_each_would_be_alone():
    """By the likeliest token each time, which no other primer and no draw decides.

    One primer has no tokens.
    """
    model, likeliest = made(NOTES, "copy"), SamplingConfig(top_k=1)
    primers = walks(NOTES, 6, [0, 30])
    together = sampling.generate(model, primers, steps=5, seed=1, sampling=likeliest)
    assert together.shape == (2, 35)
    for tune, primer in zip(together, primers, strict=True):
        steps = 35 - len(primer)
        (alone,) = sampling.generate(model, [primer], steps=steps, seed=2, sampling=likeliest)
        assert tune.tolist() == alone.tolist()


def test_tokens_follow_the_grammar_of_their_vocabulary():
    """What nothing may follow, an end, goes on to the last step."""
    vocabulary = TINY.vocabulary
    tunes = sampling.generate(Uniform(TINY), np.zeros((200, 0), np.uint8), steps=30, seed=0)
    before = np.insert(tunes[:, :-1].astype(int), 0, vocabulary.none, axis=1)
    assert vocabulary.may_follow[before, tunes].all()
    assert (vocabulary.ends[before[:, 1:]] & (before[:, 1:] == tunes[:, 1:])).any()
    for place in (0, 3):  # whatever may begin a tune, or follow its header, does
        possible = vocabulary.may_follow[np.unique(before[:, place])].any(axis=0)
        assert set(np.unique(tunes[:, place])) == set(np.flatnonzero(possible))


def test_once_all_tunes_have_ended_no_more_is_drawn():
    """Not to the last step; where one goes on, the others repeat their end."""
    primers = np.zeros((200, 0), np.uint8)
    (short,) = sampling.generate(Uniform(TINY), primers[:1], steps=10_000, seed=0)
    assert TINY.vocabulary.ends[short[-1]]
    assert len(short) < 1000
    many = sampling.generate(Uniform(TINY), primers, steps=10_000, seed=0)
    ends = TINY.vocabulary.ends[many]
    assert ends[:, -1].all()
    assert len(short) < many.shape[1] < 1000
    assert np.array_equal(many[0, : len(short)], short)
    assert (np.diff(ends.astype(int), axis=1) >= 0).all()  # nothing comes behind an end
