"""Nottingham: model and generate folk melodies.

>>> import nottingham
>>> model = nottingham.load()  # or of a folder: nottingham.load("models/note-lstm")
>>> for number, new in enumerate(nottingham.generate(model, dance="jig", key="D", count=2)):
...     nottingham.write(new, f"new-{number}.abc")
>>> tune = next(nottingham.read("my.abc"))
>>> print(f"{-nottingham.score(model, tune).mean():.3f} nats a token")
>>> (other,) = nottingham.rewrite(model, tune, bars=(2, 2), count=1)
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

__all__ = [
    "__version__",
    "evaluate",
    "generate",
    "load",
    "read",
    "reference",
    "rewrite",
    "score",
    "write",
]

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


def load(path: Path | str | None = None) -> "Model":
    """Read a model for a few tunes at a time.

    A network of tune context runs in NumPy, and is ready at once; `nottingham.models.load` compiles
    it, for many tunes.

    Args:
        path: its folder, such as ``models/note-lstm``; None: the model in the package, which is
            trained on Irish dance tunes.

    Raises:
        InputError: if the folder is missing or damaged, or is no model.
    """
    from nottingham import models

    if path is None:
        from nottingham import pretrained

        return pretrained.load()
    return models.load(path, compiled=False)


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
    primer: "Tune | None" = None,
    *,
    dance: str = "",
    key: str = "",
    meter: str = "",
    form: str = "",
    bars: int = 32,
    end_on_tonic: bool = False,
    corpus: str | None = None,
    count: int = 1,
    temperature: float | None = None,
    top_p: float | None = None,
    guidance: float | None = None,
    seed: int = 1,
) -> "list[Tune]":
    """Write tunes, from nothing or from a beginning.

    Args:
        model: what predicts; one of notes, where there is no primer.
        primer: the beginning, whose notes stay as they are; the last of them may be held on.
        dance: as in ``jig``; empty: any. This and the next three are conditions of models of notes.
            For a dance that no training tune names, request its meter: ``2/4`` for polkas.
        key: as in ``D major``; a primer is transposed to it.
        meter: as in ``6/8``.
        form: as in ``AABB``, a letter for each section of eight measures.
        bars: measures in all.
        end_on_tonic: whether they end on the tonic.
        corpus: whose style they have, for models of several; empty: any; None: the first.
        count: how many tunes are generated.
        temperature: below 1 safer, above 1 bolder; None: 1, of models of notes with a primer 0.7.
        top_p: only the likeliest tokens that together have this probability are drawn; 1: all;
            None: 0.95, of models of several corpora 1.
        guidance: weight of dance, form, endings and position against the notes before; 1: as
            trained; None: 1.3, of models of several corpora 1.1.
        seed: the same seed generates the same tunes.

    Raises:
        InputError: if the model cannot meet a condition, or the primer leaves no room or has no
            single meter.
    """
    from nottingham.errors import InputError
    from nottingham.generation import compose
    from nottingham.generation.constraints import Constraints
    from nottingham.generation.request import Request, usual_corpus, usual_sampling
    from nottingham.music import keys

    request = Request(
        bars,
        count,
        seed=seed,
        meter=meter,
        dance=dance,
        form=form,
        corpus=usual_corpus(model.representation) if corpus is None else corpus,
        constraints=Constraints(keys.read(key) if key else "", ends_on_tonic=end_on_tonic),
        sampling=usual_sampling(
            model.representation,
            primed=primer is not None,
            temperature=temperature,
            top_p=top_p,
            guidance=guidance,
        ),
    )
    if primer:
        return compose.from_primer(model, primer, request)
    if not model.representation.vocabulary.headers:
        raise InputError("from nothing, models of notes write: load one, or give a primer")
    return compose.from_nothing(model, None, request)


def rewrite(
    model: "Model",
    tune: "Tune",
    bars: tuple[int, int],
    *,
    count: int = 3,
    everywhere: bool = True,
    temperature: float | None = None,
    top_p: float | None = None,
    guidance: float | None = None,
    seed: int = 1,
) -> "list[Tune]":
    """Write measures of a tune again, so that they fit what stands before and behind them.

    Args:
        model: what predicts, of notes.
        tune: all else of which stays as it is.
        bars: the first and the last measure, in playing order; the first full one is 1.
        count: how many suggestions, or fewer, if fewer are found that differ.
        everywhere: whether they are written alike where the section comes again.
        temperature: below 1 safer, above 1 bolder; None: 0.7.
        top_p: see `generate`.
        guidance: see `generate`.
        seed: the same seed writes the same measures.

    Returns:
        Different tunes, in the order of their bits a note.

    Raises:
        InputError: if the tune has no such measures, or none that can be written.
    """
    from nottingham.generation import rewriting
    from nottingham.generation.request import usual_sampling

    sampling = usual_sampling(
        model.representation,
        primed=True,
        temperature=temperature,
        top_p=top_p,
        guidance=guidance,
    )
    found = rewriting.rewrite(
        model, tune, bars, count=count, seed=seed, sampling=sampling, everywhere=everywhere
    )
    return [one.tune for one in found]


def write(tune: "Tune", path: Path | str) -> None:
    """Write a tune to a file: ``.abc``, ``.mid``, ``.musicxml``, ``.wav``, ``.svg`` or ``.png``.

    Raises:
        ValueError: if the path has another ending.
    """
    from nottingham.formats import writers

    path = Path(path)
    writers.write(tune, path.with_suffix(""), [path.suffix.removeprefix(".")])
