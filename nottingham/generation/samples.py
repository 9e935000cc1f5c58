"""Samples: every model continues the beginnings of the same test tunes, and writes new tunes.

The first measures of a test tune are given, as on the poster its first 32 steps are; what follows
is the model's, up to the length of the sample. The real tune, cut to the same length, stands beside
it. Tunes are kept as notes: a grid's as it has them, the real ones as they are written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from nottingham.errors import InputError, damaged
from nottingham.files import atomic_folder, read_json, write_json
from nottingham.models.names import REAL
from nottingham.music.measures import cut
from nottingham.music.tune import Tune, measure_length, read_tunes, write_tunes

GIVEN = 4
"""Measures of a test tune that a sample begins with, an upbeat's among them."""


@dataclass(frozen=True)
class ModelSamples:
    """One model's tunes."""

    continued: tuple[Tune, ...]
    """Continuations of the beginnings of test tunes; the id is the test tune's."""
    new: tuple[Tune, ...]
    """Tunes from nothing."""
    bits: tuple[tuple[float, ...], ...]
    """The surprisal of each measure of `continued` to the model."""
    real_bits: tuple[tuple[float, ...], ...]
    """The surprisal to it of each measure of the real tunes, as long."""


@dataclass(frozen=True)
class Samples:
    """Tunes by model: tune ``i`` of each continues the same beginning."""

    ids: tuple[str, ...]
    """The test tunes that they begin as."""
    tunes: Mapping[str, tuple[Tune, ...]]
    """By model; `REAL` are the test tunes themselves, cut to the same length."""


def begin(tunes: Iterable[Tune], count: int, *, measures: int, seed: int) -> list[Tune]:
    """Draw tunes in one meter that are long enough, without repetition.

    Args:
        tunes: to draw from.
        count: how many; of fewer, all.
        measures: of a sample.
        seed: the same seed draws the same tunes.

    Raises:
        InputError: if there are none.
    """
    long = {
        tune.id: tune
        for tune in tunes
        if tune.end >= measures * measure_length(tune.meter)
        and not any(change.onset < tune.end for change in tune.meter_changes)
    }
    if not long:
        raise InputError(
            f"sample.measures: given {measures}; no test tune of one meter has as many: take fewer"
        )
    draw = np.random.default_rng(seed)
    ids = sorted(draw.choice(sorted(long), min(count, len(long)), replace=False).tolist())
    return [long[id_] for id_ in ids]


def gather(found: Mapping[str, ModelSamples], tested: Mapping[str, Tune], measures: int) -> Samples:
    """Lay the samples of several models beside the real tunes, which come first.

    Args:
        found: the samples, by model.
        tested: the test tunes, by id.
        measures: of a sample.

    Raises:
        InputError: if they continue different tunes, or none of the test tunes.
    """
    name, first = next(iter(found.items()))
    ids = tuple(tune.id for tune in first.continued)
    for other, samples in found.items():
        if tuple(tune.id for tune in samples.continued) != ids:
            raise InputError(
                f"the samples of {other} continue other tunes than those of {name}; make both "
                "again: dvc repro sample"
            )
    if missing := sorted(set(ids) - set(tested)):
        raise InputError(
            f"the samples of {name} continue {missing[0]}, which is no test tune; make them again: "
            "dvc repro sample"
        )
    real = tuple(cut(tested[id_], measures) for id_ in ids)
    return Samples(ids, {REAL: real, **{name: one.continued for name, one in found.items()}})


def titled(tune: Tune, begun_as: Tune, *, model: str) -> Tune:
    """Title a sample with what it is.

    Args:
        tune: the sample.
        begun_as: the tune whose beginning it has.
        model: the one that generated it, or `REAL`.
    """
    title = begun_as.title
    if model != REAL:
        title = f"{model} continues {title} ({begun_as.id}) after {GIVEN} measures"
    return replace(tune, id=f"{model}/{begun_as.id}", title=title, source=model, remarks=())


def save(folder: Path | str, samples: ModelSamples) -> None:
    """Write samples as JSON and JSON Lines, whole or not at all."""
    with atomic_folder(folder) as files:
        write_tunes(files / "continued.jsonl", samples.continued)
        write_tunes(files / "new.jsonl", samples.new)
        write_json(files / "bits.json", {"samples": samples.bits, "real": samples.real_bits})


def load(folder: Path | str) -> ModelSamples:
    """Read what `save` wrote.

    Raises:
        InputError: if a file is missing, damaged or not such a file.
    """
    folder = Path(folder)
    continued = tuple(read_tunes(folder / "continued.jsonl"))
    new = tuple(read_tunes(folder / "new.jsonl", may_be_empty=True))
    found = read_json(folder / "bits.json", made_by="dvc repro sample")
    try:
        bits, real_bits = (_rows(found[name], len(continued)) for name in ("samples", "real"))
    except (ValueError, KeyError, TypeError) as error:
        path = folder / "bits.json"
        raise damaged(path, "surprisal", error, made_by="dvc repro sample") from error
    return ModelSamples(continued, new, bits, real_bits)


def _rows(found: Any, tunes: int) -> tuple[tuple[float, ...], ...]:
    rows: Sequence[tuple[float, ...]] = [tuple(float(value) for value in row) for row in found]
    if len(rows) != tunes or not all(np.isfinite(row).all() for row in rows):
        raise ValueError("bits are not of these tunes")
    return tuple(rows)


def given(meter: str) -> Fraction:
    """Return how long the beginning of a sample is that is a test tune's, in quarter notes."""
    return GIVEN * measure_length(meter)
