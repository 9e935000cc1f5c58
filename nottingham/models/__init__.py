"""Models: anything with ``log_probs(tokens)``."""

from pathlib import Path
from typing import Any

from nottingham.errors import InputError
from nottingham.models.base import Model


def load(path: Path | str, *, steps_per_measure: int | None = None) -> Model:
    """Read a model from the folder that a training or fitting stage wrote.

    Args:
        path: the folder.
        steps_per_measure: the grid of the tunes that it is to hear; None: whichever is its own.

    Raises:
        InputError: if the folder is missing or damaged, is no model, or one of another grid.
    """
    # all imports are in functions: to count takes no JAX, and to train no more than JAX and Flax
    from nottingham.models import storage

    settings = storage.load_settings(path)
    own = settings.get("steps_per_measure")
    if None not in (own, steps_per_measure) and own != steps_per_measure:
        raise InputError(
            f"{path}: a model of {own} steps a measure, but the tunes have {steps_per_measure}; "
            f"make both of one grid: {storage.REMEDY}"
        )
    try:
        return _of_kind(path, settings)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise InputError(
            f"{path}: settings.json is damaged ({error!r}); make the model again: {storage.REMEDY}"
        ) from error


def _of_kind(path: Path | str, settings: Any) -> Model:
    match settings.get("kind"):
        case "uniform" | "hold":
            from nottingham.models.counting import baselines

            return baselines.from_settings(settings)
        case "ngram":
            from nottingham.models.counting import ngram

            return ngram.load(path, settings)
        case "kneser-ney":
            from nottingham.models.counting import kneser_ney

            return kneser_ney.load(path, settings)
        case "copy":
            from nottingham.models.counting import copy

            return copy.load(path, settings)
        case "network":
            from nottingham.models.recurrent import networks

            return networks.load(path, settings)
        case kind:
            raise ValueError(f"there is no kind of model {kind!r}")
