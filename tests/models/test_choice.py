"""Tokens drawn from distributions that are known."""

import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.models.choice import AS_IT_IS, Choice
from nottingham.representation import vocabulary

SHARES = {3: 0.5, 20: 0.3, 70: 0.15, 8: 0.05}
DRAWS = (np.arange(2000) + 0.5) / 2000
ALL = np.ones((1, vocabulary.SIZE), bool)


def drawn(choice, *, allowed=ALL, xp=np):
    """Draw 2,000 times, evenly over the distribution: the share of each token that comes."""
    row = np.full(vocabulary.SIZE, -np.inf)
    for token, share in SHARES.items():
        row[token] = np.log(share) + 7  # what is the same for all makes no difference
    logits = np.repeat(row[None], len(DRAWS), axis=0)
    tokens = choice.draw(xp.asarray(logits), xp.asarray(DRAWS), xp.asarray(allowed))
    found, counts = np.unique(np.asarray(tokens), return_counts=True)
    return {int(t): n / len(DRAWS) for t, n in zip(found, counts, strict=True)}


def shares(**powers):
    total = sum(powers.values())
    return {int(token[1:]): pytest.approx(p / total, abs=2e-3) for token, p in powers.items()}


def test_as_it_is():
    assert drawn(AS_IT_IS) == shares(t3=0.5, t20=0.3, t70=0.15, t8=0.05)


def test_temperature_is_a_power():
    squared = shares(t3=0.5**2, t20=0.3**2, t70=0.15**2, t8=0.05**2)
    assert drawn(Choice(temperature=0.5)) == squared
    assert drawn(Choice(temperature=0.001)) == {3: 1.0}
    hot = drawn(Choice(temperature=1e6))
    assert hot == shares(t3=1, t20=1, t70=1, t8=1)


@pytest.mark.parametrize(("k", "kept"), [(1, [3]), (2, [3, 20]), (4, [3, 20, 70, 8])])
def test_top_k_keeps_the_likeliest(k, kept):
    assert drawn(Choice(top_k=k)) == shares(**{f"t{t}": SHARES[t] for t in kept})


@pytest.mark.parametrize(
    ("p", "kept"),
    [(0.01, [3]), (0.49, [3]), (0.51, [3, 20]), (0.81, [3, 20, 70]), (0.96, [3, 20, 70, 8])],
)
def test_top_p_keeps_the_fewest_that_reach_it(p, kept):
    assert drawn(Choice(top_p=p)) == shares(**{f"t{t}": SHARES[t] for t in kept})


def test_the_likeliest_are_found_after_the_temperature_and_among_what_is_allowed():
    allowed = ALL.copy()
    allowed[0, 3] = False
    assert drawn(AS_IT_IS, allowed=allowed) == shares(t20=0.3, t70=0.15, t8=0.05)
    assert drawn(Choice(top_k=1), allowed=allowed) == {20: 1.0}
    assert drawn(Choice(0.5, top_p=0.78), allowed=allowed) == {20: 1.0}  # 0.09 of 0.115
    assert drawn(Choice(0.5, top_p=0.79), allowed=allowed) == shares(t20=0.3**2, t70=0.15**2)


@pytest.mark.parametrize("choice", [AS_IT_IS, Choice(0.5), Choice(top_k=2), Choice(2.0, 3, 0.7)])
def test_jax_draws_what_numpy_draws(choice):
    assert drawn(choice, xp=jnp) == drawn(choice)
