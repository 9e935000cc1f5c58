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
    """Refuse segments for which no tune is long enough.

    Args:
        dataset: the tunes and their split.
        settings: all of ``params.yaml``.

    Raises:
        InputError: naming the key of each.
    """
    trained = int(np.diff(dataset.offsets)[dataset.indices(split.TRAIN)].max())
    wrong = [
        f"train.{name}.segment: given {network.segment}; no training tune has more than {trained} "
        f"steps: take fewer than {trained}"
        for name, network in settings.train.items()
        if network.tokens == "windows"
        if network.objective == "every-step" and network.segment >= trained
    ]
    if wrong:
        raise InputError("\n".join(wrong))
