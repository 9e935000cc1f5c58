"""Whether the tunes are enough for what the settings ask of them, before hours of work show it.

Nothing is computed here, only refused, so DVC's dependencies leave this module out.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from nottingham.dataset import split
from nottingham.dataset.streams import Dataset
from nottingham.errors import InputError
from nottingham.music.tune import Tune, measure_length


def require_written(
    tunes: Iterable[Tune], reasons: Mapping[str, str], *, most: float
) -> Iterator[Tune]:
    """Pass on tunes; refuse a corpus of which too much cannot be written as tokens.

    Args:
        tunes: those that can.
        reasons: when they are through: by id, why others cannot.
        most: the share that may be left out.

    Raises:
        InputError: at the end, with the first of the reasons.
    """
    count = 0
    for tune in tunes:
        count += 1
        yield tune
    if len(reasons) > most * (count + len(reasons)):
        raise InputError(
            f"{len(reasons)} of {count + len(reasons)} tunes cannot be written as tokens, "
            f"more than parse.max_skipped_share ({most:g}) allows; the first: "
            f"{next(iter(reasons.values()))}"
        )


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
    """Refuse segments for which no tune is long enough, or, with tune context, all tunes together.

    Args:
        dataset: the tunes and their split; networks of other tokens are left out.
        settings: all of ``params.yaml``.

    Raises:
        InputError: naming the key of each.
    """
    lengths = np.diff(dataset.offsets)[dataset.indices(split.TRAIN)]
    longest, together = int(lengths.max()), int(lengths.sum())
    tokens = "notes" if dataset.representation.vocabulary.headers else "windows"
    wrong = []
    for name, network in settings.train.items():
        if network.tokens != tokens or network.objective != "every-step":
            continue
        most, said = longest, f"no training tune has more than {longest} steps"
        if network.context == "tune":
            most, said = together, f"the training tunes have {together} tokens together"
        if network.segment >= most:
            given = f"train.{name}.segment: given {network.segment}"
            wrong.append(f"{given}; {said}: take fewer than {most}")
    if wrong:
        raise InputError("\n".join(wrong))


def require_measures(tested: Iterable[Tune], settings: Any) -> None:
    """Refuse samples for which no test tune is long enough; see `generation.samples.begin`.

    Args:
        tested: the test tunes.
        settings: all of ``params.yaml``.

    Raises:
        InputError: naming the key.
    """
    measures = settings.sample.measures
    for tune in tested:
        changes = any(change.onset < tune.end for change in tune.meter_changes)
        if tune.end >= measures * measure_length(tune.meter) and not changes:
            return
    raise InputError(
        f"sample.measures: given {measures}; no test tune of one meter has as many: take fewer"
    )
