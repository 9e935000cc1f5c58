"""Whether trainings fit into memory, found out before the first of them begins."""

import os
from collections.abc import Mapping
from functools import partial

import jax
from flax import nnx

from nottingham.dataset.streams import Dataset
from nottingham.errors import InputError
from nottingham.models.recurrent.cells import CELLS
from nottingham.models.recurrent.network import build
from nottingham.params import Network as Settings
from nottingham.representation import vocabulary
from nottingham.training.loop import model_settings
from nottingham.training.objective import Objective

_FLOAT32 = 4  # bytes
_COPIES = 5  # of the weights: themselves, their gradient, Adam's two moments, the best so far


def require_memory(dataset: Dataset, networks: Mapping[str, Settings]) -> None:
    """Refuse networks that are sure to need more memory than there is.

    Args:
        dataset: the tunes.
        networks: the sections of ``train``, by name.

    Raises:
        InputError: naming the network, and the keys that decide how much it needs.
    """
    most = _memory()
    for name, settings in networks.items():
        bytes_ = needed(dataset, settings)
        if bytes_ > most:
            raise InputError(
                f"train.{name}: needs more than {_gib(bytes_)} of memory, and there are "
                f"{_gib(most)}; take fewer train.{name}.units (given {settings.units}), a smaller "
                f"train.{name}.batch ({settings.batch}), train.{name}.stretch "
                f"({settings.stretch}) or train.{name}.embedding ({settings.embedding})"
            )


def needed(dataset: Dataset, settings: Settings) -> int:
    """Give the bytes that a training needs at least.

    These are the copies of the weights, and what the gradient wants to know of every step of a
    batch: the gates and the state, and the logits with their probabilities.
    """
    blank = nnx.eval_shape(partial(build, model_settings(dataset, settings), seed=0))
    weights = sum(leaf.size for leaf in jax.tree.leaves(nnx.state(blank)))
    steps = Objective.named(settings.objective, settings.stretch).steps * settings.batch
    numbers = settings.units * (CELLS[settings.cell].gates + 1) + 2 * vocabulary.SIZE
    return int(_FLOAT32 * (_COPIES * weights + steps * numbers))


def _memory() -> int:
    """Give the bytes of memory of this process's accelerators or, without any, of this machine."""
    limits = [(device.memory_stats() or {}).get("bytes_limit", 0) for device in jax.local_devices()]
    return sum(limits) or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _gib(bytes_: int) -> str:
    return f"{bytes_ / 2**30:,.1f} GiB"
