"""Samples: every model continues the first window of the same test tunes, as on the poster.

A sample and the real tune, cut to the same length, can be compared; networks carry their state
through the whole tune.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float, Integer

from nottingham.dataset import arrays, split
from nottingham.dataset.streams import Dataset
from nottingham.errors import InputError, damaged
from nottingham.models.names import REAL
from nottingham.music.tune import Tune
from nottingham.representation import Representation


@dataclass(frozen=True)
class ModelSamples:
    """One model's continuations of the beginnings of test tunes."""

    ids: tuple[str, ...]
    """The test tunes that they begin as."""
    tokens: Integer[np.ndarray, "tunes time"]
    bits: Float[np.ndarray, "tunes measures"]
    """The surprisal of each measure to the model."""
    real_bits: Float[np.ndarray, "tunes measures"]
    """The surprisal of each measure of the real tunes to the same model."""


@dataclass(frozen=True)
class Samples:
    """Tunes by model: tune ``i`` of each continues the same beginning."""

    ids: tuple[str, ...]
    """The test tunes that they begin as."""
    tokens: Mapping[str, Integer[np.ndarray, "tunes time"]]
    """By model; `REAL` are the test tunes themselves."""


def begin(
    dataset: Dataset, count: int, *, steps: int, seed: int, part: int = split.TEST
) -> tuple[tuple[str, ...], Integer[np.ndarray, "tunes time"]]:
    """Draw test tunes that are long enough, without repetition.

    Args:
        dataset: the tunes and their split.
        count: how many; of fewer, all.
        steps: tokens to generate after the window.
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
    return tuple(ids), np.stack([long[id_] for id_ in ids])


def gather(dataset: Dataset, found: Mapping[str, ModelSamples]) -> Samples:
    """Lay the samples of several models beside the real tunes, which come first.

    Raises:
        InputError: if they continue different tunes.
    """
    first = next(iter(found.values()))
    for name, samples in found.items():
        if samples.ids != first.ids or samples.tokens.shape != first.tokens.shape:
            raise InputError(
                f"the samples of {name} continue other tunes than those of {next(iter(found))}; "
                "make both again: dvc repro sample"
            )
    indices = {str(id_): i for i, id_ in enumerate(dataset.ids)}
    length = first.tokens.shape[1]
    real = np.stack([dataset.tune(indices[id_])[:length] for id_ in first.ids])
    return Samples(first.ids, {REAL: real, **{name: one.tokens for name, one in found.items()}})


def as_tune(
    tokens: np.ndarray, begun_as: Tune, *, model: str, representation: Representation
) -> Tune:
    """Turn a sample into a tune, titled with what it is.

    Args:
        tokens: ``[time]``.
        begun_as: the tune whose beginning it has.
        model: the one that generated it, or `REAL`.
        representation: of the tokens.
    """
    title = begun_as.title
    if model != REAL:
        title = f"{model} continues {title} ({begun_as.id}) after {representation.window} steps"
    heading = replace(begun_as, id=f"{model}/{begun_as.id}", title=title, source=model, remarks=())
    return representation.decode(tokens, heading)


def save(path: Path | str, samples: ModelSamples) -> None:
    """Write samples as an ``.npz`` without pickles, whole or not at all."""
    found = {name: getattr(samples, name) for name in ("tokens", "bits", "real_bits")}
    arrays.save(path, {"ids": np.array(samples.ids, str), **found})


def load(path: Path | str, dataset: Dataset) -> ModelSamples:
    """Read what `save` wrote.

    Args:
        path: the file.
        dataset: the tunes that they begin as.

    Raises:
        InputError: if the file is missing, damaged, not such a file, or of other tunes.
    """
    try:
        found = arrays.read(path)
        ids, tokens = found.pop("ids"), found["tokens"]
        dataset.representation.vocabulary.check(tokens)
        if ids.dtype.kind != "U" or tokens.ndim != 2 or ids.shape != tokens.shape[:1]:
            raise ValueError("ids and tunes do not fit together")
        samples = ModelSamples(tuple(ids.tolist()), **found)
        measures = -(-tokens.shape[1] // dataset.representation.measure_ticks)
        for name in ("bits", "real_bits"):
            fits = found[name].shape == (len(ids), measures)
            if not fits or not np.isfinite(found[name]).all():
                raise ValueError(f"{name} are not of these tunes")
        _require_begun_as(dataset, samples)
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(path, "samples", error, made_by="dvc repro sample") from error
    return samples


def _require_begun_as(dataset: Dataset, samples: ModelSamples) -> None:
    """Refuse samples of other tunes: of another corpus, or of another representation."""
    indices = {str(id_): i for i, id_ in enumerate(dataset.ids)}
    window = dataset.representation.window
    for id_, tokens in zip(samples.ids, samples.tokens, strict=True):
        if id_ not in indices or not np.array_equal(
            dataset.tune(indices[id_])[:window], tokens[:window]
        ):
            raise ValueError(f"they begin as {id_}, which is another tune in the dataset")
