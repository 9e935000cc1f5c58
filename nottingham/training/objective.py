"""What a network learns from: segments of tunes, and the loss on them.

``last-step`` is the poster's: a window predicts the next token, and only that one counts.
``every-step`` counts the prediction of every token of a longer segment, so that one run over a
segment learns from all its tokens; it leads to the same kind of model for a fraction of the work.
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int, Key

from nottingham.representation.vocabulary import NO_PITCH, Vocabulary


@dataclass(frozen=True)
class Objective:
    """How long a training segment is and how many of its predictions count."""

    steps: int
    """Tokens in a segment, its last target included."""
    terms: int
    """Predictions of a segment that count: its last ones."""

    @classmethod
    def named(cls, name: str, *, segment: int, window: int) -> "Objective":
        """Build an objective.

        Args:
            name: ``last-step`` or ``every-step``.
            segment: tokens of a segment of ``every-step``.
            window: tokens that predict the one of ``last-step``.
        """
        if name == "last-step":
            return cls(window + 1, 1)
        return cls(segment + 1, segment)

    def losses(
        self,
        logits: Float[Array, "terms batch vocabulary"],
        targets: Int[Array, "terms batch"],
    ) -> Float[Array, "terms batch"]:
        """Return −ln p of each target, in nats."""
        losses: Array = optax.softmax_cross_entropy_with_integer_labels(logits, targets)
        return losses


def draw_shift(
    pitches: Int[Array, "rows batch"],
    vocabulary: Vocabulary,
    semitones: int,
    keys: Key[Array, " batch"],
) -> Int[Array, " batch"]:
    """Draw the transposition of each segment, in semitones, up or down.

    Args:
        pitches: all MIDI pitches of each segment, which stay within the vocabulary's.
        vocabulary: the tokens.
        semitones: the most.
        keys: one a segment.
    """
    sounding, low, high = pitches != NO_PITCH, vocabulary.lowest_pitch, vocabulary.highest_pitch
    lowest = jnp.min(jnp.where(sounding, pitches, high + 1), axis=0)
    highest = jnp.max(jnp.where(sounding, pitches, low - 1), axis=0)
    shift = jax.vmap(lambda key: jax.random.randint(key, (), -semitones, semitones + 1))(keys)
    return jnp.clip(shift, jnp.minimum(low - lowest, 0), high - highest)
