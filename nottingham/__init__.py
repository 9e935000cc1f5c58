"""Nottingham: model and generate folk melodies.

>>> import nottingham
>>> tune = next(nottingham.read("my.abc"))
>>> model = nottingham.load("models/note-lstm")
>>> print(f"{-nottingham.score(model, tune).mean():.3f} nats a token")
>>> for number, new in enumerate(nottingham.generate(model, tune, bars=32, count=2)):
...     nottingham.write(new, f"new-{number}.abc")
"""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    import numpy as np

    from nottingham.evaluation.single import Reference
    from nottingham.models.base import Model
    from nottingham.music.tune import Tune

__all__ = ["__version__", "evaluate", "generate", "load", "read", "reference", "score", "write"]

__version__ = version("nottingham")

# Imports are in the functions: to import nottingham takes no JAX, no music21, no DVC.


def read(path: Path | str) -> "Iterator[Tune]":
    """Read the tunes of an ABC, MIDI or MusicXML file, or of a folder of such files.

    A tune that cannot be read is left out with a warning.

    Raises:
        InputError: if there is nothing to read.
    """
    from nottingham import corpus

    return corpus.read(path)


def load(path: Path | str) -> "Model":
    """Read a model from its folder, such as ``models/note-lstm``.

    Raises:
        InputError: if the folder is missing or damaged, or is no model.
    """
    from nottingham import models

    return models.load(path)


def score(model: "Model", tune: "Tune") -> "np.ndarray":
    """Return ln p of each token of a tune, given those before it: ``[tokens]``, in nats.

    Raises:
        InputError: if the model's representation cannot write the tune.
    """
    tokens = model.representation.encode(tune)
    (rows,) = model.score([tokens])
    found: np.ndarray = rows[range(len(tokens)), tokens]
    return found


def reference(model: Path | str = "note-lstm", *, project: Path | str = ".") -> "Reference | None":
    """Read what `evaluate` compares tunes with: those of a pipeline that has run.

    Args:
        model: the name of a model, or its folder, of which the bits of real tunes are.
        project: the pipeline's folder, which has ``data/``.

    Returns:
        The tunes; None if the pipeline has not run there.

    Raises:
        InputError: if there is no such folder, or a file in it is damaged.
    """
    from nottingham.cli.project import Project

    return Project(Path(project)).reference(str(model))


def evaluate(
    model: "Model", tune: "Tune", reference: "Reference | None" = None
) -> "dict[str, Any]":
    """Evaluate a tune: what surprises a model, and how it compares with real tunes.

    Args:
        model: what predicts.
        tune: what is predicted.
        reference: what `reference` returns; None: the tune is compared with nothing.

    Returns:
        What ``nottingham evaluate --json`` prints of a tune; `evaluation.single.evaluate` describes
        its keys, docs/generation.md too.

    Raises:
        InputError: if the model's representation cannot write the tune.
    """
    from nottingham.evaluation import single

    return single.evaluate(model, tune, reference)


def generate(
    model: "Model",
    primer: "Tune",
    *,
    bars: int = 32,
    count: int = 1,
    temperature: float | None = None,
    top_p: float = 0.95,
    guidance: float = 1.3,
    seed: int = 1,
) -> "list[Tune]":
    """Continue a tune, whose notes stay as they are; the last of them may be held on.

    Args:
        model: what predicts.
        primer: the beginning.
        bars: measures in all.
        count: how many tunes are generated.
        temperature: below 1 safer, above 1 bolder; None: 1, of models of notes 0.7.
        top_p: only the likeliest tokens that together have this probability are drawn; 1: all.
        guidance: weight of dance, form, endings and position against the notes before; 1: as
            trained.
        seed: the same seed generates the same tunes.

    Raises:
        InputError: if the primer leaves no room, or has no single meter.
    """
    from nottingham.generation import compose
    from nottingham.generation.request import Request, usual_temperature
    from nottingham.models.sampling import SamplingConfig

    if temperature is None:
        temperature = usual_temperature(model.representation, primed=True)
    sampling = SamplingConfig(temperature, top_p=top_p, guidance=guidance)
    request = Request(bars, count, seed=seed, sampling=sampling)
    return compose.from_primer(model, primer, request)


def write(tune: "Tune", path: Path | str) -> None:
    """Write a tune to a file: ``.abc``, ``.mid``, ``.musicxml``, ``.wav``, ``.svg`` or ``.png``.

    Raises:
        ValueError: if the path has another ending.
    """
    from nottingham.formats import writers

    path = Path(path)
    writers.write(tune, path.with_suffix(""), [path.suffix.removeprefix(".")])
