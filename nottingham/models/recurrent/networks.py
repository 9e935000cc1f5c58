"""The model around a network, by its context, fresh or from disk."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from flax import nnx, traverse_util

from nottingham.models import storage
from nottingham.models.base import Context
from nottingham.models.recurrent.model import Recurrent, named
from nottingham.models.recurrent.network import Network, build
from nottingham.models.recurrent.tune import TuneModel
from nottingham.models.recurrent.window import WindowModel

_BY_CONTEXT: Mapping[Context, type[Recurrent]] = {"window": WindowModel, "tune": TuneModel}
_STORED_WITH = ("kind", "vocabulary")


def wrap(network: Network, settings: Mapping[str, Any]) -> Recurrent:
    """Make a model of a network.

    Args:
        network: with its weights.
        settings: what it was built from, with the ``context`` that it is to have.
    """
    return _BY_CONTEXT[settings["context"]](network, settings)


def load(folder: Path | str, settings: Mapping[str, Any]) -> Recurrent:
    """Read what `Recurrent.save` wrote."""
    settings = {name: settings[name] for name in settings if name not in _STORED_WITH}
    network = nnx.eval_shape(partial(build, settings, seed=0))
    blank = named(nnx.state(network))
    arrays = storage.load_arrays(folder, {name: value.shape for name, value in blank.items()})
    nnx.update(network, traverse_util.unflatten_dict(arrays, sep="."))
    return wrap(network, settings)
