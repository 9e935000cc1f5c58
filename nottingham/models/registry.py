"""Every model that counts is a row here; networks are sections of ``train``, all of one kind.

Modules are imported when they are needed, and not before: models that count need no JAX.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nottingham.errors import damaged
from nottingham.models.errors import other_representation

if TYPE_CHECKING:
    from nottingham.dataset.streams import Dataset
    from nottingham.models.base import Model
    from nottingham.representation import Representation


@dataclass(frozen=True)
class Kind:
    """A kind of model, as a model's settings name it."""

    module: str
    """Has ``load(folder, settings, representation)``, and the function `fit` names."""
    fit: str = ""
    """Takes the dataset, the section of ``params.yaml`` and the models fitted before on the same
    tokens, by kind; returns the model and the candidates that validation chose from."""
    section: str = ""
    """Of ``params.yaml``; empty for a model without settings."""


@dataclass(frozen=True)
class Row:
    """A model that is fitted by counting."""

    kind: str
    tokens: str = "windows"
    """What it counts: a file of ``data/``, without its ending."""


_ROOM = "nottingham.models.counting"
KINDS = {
    "random": Kind(f"{_ROOM}.baselines", "fit_random"),
    "hold": Kind(f"{_ROOM}.baselines", "fit_hold"),
    "ngram": Kind(f"{_ROOM}.ngram", "fit_section", section="ngram"),
    "kneser-ney": Kind(f"{_ROOM}.kneser_ney", "fit_section", section="ngram"),
    "copy": Kind(f"{_ROOM}.copy", "fit_section"),
    "recurrent": Kind("nottingham.models.recurrent.model"),
}
_UNCOMPILED = "nottingham.models.recurrent.numpy_model"
COUNTING = {
    "random": Row("random"),
    "hold": Row("hold"),
    "ngram": Row("ngram"),
    "kneser-ney": Row("kneser-ney"),
    "copy": Row("copy"),
    "note-ngram": Row("ngram", "notes"),
    "note-kneser-ney": Row("kneser-ney", "notes"),
    "note-copy": Row("copy", "notes"),
}


def fit_all(
    datasets: "Mapping[str, Dataset]", params: Any
) -> "Iterator[tuple[str, Model, list[Any]]]":
    """Fit the models of `COUNTING` in turn.

    Args:
        datasets: the tunes and their split, by `Row.tokens`.
        params: all settings.

    Returns:
        Name, model, and the candidates that validation chose from.
    """
    fitted: dict[str, dict[str, Model]] = {tokens: {} for tokens in datasets}
    for name, row in COUNTING.items():
        kind, before = KINDS[row.kind], fitted[row.tokens]
        section = params.required(kind.section) if kind.section else None
        fit = getattr(import_module(kind.module), kind.fit)
        before[row.kind], candidates = fit(datasets[row.tokens], section, before)
        yield name, before[row.kind], candidates


def load(
    path: Path | str, *, representation: "Representation | None" = None, compiled: bool = True
) -> "Model":
    """Read a model from the folder that a training or fitting stage wrote.

    Args:
        path: the folder.
        representation: of the tunes that it is to predict; None: whichever is its own.
        compiled: whether a network is JAX's, for many tunes at once, or, if it has tune context,
            NumPy's: ready at once, for a few.

    Raises:
        InputError: if the folder is missing or damaged, is no model, or one of another
            representation.
    """
    from nottingham.models import storage

    settings, own = storage.load_settings(path)
    if representation not in (None, own):
        raise other_representation(path, own, representation)
    try:
        kind = settings.pop("kind")
        if kind not in KINDS:
            raise ValueError(f"there is no kind of model {kind!r}")
        plain = kind == "recurrent" and settings["context"] == "tune" and not compiled
        module = _UNCOMPILED if plain else KINDS[kind].module
        model: Model = import_module(module).load(path, settings, own)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise damaged(f"{path}/settings.json", "settings of a model", error) from error
    return model
