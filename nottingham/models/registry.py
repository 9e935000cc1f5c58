"""Every model that counts is a row here; networks are sections of ``train`` and of one kind.

Modules are imported when they are needed, and not before: models that count need no JAX.
"""

from collections.abc import Iterator
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
class Row:
    """A model that is fitted by counting; its name is also the kind that its settings name."""

    module: str
    """Has ``load(folder, settings, representation)``, and the function `fit` names."""
    fit: str = "fit_section"
    """Takes the dataset, the section of ``params.yaml`` and the models of the rows above, by
    name; returns the model and the candidates that validation chose from."""
    section: str = ""
    """Of ``params.yaml``; empty for a model without settings."""


_ROOM = "nottingham.models.counting"
COUNTING = {
    "random": Row(f"{_ROOM}.baselines", fit="fit_random"),
    "hold": Row(f"{_ROOM}.baselines", fit="fit_hold"),
    "ngram": Row(f"{_ROOM}.ngram", section="ngram"),
    "kneser-ney": Row(f"{_ROOM}.kneser_ney", section="ngram"),
    "copy": Row(f"{_ROOM}.copy"),
}
_NETWORK = "recurrent"
_MODULES = {name: row.module for name, row in COUNTING.items()} | {
    _NETWORK: "nottingham.models.recurrent.model"
}


def fit_all(dataset: "Dataset", params: Any) -> Iterator[tuple[str, "Model", list[Any]]]:
    """Fit the models of `COUNTING` in turn.

    Args:
        dataset: the tunes and their split.
        params: all settings, a section an attribute.

    Returns:
        Name, model, and the candidates that validation chose from.
    """
    fitted: dict[str, Model] = {}
    for name, row in COUNTING.items():
        section = getattr(params, row.section) if row.section else None
        fit = getattr(import_module(row.module), row.fit)
        fitted[name], candidates = fit(dataset, section, fitted)
        yield name, fitted[name], candidates


def load(path: Path | str, *, representation: "Representation | None" = None) -> "Model":
    """Read a model from the folder that a training or fitting stage wrote.

    Args:
        path: the folder.
        representation: of the tunes that it is to predict; None: whichever is its own.

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
        if kind not in _MODULES:
            raise ValueError(f"there is no kind of model {kind!r}")
        model: Model = import_module(_MODULES[kind]).load(path, settings, own)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise damaged(f"{path}/settings.json", "settings of a model", error) from error
    return model
