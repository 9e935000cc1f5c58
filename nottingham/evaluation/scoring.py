"""Running a model over tunes: the window protocol's targets, and free continuations.

The targets are the same for every model: each step with at least 32 steps of its tune before it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nottingham.encoding import split
from nottingham.encoding.windows import CONTEXT, Streams
from nottingham.errors import InputError
from nottingham.evaluation import metrics
from nottingham.models.base import Batched, Model
from nottingham.models.sampler import continue_tunes
from nottingham.progress import bar

ROLLOUT = 32
"""Steps of a free continuation that are compared with the tune, as on the poster."""

_TUNES_AT_ONCE = 64


def score_tunes(
    model: Model, tunes: Sequence[np.ndarray], steps_per_measure: int, *, progress: str = ""
) -> metrics.Scores:
    """Score every target of some tunes, each of shape ``[time]``."""
    parts = []
    long = [tokens for tokens in tunes if len(tokens) > CONTEXT]
    with bar(label=progress, unit="tune", total=len(long)) as shown:
        for i in range(0, len(long), _TUNES_AT_ONCE):
            some = long[i : i + _TUNES_AT_ONCE]
            for tokens, rows in zip(some, _log_probs(model, some), strict=True):
                targets = tokens[CONTEXT:]
                log_prob, hit = metrics.score(rows[CONTEXT:], targets)
                changed = targets != tokens[CONTEXT - 1 : -1]
                position = np.arange(CONTEXT, len(tokens)) % steps_per_measure
                parts.append(metrics.Scores(log_prob, hit, changed, position))
            shown.update(len(some))
    return metrics.join(parts)


def _log_probs(model: Model, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
    if isinstance(model, Batched):
        return model.log_probs_of(tunes)
    return [model.log_probs(tokens) for tokens in tunes]


def rollout_accuracy(model: Model, tunes: Sequence[np.ndarray], *, seed: int) -> float:
    """Continue each tune freely from its first 32 steps and count the steps that match.

    Tunes shorter than 64 steps take no part.
    """
    long = [tokens[: CONTEXT + ROLLOUT] for tokens in tunes if len(tokens) >= CONTEXT + ROLLOUT]
    if not long:
        raise InputError(f"no tune of this part has {CONTEXT + ROLLOUT} steps to continue")
    real = np.stack(long)
    written = continue_tunes(model, real[:, :CONTEXT], steps=ROLLOUT, seed=seed)
    return round(float(np.mean(written[:, CONTEXT:] == real[:, CONTEXT:])), 4)


def evaluate(
    model: Model, streams: Streams, *, seed: int, progress: str = ""
) -> tuple[dict[str, Any], list[float]]:
    """Evaluate a model on the training and the test tunes.

    Returns:
        The metrics by part, as in ``reports/metrics/<model>.json``, and the test log-loss by
        step of the measure.

    Raises:
        InputError: if a part of the split has no tune long enough to continue.
    """
    result: dict[str, Any] = {"context": model.context}
    by_position: list[float] = []
    for part in (split.TRAIN, split.TEST):
        name, tunes = split.NAMES[part], streams.tunes(part)
        label = progress and f"{progress} {name}"
        scores = score_tunes(model, tunes, streams.steps_per_measure, progress=label)
        rollout = {"rollout_accuracy": rollout_accuracy(model, tunes, seed=seed)}
        result[name] = metrics.summary(scores) | rollout
        by_position = metrics.log_loss_by_position(scores, streams.steps_per_measure)
    return result, by_position
