"""Metrics of next-step prediction, from what a model said about each target.

Everything is one value a target, averaged once at the end: over targets, not over tunes.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scores:
    """What a model said about some targets: four arrays of shape ``[targets]``."""

    log_prob: np.ndarray
    """ln p(target)."""
    hit: np.ndarray
    """Chance that a likeliest token, drawn at random among equals, is the target: 1 or 0 but
    for ties. (Where all tokens are equally likely, this is one in their number.)"""
    changed: np.ndarray
    """Whether the target differs from the step before it."""
    position: np.ndarray
    """The step of the measure."""


def score(rows: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Score predictions.

    Args:
        rows: ln p of every token, ``[targets, vocabulary]``.
        targets: the tokens that came, ``[targets]``.

    Returns:
        ln p(target) and `Scores.hit`, each of shape ``[targets]``, float64.
    """
    log_prob = np.take_along_axis(rows, targets[:, None].astype(np.int64), axis=1)[:, 0]
    likeliest = rows.max(axis=1)
    ties = np.sum(rows == likeliest[:, None], axis=1)
    return log_prob.astype(np.float64), (log_prob == likeliest) / ties


def join(parts: list[Scores]) -> Scores:
    """Put the scores of several tunes together."""
    return Scores(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("log_prob", "hit", "changed", "position")
        )
    )


def summary(scores: Scores) -> dict[str, float | int | None]:
    """Average over targets; log-loss in nats per step, the others as shares.

    Where no target differs from the step before it, ``change_accuracy`` is None.
    """
    changes = scores.hit[scores.changed]
    return {
        "log_loss": _rounded(-scores.log_prob.mean()),
        "accuracy": _rounded(scores.hit.mean()),
        "sampled_accuracy": _rounded(np.exp(scores.log_prob).mean()),
        "change_accuracy": _rounded(changes.mean()) if len(changes) else None,
        "targets": len(scores.hit),
    }


def log_loss_by_position(scores: Scores, steps_per_measure: int) -> list[float]:
    """Average the log-loss, in nats per step, for each step of the measure."""
    steps = range(steps_per_measure)
    return [_rounded(-scores.log_prob[scores.position == step].mean()) for step in steps]


def _rounded(value: float) -> float:
    """Round to four decimals, which is what a metric is compared to."""
    return round(float(value), 4)
