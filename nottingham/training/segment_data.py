"""All tunes of a training on the host, one after the other, from which segments are cut.

What a network can compute once of whole tunes lies in files without a name that are mapped into
memory: memory holds what is in use, be the corpus as large as it may.
"""

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import Int

from nottingham.dataset.streams import Dataset
from nottingham.representation.clock import Clock
from nottingham.training.trainable import Trainable

_TUNES = 1024
"""Tunes whose inputs are computed at a time."""


class Segments(NamedTuple):
    """Segments of tunes: ``[…, steps, rows, …]`` each, small integers."""

    tokens: Any
    """The inputs' tokens and, last, one more: the last target."""
    times: Clock
    """When each token after the first one begins."""
    inputs: Any
    """Of `Trainable.stored_inputs`, after each token but the last; None: there are none."""


class SegmentData:
    """The tokens of all tunes, when each begins, and the inputs after it."""

    def __init__(self, dataset: Dataset, network: Trainable, folder: Path) -> None:
        """Compute the inputs.

        Args:
            dataset: the tunes, each with its start.
            network: which inputs.
            folder: where there is room for their files.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.tokens = dataset.tokens
        stored: list[np.ndarray] = []
        for first in range(0, len(dataset.ids), _TUNES):
            some = range(first, min(first + _TUNES, len(dataset.ids)))
            inputs = network.stored_inputs([dataset.tune(i) for i in some])
            parts, self._structure = jax.tree.flatten((dataset.clocks(some), inputs))
            stored = stored or [_room(part, len(self.tokens), folder) for part in parts]
            place = slice(dataset.offsets[first], dataset.offsets[some.stop])
            for whole, part in zip(stored, parts, strict=True):
                whole[place] = part
        self._stored = stored

    def cut(self, starts: Int[np.ndarray, "..."], steps: int) -> Segments:
        """Cut segments of ``steps`` tokens from each start on: an index in the tokens.

        Beyond the last token of all, that comes again.
        """
        index = np.expand_dims(starts, -2) + np.arange(steps)[:, None]
        times, inputs = jax.tree.unflatten(self._structure, self._stored)
        return Segments(
            _cut(self.tokens, index),
            jax.tree.map(lambda x: _cut(x, index[..., 1:, :]), times),
            jax.tree.map(lambda x: _cut(x, index[..., :-1, :]), inputs),
        )


def _room(like: np.ndarray, length: int, folder: Path) -> np.ndarray:
    """Return an array for so many entries, in a file that the system removes after its last use."""
    with tempfile.TemporaryFile(dir=folder) as file:  # the map keeps it
        return np.memmap(file, like.dtype, mode="w+", shape=(length, *like.shape[1:]))


def _cut(stored: np.ndarray, index: Int[np.ndarray, "..."]) -> np.ndarray:
    found: np.ndarray = np.take(stored, index, axis=0, mode="clip")
    return found
