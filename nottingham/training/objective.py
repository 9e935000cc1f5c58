"""What a network learns from: stretches of tunes, and the loss on them.

``last-step`` is the poster's: 32 steps predict the 33rd, and only that one counts.
``every-step`` counts the prediction of every step of a longer stretch, so that one run over a
stretch learns from all its steps; it leads to the same kind of model for a fraction of the work.
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Int, Key

from nottingham.dataset.streams import CONTEXT
from nottingham.models.lookback import NOTHING, Recall
from nottingham.representation import vocabulary


@dataclass(frozen=True)
class Objective:
    """How long a training stretch is and how many of its predictions count."""

    steps: int
    """Steps in a stretch, its last target included."""
    terms: int
    """Predictions of a stretch that count: its last ones."""

    @classmethod
    def named(cls, name: str, stretch: int) -> "Objective":
        """Build ``last-step`` or ``every-step``; only the latter heeds ``stretch``."""
        if name == "last-step":
            return cls(CONTEXT + 1, 1)
        return cls(stretch + 1, stretch)

    def losses(
        self,
        logits: Float[Array, "terms batch vocabulary"],
        targets: Int[Array, "terms batch"],
    ) -> Float[Array, "terms batch"]:
        """Give −ln p of each target, in nats."""
        losses: Array = optax.softmax_cross_entropy_with_integer_labels(logits, targets)
        return losses


def draw_shift(
    recall: Recall, targets: Int[Array, "terms batch"], semitones: int, keys: Key[Array, " batch"]
) -> Int[Array, " batch"]:
    """Draw by how much to transpose each stretch: up to so many semitones either way.

    What is heard, recalled and predicted stays on the piano. Each stretch has a key of its own.
    """
    candidates = jnp.moveaxis(recall.candidates, -1, 0)
    tokens = jnp.concatenate([recall.token, recall.pitch, recall.before, *candidates, targets])
    sounding = (tokens != vocabulary.REST) & (tokens != NOTHING)
    lowest = jnp.min(jnp.where(sounding, tokens, vocabulary.SIZE), axis=0)
    highest = jnp.max(jnp.where(sounding, tokens, 0), axis=0)
    shift = jax.vmap(lambda key: jax.random.randint(key, (), -semitones, semitones + 1))(keys)
    return jnp.clip(shift, jnp.minimum(1 - lowest, 0), vocabulary.SIZE - 1 - highest)
