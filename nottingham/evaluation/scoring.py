"""Running a model over tunes: every target once, and free continuations."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nottingham.dataset import split
from nottingham.dataset.streams import CONTEXT, Dataset
from nottingham.errors import InputError
from nottingham.evaluation import metrics
from nottingham.evaluation.metrics import Ratio, Scores
from nottingham.models.base import Batched, Context, Model
from nottingham.models.sampler import continue_tunes
from nottingham.progress import bar

ROLLOUT = 32
"""Steps of a free continuation that are compared with the tune, as on the poster."""

_TUNES_AT_ONCE = 64


@dataclass(frozen=True)
class Answers:
    """What a model said about a part of the split."""

    context: Context
    scores: Scores
    rollout: Ratio


def question(
    model: Model, dataset: Dataset, part: int, *, seed: int, progress: str = ""
) -> Answers:
    """Have a model predict every target of a part, and continue each of its tunes.

    Raises:
        InputError: if no tune of the part is long enough to continue.
    """
    tunes = dataset.tunes(part)
    if not any(len(tokens) >= CONTEXT + ROLLOUT for tokens in tunes):
        raise InputError(
            f"no tune of the {split.NAMES[part]} part has the {CONTEXT + ROLLOUT} steps that "
            "evaluation takes; use a larger corpus or another window.seed"
        )
    continued = rollout(model, tunes, seed=seed)
    label = progress and f"{progress} {split.NAMES[part]}"
    return Answers(model.context, score_tunes(model, tunes, progress=label), continued)


def score_tunes(model: Model, tunes: Sequence[np.ndarray], *, progress: str = "") -> Scores:
    """Score every target of some tunes, each of shape ``[time]``, in the order of `targets`."""
    parts = []
    long = [tokens for tokens in tunes if len(tokens) > CONTEXT]
    with bar(label=progress, unit="tune", total=len(long)) as shown:
        for i in range(0, len(long), _TUNES_AT_ONCE):
            some = long[i : i + _TUNES_AT_ONCE]
            for tokens, rows in zip(some, _log_probs(model, some), strict=True):
                parts.append(
                    metrics.score(rows[CONTEXT:], tokens[CONTEXT:], tokens[CONTEXT - 1 : -1])
                )
            shown.update(len(some))
    return metrics.join(parts)


def _log_probs(model: Model, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
    if isinstance(model, Batched):
        return model.log_probs_of(tunes)
    return [model.log_probs(tokens) for tokens in tunes]


def rollout(model: Model, tunes: Sequence[np.ndarray], *, seed: int) -> Ratio:
    """Continue each tune freely from its first 32 steps and count the steps that match.

    Tunes, each of shape ``[time]``, that are shorter than 64 steps take no part. There is one item
    a tune.
    """
    long = [tokens[: CONTEXT + ROLLOUT] for tokens in tunes if len(tokens) >= CONTEXT + ROLLOUT]
    real = np.stack(long)
    written = continue_tunes(model, real[:, :CONTEXT], steps=ROLLOUT, seed=seed)
    matches = np.mean(written[:, CONTEXT:] == real[:, CONTEXT:], axis=1)
    return Ratio(matches, np.ones(len(long)))
