"""Token streams of whole tunes, and the windows and stretches cut from them.

All tunes lie one behind the other in one array; a window is a start in it, never a copy. A
target is a step with at least `CONTEXT` steps of the same tune before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nottingham.dataset import arrays, split
from nottingham.errors import InputError
from nottingham.representation import vocabulary

CONTEXT = 32
"""Steps that predict the next one: the poster's window."""


@dataclass(frozen=True)
class Dataset:
    """The tunes of a corpus as tokens, with the place of each in the split."""

    tokens: np.ndarray
    """All tunes, one behind the other: ``[steps]``, uint8."""
    offsets: np.ndarray
    """Tune ``i`` is ``tokens[offsets[i]:offsets[i + 1]]``: ``[tunes + 1]``, int64."""
    split: np.ndarray
    """`split.TRAIN`, `split.VALID`, `split.TEST` or `split.UNUSED`: ``[tunes]``, uint8."""
    ids: np.ndarray
    """Tune ids: ``[tunes]``, text."""
    steps_per_measure: int

    def tunes(self, part: int) -> list[np.ndarray]:
        """List the token streams of one part of the split, each of shape ``[time]``."""
        return [self.tune(i) for i in self.indices(part)]

    def tune(self, index: int) -> np.ndarray:
        """Give the token stream of one tune, of shape ``[time]``."""
        return self.tokens[self.offsets[index] : self.offsets[index + 1]]

    def indices(self, part: int) -> np.ndarray:
        """List which tunes are in one part of the split: ``[tunes of it]``, int64."""
        return np.flatnonzero(self.split == part)

    def only(self, *parts: int) -> "Dataset":
        """Leave out the tunes that are in no such part of the split."""
        kept = np.flatnonzero(np.isin(self.split, parts))
        return join(
            [self.tune(int(i)) for i in kept],
            split=self.split[kept],
            ids=self.ids[kept].tolist(),
            steps_per_measure=self.steps_per_measure,
        )


def join(
    tunes: Sequence[np.ndarray], *, split: np.ndarray, ids: Sequence[str], steps_per_measure: int
) -> Dataset:
    """Lay token streams, each of shape ``[time]``, one behind the other."""
    offsets = np.cumsum([0, *(len(tokens) for tokens in tunes)])
    tokens = np.concatenate([np.zeros(0, np.uint8), *tunes])
    return Dataset(tokens, offsets, split, np.array(ids, str), steps_per_measure)


def stretch_starts(dataset: Dataset, part: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Find every stretch of ``length`` steps that lies within one tune of a part.

    Returns:
        The index of its first step in `Dataset.tokens`, and that step's place in its tune: two
        arrays of shape ``[stretches]``, int32.
    """
    counts = np.maximum(np.diff(dataset.offsets)[dataset.indices(part)] - length + 1, 0)
    first = dataset.offsets[:-1][dataset.indices(part)]
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return (np.repeat(first, counts) + within).astype(np.int32), within.astype(np.int32)


def count_targets(tunes: Sequence[np.ndarray]) -> int:
    """Count the steps of tunes, each ``[time]``, that have `CONTEXT` steps before them."""
    return sum(max(0, len(tokens) - CONTEXT) for tokens in tunes)


def require_targets(dataset: Dataset) -> None:
    """Refuse a split in which a part has nothing to predict.

    Raises:
        InputError: naming the part.
    """
    for part, name in enumerate(split.NAMES):
        if not count_targets(dataset.tunes(part)):
            raise InputError(
                f"the {name} part has no tune of more than {CONTEXT} steps; use a larger corpus, "
                "another window.seed, window.train_share, window.valid_share, window.used_share "
                "or window.steps_per_measure, or say which tunes go where in window.split_file"
            )


def describe(dataset: Dataset) -> str:
    """Say in one line a part how many tunes and targets there are."""
    lines = []
    for part, name in enumerate(split.NAMES):
        tunes = dataset.tunes(part)
        lines.append(f"{name}: {len(tunes):,} tunes, {count_targets(tunes):,} targets")
    return "\n".join(lines)


def save(path: Path | str, dataset: Dataset) -> None:
    """Write streams as an ``.npz`` without pickles, whole or not at all."""
    found = {name: getattr(dataset, name) for name in ("tokens", "offsets", "split", "ids")}
    arrays.save(path, found | {"steps_per_measure": np.array(dataset.steps_per_measure)})


def load(path: Path | str) -> Dataset:
    """Read what `save` wrote.

    Raises:
        InputError: if the file is missing, damaged or not such a file.
    """
    try:
        found = arrays.read(path)
        arrays.check_integers({name: found[name] for name in ("offsets", "split")})
        steps = _measure(found.pop("steps_per_measure"))
        dataset = Dataset(**found, steps_per_measure=steps)
        _check(dataset)
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: no token streams in it ({error}); make it again: dvc repro window"
        ) from error
    return dataset


def _measure(steps: np.ndarray) -> int:
    arrays.check_integers({"steps_per_measure": steps})
    if steps.shape != () or steps < 1:
        raise ValueError(f"there are no measures of {steps} steps")
    return int(steps)


def _check(dataset: Dataset) -> None:
    ids, tunes = dataset.ids, len(dataset.ids)
    if ids.dtype.kind != "U" or ids.shape != (tunes,) or len(np.unique(ids)) < tunes:
        raise ValueError("ids do not tell tunes apart")
    if dataset.split.shape != (tunes,) or dataset.offsets.shape != (tunes + 1,):
        raise ValueError("ids, split and offsets do not fit together")
    if (
        dataset.tokens.ndim != 1
        or dataset.offsets[0] != 0
        or dataset.offsets[-1] != len(dataset.tokens)
    ):
        raise ValueError("offsets do not cover the tokens")
    if np.any(np.diff(dataset.offsets) < 0):
        raise ValueError("offsets go back")
    if not np.isin(dataset.split, range(split.UNUSED + 1)).all():
        raise ValueError("a tune is in no part of the split")
    vocabulary.check(dataset.tokens)
