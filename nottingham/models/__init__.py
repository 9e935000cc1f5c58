"""Models: anything with ``log_probs(tokens)``."""

from pathlib import Path

from nottingham.errors import InputError
from nottingham.models.base import Model


def load(path: Path | str) -> Model:
    """Read a model from the folder that a training or fitting stage wrote.

    Raises:
        InputError: if the folder is missing or damaged, or is no model.
    """
    from nottingham.models import storage  # here, so that to train takes no more than JAX and Flax

    settings = storage.load_settings(path)
    try:
        match settings.get("kind"):
            case "uniform" | "hold":
                from nottingham.models import baselines

                return baselines.from_settings(settings)
            case "ngram":
                from nottingham.models import ngram

                return ngram.load(path, settings)
            case "kneser-ney":
                from nottingham.models import kneser_ney

                return kneser_ney.load(path, settings)
            case "copy":
                from nottingham.models import copying

                return copying.load(path, settings)
            case "network":  # imported here, so that counting models do not wait for JAX
                from nottingham.models import networks

                return networks.load(path, settings)
            case kind:
                raise InputError(f"{path}: there is no kind of model {kind!r}")
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: settings.json is damaged ({error!r})") from error
