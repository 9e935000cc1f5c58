"""Whether the tunes are enough for what the settings ask of them, before hours of work show it.

Nothing is computed here, only refused, so DVC's dependencies leave this module out.
"""

from typing import Any

import numpy as np

from nottingham.dataset import split
from nottingham.dataset.streams import Dataset
from nottingham.errors import InputError


def require_targets(dataset: Dataset) -> None:
    """Refuse a split in which a part has nothing to predict.

    Raises:
        InputError: naming the part.
    """
    for part, name in enumerate(split.NAMES):
        if not dataset.count_targets(part):
            raise InputError(
                f"the {name} part has no tune of more than {dataset.representation.window} "
                "tokens; use a larger corpus, another window.seed, window.train_share, "
                "window.valid_share, window.used_share or window.steps_per_measure, or say which "
                "tunes go where in window.split_file"
            )


def require_lengths(dataset: Dataset, settings: Any) -> None:
    """Refuse segments and samples for which no tune is long enough.

    Args:
        dataset: the tunes and their split.
        settings: all of ``params.yaml``.

    Raises:
        InputError: naming the key of each.
    """
    trained, tested = (_longest(dataset, part) for part in (split.TRAIN, split.TEST))
    wrong = [
        f"train.{name}.segment: given {network.segment}; no training tune has more than {trained} "
        f"steps: take fewer than {trained}"
        for name, network in settings.train.items()
        if network.objective == "every-step" and network.segment >= trained
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
