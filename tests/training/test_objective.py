"""The objectives and the draw of a transposition, on arrays worked by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.representation.grid import Grid
from nottingham.representation.vocabulary import NO_PITCH
from nottingham.training.objective import Objective, draw_shift
from nottingham.training.train_step import batches_for_validation
from tests.models.tiny import Tiny

VOCABULARY = Grid(8).vocabulary


def test_every_step_gives_one_loss_a_target():
    targets = jnp.array([[2, 5], [3, 6]])
    logits = jax.random.normal(jax.random.key(0), (2, 2, 89))
    rows = jax.nn.log_softmax(logits)
    expected = [[-rows[0, 0, 2], -rows[0, 1, 5]], [-rows[1, 0, 3], -rows[1, 1, 6]]]
    losses = Objective.named("every-step", segment=2, window=32).losses(logits, targets)
    assert np.asarray(losses) == pytest.approx(np.array(expected), abs=1e-6)


def test_segments_are_one_longer_than_their_targets():
    last, every = (
        Objective.named(name, segment=64, window=32) for name in ("last-step", "every-step")
    )
    assert (last.steps, last.terms) == (33, 1)
    assert (every.steps, every.terms) == (65, 64)


def shifts_of(pitches, semitones, vocabulary=VOCABULARY):
    """Return all shifts that a few hundred draws give: a set for each segment."""
    pitches = jnp.array(pitches)
    keys = jax.random.split(jax.random.key(0), (300, pitches.shape[1]))
    draw = jax.jit(jax.vmap(lambda keys: draw_shift(pitches, vocabulary, semitones, keys)))
    return [set(drawn.tolist()) for drawn in np.asarray(draw(keys)).T]


def test_segments_are_shifted_by_all_that_the_piano_allows():
    """In the middle; three semitones above A0; silent; from one end of the piano to the other.

    The piano has MIDI 21 to 108.
    """
    pitches = [[60, 24, NO_PITCH, 108], [65, NO_PITCH, NO_PITCH, 21]]
    expected = [set(range(-5, 6)), set(range(-3, 6)), set(range(-5, 6)), {0}]
    assert shifts_of(pitches, 5) == expected


def test_segments_are_shifted_by_all_that_a_smaller_vocabulary_allows():
    """Of pitches from 60 to 67."""
    expected = [set(range(-2, 4)), {0}, set(range(-5, 6))]
    assert shifts_of([[62, 60, NO_PITCH], [64, 67, NO_PITCH]], 5, Tiny.vocabulary) == expected


def test_each_segment_is_shifted_by_a_draw_of_its_own():
    """Whichever others are in the batch."""
    pitches, keys = jnp.full((1, 50), 60), jax.random.split(jax.random.key(0), 50)
    drawn = draw_shift(pitches, VOCABULARY, 5, keys)
    assert len(set(drawn.tolist())) == 11
    half = draw_shift(pitches[:, :25], VOCABULARY, 5, keys[:25])
    assert np.array_equal(half, drawn[:25])


def test_validation_in_batches():
    places = np.array([[10, 20, 30], [33, 33, 40]])
    assert batches_for_validation(places, 2).tolist() == [
        [[10, 20], [33, 33]],
        [[30, 0], [40, 0]],
    ]
