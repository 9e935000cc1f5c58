"""Whether trainings fit into memory, found out before the first of them begins."""

import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import jax
from flax import nnx

from nottingham.errors import InputError
from nottingham.training.objective import Objective
from nottingham.training.settings import TrainingSettings
from nottingham.training.trainable import Architecture

_FLOAT32 = 4  # bytes
_SIZES = ("units", "embedding", "segment", "batch")
"""Keys of a section that decide how much memory its training needs."""
_COPIES = 5  # of the weights: themselves, their gradient, Adam's two moments, the best so far


def require_memory(trainings: Mapping[str, tuple[Architecture, TrainingSettings]]) -> None:
    """Refuse networks that are sure to need more memory than there is.

    Args:
        trainings: what is trained and its section of ``train``, by name.

    Raises:
        InputError: naming the network, and the keys that decide how much it needs.
    """
    most = _memory()
    for name, (architecture, settings) in trainings.items():
        bytes_ = needed(architecture, settings)
        if bytes_ > most:
            sizes = [f"train.{name}.{key} ({n})" for key, n in settings if key in _SIZES]
            raise InputError(
                f"train.{name}: needs more than {_gib(bytes_)} of memory, and there are "
                f"{_gib(most)}; take a smaller {' or '.join(sizes)}"
            )


def require_corpus(name: str, corpus: str | None, corpora: Sequence[str]) -> None:
    """Refuse to train on a corpus that is none of several.

    Args:
        name: the network's.
        corpus: that is to be trained on; None: all.
        corpora: of the tunes; none: they are all of one.

    Raises:
        InputError: naming the key, and the corpora.
    """
    if corpora and corpus not in (None, *corpora):
        raise InputError(
            f"train.{name}.corpus: given {corpus!r}; the tunes are of {', '.join(corpora)}"
        )


def require_same(name: str, architecture: Any) -> None:
    """Refuse to begin a network with the weights of another one that is built otherwise.

    Args:
        name: the network's.
        architecture: its own, with the model that it begins as.

    Raises:
        InputError: naming the settings that differ.
    """
    first, own = architecture.first, architecture.settings
    if first.representation != architecture.representation:
        raise InputError(f"train.{name}.start: that network takes other tokens; take another one")
    if others := sorted(key for key in own if own[key] != first.settings.get(key)):
        raise InputError(
            f"train.{name}.start: that network has another {' and '.join(others)}; make these keys "
            f"of train.{name} the same"
        )


def needed(architecture: Architecture, settings: TrainingSettings) -> int:
    """Return the bytes that a training needs at least.

    These are the copies of the weights, and what the gradient keeps of every token of a batch.
    """
    blank: Any = nnx.eval_shape(partial(architecture.build, 0))
    weights = sum(leaf.size for leaf in jax.tree.leaves(nnx.state(blank)))
    window = blank.representation.window
    objective = Objective.named(settings.objective, segment=settings.segment, window=window)
    tokens = objective.steps * settings.batch
    return int(_FLOAT32 * (_COPIES * weights + tokens * architecture.numbers_per_token))


def _memory() -> int:
    """Return the bytes of memory of the process's accelerators or, without any, of the machine."""
    limits = [(device.memory_stats() or {}).get("bytes_limit", 0) for device in jax.local_devices()]
    return sum(limits) or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _gib(bytes_: int) -> str:
    return f"{bytes_ / 2**30:,.1f} GiB"
