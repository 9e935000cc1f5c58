"""Whether the tunes are enough for what the settings ask of them, before hours of work show it."""

from typing import TYPE_CHECKING

import numpy as np

from nottingham.dataset import split
from nottingham.dataset.streams import Dataset
from nottingham.errors import InputError

if TYPE_CHECKING:  # so that to train takes no more than JAX, Flax and Optax
    from nottingham.params import Params


def require_lengths(dataset: Dataset, settings: "Params") -> None:
    """Refuse stretches and samples for which no tune is long enough.

    Raises:
        InputError: naming the key of each.
    """
    trained, tested = (_longest(dataset, part) for part in (split.TRAIN, split.TEST))
    wrong = [
        f"train.{name}.stretch: given {network.stretch}; no training tune has more than {trained} "
        f"steps: take fewer than {trained}"
        for name, network in settings.train.items()
        if network.objective == "every-step" and network.stretch >= trained
    ]
    steps, window = settings.sample.steps, dataset.representation.window
    if window + steps > tested:
        wrong.append(
            f"sample.steps: given {steps}; no test tune has {window} steps and as many more: "
            f"take at most {tested - window}"
        )
    if wrong:
        raise InputError("\n".join(wrong))


def _longest(dataset: Dataset, part: int) -> int:
    return int(np.diff(dataset.offsets)[dataset.indices(part)].max())
