"""The targets of the evaluation: each token with at least a window of its tune before it.

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

from nottingham.dataset.streams import Dataset
from nottingham.representation import Representation, clock

PASSAGE = 16
"""Tokens before a target that make it familiar when the tune has had them before."""


@dataclass(frozen=True)
class Targets:
    """The targets of some tunes: arrays of shape ``[targets]``."""

    tune: Int[np.ndarray, " targets"]
    """Which of the tunes, in the order given; those without targets are left out."""
    token: Integer[np.ndarray, " targets"]
    before: Integer[np.ndarray, " targets"]
    """The token before each."""
    position: Int[np.ndarray, " targets"]
    """The eighth of the measure in which each begins, from 0 on: a step of a grid of 8."""
    begins_note: Bool[np.ndarray, " targets"]
    """Whether a note begins with it."""
    duration: Bool[np.ndarray, " targets"]
    """Whether it is a duration, where these are tokens of their own."""
    familiar: Bool[np.ndarray, " targets"]
    """Whether the tune has had the last `PASSAGE` tokens before."""

    @property
    def changed(self) -> Bool[np.ndarray, " targets"]:
        """True where the target differs from the token before it."""
        changed: np.ndarray = self.token != self.before
        return changed


def of_tunes(tunes: Sequence[np.ndarray], representation: Representation) -> Targets:
    """Find the targets of tunes with tokens of shape ``[time]``."""
    window, ticks = representation.window, representation.vocabulary.ticks
    duration = (ticks > 0) & (ticks == 0).any()
    long = [tokens for tokens in tunes if len(tokens) > window]
    counts = [len(tokens) - window for tokens in long]
    empty = np.zeros(0, int)

    def joined(arrays: Iterable[np.ndarray]) -> np.ndarray:
        return np.concatenate([empty, *arrays])

    return Targets(
        tune=np.repeat(np.arange(len(long)), counts),
        token=joined(tokens[window:] for tokens in long),
        before=joined(tokens[window - 1 : -1] for tokens in long),
        position=joined(_eighths(t, representation)[window:] for t in long).astype(int),
        begins_note=joined(representation.begins_note(t)[window:] for t in long).astype(bool),
        duration=joined(duration[tokens[window:]] for tokens in long).astype(bool),
        familiar=joined(_familiar(tokens, window) for tokens in long).astype(bool),
    )


def _eighths(
    tokens: Integer[np.ndarray, " time"], representation: Representation
) -> Int[np.ndarray, " time"]:
    times = clock.read(representation, tokens)
    eighths: np.ndarray = (8 * times.tick // times.length)[:-1]
    return eighths


def _familiar(tokens: Integer[np.ndarray, " time"], window: int) -> Bool[np.ndarray, " targets"]:
    """Return for each target of a tune whether the passage before it occurred earlier."""
    passages = sliding_window_view(tokens, PASSAGE)
    _, first, which = np.unique(passages, axis=0, return_index=True, return_inverse=True)
    starts = np.arange(window, len(tokens)) - PASSAGE
    earlier: np.ndarray = first[which.reshape(-1)[starts]] < starts
    return earlier


def ids(dataset: Dataset, part: int) -> list[str]:
    """Return the id of each tune of a part that has targets."""
    window = dataset.representation.window
    return [str(dataset.ids[i]) for i in dataset.indices(part) if len(dataset.tune(i)) > window]


def families(ids: Iterable[str]) -> list[str]:
    """Name the kind of each tune: the file or folder that its id begins with.

    Files that differ only in a range of letters at the end are of one kind: ``reelsa-c`` and
    ``reelsd-g`` of ``reels``.
    """
    files = [id_.split("/")[0] for id_ in ids]
    kinds = {file: re.sub(r"[a-z]-[a-z]$", "", file) for file in files}
    shared = Counter(kinds.values())
    return [kinds[file] if shared[kinds[file]] > 1 else file for file in files]
