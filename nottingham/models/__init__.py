"""Models: anything that gives the next token's probabilities; see `base`."""

from nottingham.models.registry import load

__all__ = ["load"]
