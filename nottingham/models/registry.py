"""Every kind of model: one row each. Modules are imported when they are needed, and not before:
models that count need no JAX, and training no more than JAX, Flax and Optax.
"""

from importlib import import_module
from pathlib import Path

from nottingham.errors import InputError
from nottingham.models.base import Model
from nottingham.representation import Representation

KINDS = {
    "uniform": "nottingham.models.counting.baselines",
    "hold": "nottingham.models.counting.baselines",
    "ngram": "nottingham.models.counting.ngram",
    "kneser-ney": "nottingham.models.counting.kneser_ney",
    "copy": "nottingham.models.counting.copy",
    "recurrent": "nottingham.models.recurrent.model",
}
"""The module of each kind of model, by the kind that its settings name."""


def load(path: Path | str, *, representation: Representation | None = None) -> Model:
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
        raise InputError(
            f"{path}: a model of {own}, but the tunes are written as {representation}; make both "
            f"of one representation: {storage.REMEDY}"
        )
    try:
        kind = settings.pop("kind")
        if kind not in KINDS:
            raise ValueError(f"there is no kind of model {kind!r}")
        model: Model = import_module(KINDS[kind]).load(path, settings, own)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise InputError(
            f"{path}: settings.json is damaged ({error!r}); make the model again: {storage.REMEDY}"
        ) from error
    return model
