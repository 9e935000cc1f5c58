"""What is to be predicted: each step with at least 32 steps of its tune before it.

The targets of a part of the split are the same for every model, in the same order, so that models
can be compared target by target.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int, Integer
from numpy.lib.stride_tricks import sliding_window_view

from nottingham.dataset.streams import CONTEXT, Dataset
from nottingham.representation import vocabulary

PASSAGE = 16
"""Steps before a target that make it familiar when the tune has had them before: two measures."""


@dataclass(frozen=True)
class Targets:
    """The targets of some tunes: arrays of shape ``[targets]``."""

    tune: Int[np.ndarray, " targets"]
    """Which of the tunes, in the order given; those without targets are left out."""
    token: Integer[np.ndarray, " targets"]
    before: Integer[np.ndarray, " targets"]
    """The token of the step before."""
    position: Int[np.ndarray, " targets"]
    """The step of the measure."""
    familiar: Bool[np.ndarray, " targets"]
    """Whether the tune has had the last `PASSAGE` steps before."""

    @property
    def changed(self) -> Bool[np.ndarray, " targets"]:
        """Whether the target differs from the step before it."""
        changed: np.ndarray = self.token != self.before
        return changed

    @property
    def begins_note(self) -> Bool[np.ndarray, " targets"]:
        """Whether a note begins: on the grid, a change to a pitch."""
        begins: np.ndarray = self.changed & (self.token != vocabulary.REST)
        return begins


def of_tunes(tunes: Sequence[np.ndarray], steps_per_measure: int) -> Targets:
    """Find the targets of tunes with tokens of shape ``[time]``."""
    long = [tokens for tokens in tunes if len(tokens) > CONTEXT]
    places = [np.arange(CONTEXT, len(tokens)) for tokens in long]
    tune = np.repeat(np.arange(len(long)), [len(place) for place in places])
    empty = np.zeros(0, int)
    return Targets(
        tune=tune,
        token=np.concatenate([empty, *(t[CONTEXT:] for t in long)]),
        before=np.concatenate([empty, *(t[CONTEXT - 1 : -1] for t in long)]),
        position=np.concatenate([empty, *places]) % steps_per_measure,
        familiar=np.concatenate([empty, *map(_familiar, long)]).astype(bool),
    )


def _familiar(tokens: Integer[np.ndarray, " time"]) -> Bool[np.ndarray, " targets"]:
    """Say of each target of a tune whether the passage before it occurred earlier."""
    passages = sliding_window_view(tokens, PASSAGE)
    _, first, which = np.unique(passages, axis=0, return_index=True, return_inverse=True)
    starts = np.arange(CONTEXT, len(tokens)) - PASSAGE
    earlier: np.ndarray = first[which.reshape(-1)[starts]] < starts
    return earlier


def ids(dataset: Dataset, part: int) -> list[str]:
    """Name each tune of a part that has targets."""
    return [str(dataset.ids[i]) for i in dataset.indices(part) if len(dataset.tune(i)) > CONTEXT]


def families(ids: Iterable[str]) -> list[str]:
    """Name the kind of each tune: the file or folder that its id begins with.

    Files that differ only in a range of letters at the end are of one kind: ``reelsa-c`` and
    ``reelsd-g`` of ``reels``.
    """
    files = [id_.split("/")[0] for id_ in ids]
    kinds = {file: re.sub(r"[a-z]-[a-z]$", "", file) for file in files}
    shared = Counter(kinds.values())
    return [kinds[file] if shared[kinds[file]] > 1 else file for file in files]
