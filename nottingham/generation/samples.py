"""What each model makes of the same beginnings, the first window of test tunes: the poster's way.

A sample is as long as the real tune is cut, so that the two can be compared; networks keep their
state from the first step on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nottingham.dataset import arrays, split
from nottingham.dataset.streams import Dataset
from nottingham.errors import InputError
from nottingham.models.base import REAL
from nottingham.music.tune import Tune
from nottingham.representation import Representation


@dataclass(frozen=True)
class Samples:
    """Tunes by model, all begun alike: tune ``i`` of each goes on from the same beginning."""

    ids: tuple[str, ...]
    """The test tunes that they begin as."""
    tokens: Mapping[str, np.ndarray]
    """``[tunes, time]`` by model; `REAL` are the test tunes themselves."""


def begin(
    dataset: Dataset, count: int, *, steps: int, seed: int, part: int = split.TEST
) -> Samples:
    """Draw test tunes that are long enough, without repetition: the real ones of the samples.

    Args:
        dataset: the tunes and their split.
        count: how many; of fewer, all.
        steps: how many tokens are written after the window.
        seed: the same seed draws the same tunes.
        part: of the split; validation tunes are what settings are chosen by.

    Raises:
        InputError: if there are none.
    """
    window = dataset.representation.window
    length = window + steps
    tunes = {str(dataset.ids[i]): dataset.tune(int(i)) for i in dataset.indices(part)}
    long = {id_: tokens[:length] for id_, tokens in tunes.items() if len(tokens) >= length}
    if not long:
        raise InputError(
            f"sample.steps: given {steps}; no tune has {window} tokens and as many more: take fewer"
        )
    draw = np.random.default_rng(seed)
    ids = sorted(draw.choice(sorted(long), min(count, len(long)), replace=False).tolist())
    return Samples(tuple(ids), {REAL: np.stack([long[id_] for id_ in ids])})


def as_tune(
    tokens: np.ndarray, begun_as: Tune, *, model: str, representation: Representation
) -> Tune:
    """Turn a sample into a tune, titled with what it is.

    Args:
        tokens: ``[time]``.
        begun_as: the tune whose beginning it has.
        model: what wrote it, or `REAL`.
        representation: of the tokens.
    """
    title = begun_as.title
    if model != REAL:
        title = f"{model} continues {title} ({begun_as.id}) after {representation.window} steps"
    heading = replace(begun_as, id=f"{model}/{begun_as.id}", title=title, source=model, remarks=())
    return representation.decode(tokens, heading)


def save(path: Path | str, samples: Samples) -> None:
    """Write samples as an ``.npz`` without pickles, whole or not at all."""
    arrays.save(path, {"ids": np.array(samples.ids, str), **samples.tokens})


def load(path: Path | str) -> Samples:
    """Read what `save` wrote.

    Raises:
        InputError: if the file is missing, damaged or not such a file.
    """
    try:
        found = arrays.read(path)
        ids, shape = found.pop("ids"), found[REAL].shape
        if ids.dtype.kind != "U" or len(shape) != 2 or ids.shape != shape[:1]:
            raise ValueError("ids and tunes do not fit together")
        for name, tokens in found.items():
            if tokens.dtype.kind not in "iu":
                raise ValueError(f"tunes of {name} are no tokens")
            if tokens.shape != shape:
                raise ValueError(f"tunes of {name} are not like those of {REAL}")
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: no samples in it ({error}); make it again: dvc repro sample"
        ) from error
    return Samples(tuple(ids.tolist()), found)


def require_begun_as(dataset: Dataset, samples: Samples) -> None:
    """Refuse samples of other token streams: of another corpus, or on another grid.

    Raises:
        InputError: naming the first tune that is not among the streams as it is here.
    """
    for name, tokens in samples.tokens.items():
        try:
            dataset.representation.vocabulary.check(tokens)
        except ValueError as error:
            raise InputError(
                f"the samples of {name} are of another representation ({error}); make them again: "
                "dvc repro sample"
            ) from error
    places = {str(id_): i for i, id_ in enumerate(dataset.ids)}
    for id_, real in zip(samples.ids, samples.tokens[REAL], strict=True):
        if id_ not in places or not np.array_equal(dataset.tune(places[id_])[: len(real)], real):
            raise InputError(
                f"the samples begin as {id_}, which is not so among the token streams: one of the "
                "two is of an earlier run; make both again: dvc repro sample"
            )
