"""The objectives and the transposition, on arrays worked by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.models.lookback import NOTHING, Recall, shifted, transposed
from nottingham.training.objective import Objective, draw_shift
from nottingham.training.train_step import batches_for_validation


def test_every_step_gives_one_loss_a_target():
    targets = jnp.array([[2, 5], [3, 6]])
    logits = jax.random.normal(jax.random.key(0), (2, 2, 89))
    rows = jax.nn.log_softmax(logits)
    expected = [[-rows[0, 0, 2], -rows[0, 1, 5]], [-rows[1, 0, 3], -rows[1, 1, 6]]]
    losses = Objective.named("every-step", 2).losses(logits, targets)
    assert np.asarray(losses) == pytest.approx(np.array(expected), abs=1e-6)


def test_stretches_are_one_longer_than_their_targets():
    last, every = Objective.named("last-step", 64), Objective.named("every-step", 64)
    assert (last.steps, last.terms) == (33, 1)
    assert (every.steps, every.terms) == (65, 64)


def heard(tokens, **known):
    """What is known after each step: ``[time, batch]``; what is not given is nothing."""
    tokens = jnp.array(tokens)
    zeros, none = jnp.zeros_like(tokens), jnp.zeros((*tokens.shape, 0), jnp.int32)
    defaults = {"pitch": zeros, "before": zeros, "upbeat": zeros, "candidates": none, "runs": none}
    return Recall(token=tokens, **(defaults | {name: jnp.array(x) for name, x in known.items()}))


def shifts_of(recall, targets, semitones):
    """All shifts that a few hundred draws give: a set for each stretch."""
    keys = jax.random.split(jax.random.key(0), (300, recall.token.shape[1]))
    targets = jnp.array(targets)
    draw = jax.jit(jax.vmap(lambda keys: draw_shift(recall, targets, semitones, keys)))
    return [set(drawn.tolist()) for drawn in np.asarray(draw(keys)).T]


def test_stretches_are_shifted_by_all_that_the_piano_allows():
    """In the middle; next to the lowest key; silent; from one end of the piano to the other."""
    recall = heard([[40, 4, 0, 88]])
    found = shifts_of(recall, [[45, 8, 0, 1]], 5)
    assert found == [set(range(-5, 6)), set(range(-3, 6)), set(range(-5, 6)), {0}]


@pytest.mark.parametrize("name", ["token", "pitch", "before", "candidates", "targets"])
def test_all_that_is_known_stays_on_the_piano(name):
    """Token 86 goes up by two at most, token 3 down by two, wherever they are."""
    values = {part: [[40, 40], [40, 40]] for part in ("token", "pitch", "before", "targets")}
    values["candidates"] = [[[40, NOTHING], [40, 0]], [[40, NOTHING], [0, 40]]]
    values[name][0] = [[86, NOTHING], [0, 3]] if name == "candidates" else [86, 3]
    token, targets = values.pop("token"), values.pop("targets")
    recall = heard(token, **values)
    assert shifts_of(recall, targets, 5) == [set(range(-5, 3)), set(range(-2, 6))]


def test_a_shift_keeps_intervals_and_rests():
    pitch, candidates = [[40, 0], [40, 0]], [[[NOTHING, 41]] * 2] * 2
    recall = heard([[40, 0], [0, 0]], pitch=pitch, candidates=candidates)
    shift = jnp.array([5, -2])
    moved = shifted(recall, shift)
    assert moved.token.tolist() == [[45, 0], [0, 0]]
    assert moved.pitch.tolist() == [[45, 0], [45, 0]]
    assert moved.candidates[0].tolist() == [[NOTHING, 46], [NOTHING, 39]]
    assert transposed(jnp.array([[45, 3]]), shift).tolist() == [[50, 1]]


def test_each_stretch_is_shifted_by_a_draw_of_its_own():
    recall, targets = heard([[40] * 50]), jnp.full((1, 50), 40)
    keys = jax.random.split(jax.random.key(0), 50)
    drawn = draw_shift(recall, targets, 5, keys)
    assert len(set(drawn.tolist())) == 11
    half = jax.tree.map(lambda x: x[:, :25], recall)
    assert np.array_equal(draw_shift(half, targets[:, :25], 5, keys[:25]), drawn[:25])


def test_validation_in_batches():
    places = np.array([[10, 20, 30], [0, 8, 16], [33, 33, 40]])
    assert batches_for_validation(places, 2).tolist() == [
        [[10, 20], [0, 8], [33, 33]],
        [[30, 0], [16, 0], [40, 0]],
    ]
