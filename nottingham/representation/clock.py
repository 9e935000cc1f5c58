"""When the next token begins: the exclusive running sum of the tokens' ticks, cut into measures.

The same functions serve NumPy arrays and, within a compiled scan, JAX's.
"""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Integer

from nottingham.representation.base import Representation


class Clock(NamedTuple):
    """The time of the token to come: arrays of one shape, such as ``[batch]`` or ``[time]``."""

    measure: Any
    """The measures that have passed."""
    tick: Any
    """The ticks that have passed of the measure under way."""


def advance(representation: Representation, clock: Clock, tokens: Any) -> Clock:
    """Return the clock after some tokens, one for each of its entries."""
    ticks = representation.vocabulary.ticks
    moved = clock.tick + tokens.__array_namespace__().asarray(ticks)[tokens]
    length = representation.measure_ticks
    return Clock(clock.measure + moved // length, moved % length)


def read(representation: Representation, tokens: Integer[np.ndarray, " time"]) -> Clock:
    """Return the time at which each token of a tune begins, and after it the next one would.

    Returns:
        Arrays of shape ``[time + 1]``, int64.
    """
    passed = np.cumsum(np.concatenate([[0], representation.vocabulary.ticks[tokens]]))
    return Clock(passed // representation.measure_ticks, passed % representation.measure_ticks)
