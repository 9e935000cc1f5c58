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
    """The measures that have passed, an upbeat's among them."""
    tick: Any
    """The ticks that have passed of the measure under way."""
    length: Any
    """The ticks of the measure under way."""


def start(representation: Representation, zero: Any) -> Clock:
    """Return the clock before the first token; ``zero`` has the shape of its entries, and zeros."""
    return Clock(zero, zero, zero + representation.measure_ticks)


def advance(representation: Representation, clock: Clock, tokens: Any) -> Clock:
    """Return the clock after some tokens, one for each of its entries.

    A new meter begins with a new measure.
    """
    xp, vocabulary = tokens.__array_namespace__(), representation.vocabulary
    tick, length, cut = clock.tick, clock.length, 0
    if vocabulary.measure.any():
        meter = xp.asarray(vocabulary.measure)[tokens]
        length = xp.where(meter > 0, meter, length)
        cut = ((meter > 0) & (tick > 0)).astype(tick.dtype)
        tick = xp.where(meter > 0, 0, tick)
    moved = tick + xp.asarray(vocabulary.ticks)[tokens]
    return Clock(clock.measure + cut + moved // length, moved % length, length)


def read(representation: Representation, tokens: Integer[np.ndarray, " time"]) -> Clock:
    """Return the time at which each token of a tune begins, and after it the next one would.

    Returns:
        Arrays of shape ``[time + 1]``, int64.
    """
    vocabulary = representation.vocabulary
    meters = np.flatnonzero(vocabulary.measure[tokens])
    length, passed = representation.measure_ticks, 0
    parts = [np.array([[0], [0], [length]])]
    for span in np.split(tokens, meters):
        if len(span):
            length = int(vocabulary.measure[span[0]]) or length
        ticks = np.cumsum(vocabulary.ticks[span], dtype=np.int64)
        parts.append(np.stack([passed + ticks // length, ticks % length, ticks * 0 + length]))
        passed -= int(-ticks[-1:].sum() // length)
    return Clock(*np.concatenate(parts, axis=1))
