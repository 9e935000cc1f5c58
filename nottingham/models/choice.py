"""How a token is chosen from a distribution, the same for NumPy and for JAX."""

from dataclasses import dataclass
from typing import Any

from nottingham.representation import vocabulary


@dataclass(frozen=True)
class Choice:
    """How a step is drawn from a distribution: the defaults take it as it is."""

    temperature: float = 1.0
    """Probabilities are raised to the power of 1 / temperature: below 1 the likely gain."""
    top_k: int = vocabulary.SIZE
    """Only so many tokens, the likeliest, are drawn from: Fan et al. (2018)."""
    top_p: float = 1.0
    """Only the likeliest tokens that together have this probability: Holtzman et al. (2020)."""

    def draw(self, logits: Any, draws: Any, allowed: Any) -> Any:
        """Draw a token from each row; all arguments NumPy's arrays, or all JAX's.

        Args:
            logits: ``[batch, vocabulary]``: ln p, up to a number that is the same for a row.
            draws: ``[batch]`` in [0, 1): how far up the distribution the token is found.
            allowed: the tokens to draw from, ``[batch or 1, vocabulary]``, one or more a row.

        Returns:
            ``[batch]``.
        """
        xp = logits.__array_namespace__()
        scores = xp.where(allowed, logits / self.temperature, -xp.inf)
        if self.top_k < vocabulary.SIZE or self.top_p < 1:
            scores = xp.where(self._kept(xp, scores), scores, -xp.inf)
        reached = xp.cumsum(_weights(xp, scores), axis=1)
        return xp.argmax(reached > draws[:, None] * reached[:, -1:], axis=1)

    def _kept(self, xp: Any, scores: Any) -> Any:
        order = xp.argsort(-scores, axis=1)
        weights = _weights(xp, xp.take_along_axis(scores, order, axis=1))
        before = xp.cumsum(weights, axis=1) - weights
        kept = before < self.top_p * xp.sum(weights, axis=1)[:, None]
        kept = kept & (xp.arange(vocabulary.SIZE) < self.top_k)
        return xp.take_along_axis(kept, xp.argsort(order, axis=1), axis=1)


AS_IT_IS = Choice()


def _weights(xp: Any, scores: Any) -> Any:
    """Give probabilities, but for a factor."""
    return xp.exp(scores - xp.max(scores, axis=1)[:, None])
