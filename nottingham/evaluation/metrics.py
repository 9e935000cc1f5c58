"""Metrics of next-token prediction, from the probabilities at each target.

Everything is one value a target, averaged once at the end: over targets, not over tunes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Integer, Shaped

from nottingham.evaluation.targets import Targets

BINS = 10
"""Bins of confidence, equally wide, for the calibration."""

_LEAST_SHARE = 1e-3


@dataclass(frozen=True)
class Scores:
    """A model's probabilities at some targets: arrays of shape ``[targets]``, float64."""

    log_prob: Float[np.ndarray, " targets"]
    """ln p(target)."""
    hit: Float[np.ndarray, " targets"]
    """Chance that a likeliest token, drawn at random among equals, is the target: 1 or 0 without
    ties. (Where all tokens are equally likely, this is one in their number.)"""
    confidence: Float[np.ndarray, " targets"]
    """The largest probability."""
    hold_log_prob: Float[np.ndarray, " targets"]
    """ln p(the previous token)."""


def score(
    rows: Float[np.ndarray, "targets vocabulary"],
    tokens: Integer[np.ndarray, " targets"],
    before: Integer[np.ndarray, " targets"],
) -> Scores:
    """Score predictions.

    Args:
        rows: ln p of every token.
        tokens: the targets.
        before: the token before each.
    """
    rows = rows.astype(np.float64)
    number = np.arange(len(tokens))
    log_prob, likeliest = rows[number, tokens], rows.max(axis=1)
    ties = np.sum(rows == likeliest[:, None], axis=1)
    return Scores(log_prob, (log_prob == likeliest) / ties, np.exp(likeliest), rows[number, before])


def join(parts: Sequence[Scores]) -> Scores:
    """Put the scores of several tunes together."""
    names = [field.name for field in fields(Scores)]
    return Scores(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


class Ratio(NamedTuple):
    """A figure as what it is a mean of: the sum of ``values`` over the sum of ``counted``."""

    values: Float[np.ndarray, " items"]
    counted: Float[np.ndarray, " items"]

    @property
    def value(self) -> float | None:
        """The figure; None if nothing counts."""
        total = self.counted.sum()
        return rounded(self.values.sum() / total) if total else None


def figures(scores: Scores, targets: Targets) -> dict[str, Ratio]:
    """Return every figure that is a mean: log-loss in nats per step, bits a note, shares else."""
    every = np.ones(len(scores.hit))
    kinds = {"familiar": targets.familiar, "new": ~targets.familiar}
    found = {
        "log_loss": over(-scores.log_prob, every),
        "accuracy": over(scores.hit, every),
        "sampled_accuracy": over(np.exp(scores.log_prob), every),
        "change_accuracy": over(scores.hit, targets.changed),
    }
    for kind, chosen in kinds.items():
        found[f"{kind}_log_loss"] = over(-scores.log_prob, chosen)
        found[f"{kind}_accuracy"] = over(scores.hit, chosen)
    found |= note_bits(scores, targets)
    for kind, chosen in kinds.items():
        values, notes = found["bits_per_note"]
        found[f"{kind}_bits_per_note"] = Ratio(values * chosen, notes * chosen)
    return found


def over(values: Float[np.ndarray, " targets"], chosen: Shaped[np.ndarray, " targets"]) -> Ratio:
    """Return the mean over the chosen targets."""
    return Ratio(values * chosen, chosen.astype(float))


def note_bits(scores: Scores, targets: Targets) -> dict[str, Ratio]:
    """Return the bits of a note: those of all tokens, divided by the notes that begin.

    A note of the grid is a pitch and a duration. Its first step says that the note before ends, and
    which pitch follows; each further one, that it goes on. The probability of a step is that of a
    change times that of the token among all changes, so the bits split into those of durations and
    those of pitches, without rest. Steps of rest are paid for by the notes around them. Where
    durations are tokens of their own, all else counts as pitch.
    """
    begins = targets.begins_note.astype(float)
    if targets.duration.any():
        bits = -scores.log_prob / np.log(2)
        return {
            "bits_per_note": Ratio(bits, begins),
            "pitch_bits": Ratio(bits * ~targets.duration, begins),
            "duration_bits": Ratio(bits * targets.duration, begins),
        }
    stays = np.exp(scores.hold_log_prob)
    changes = np.log(np.maximum(1 - stays, np.exp(scores.log_prob)))  # no less than its part
    duration = -np.where(targets.changed, changes, scores.hold_log_prob) / np.log(2)
    pitch = np.where(targets.changed, changes - scores.log_prob, 0.0) / np.log(2)
    return {
        "bits_per_note": Ratio(duration + pitch, begins),
        "pitch_bits": Ratio(pitch, begins),
        "duration_bits": Ratio(duration, begins),
    }


def bins_of_confidence(scores: Scores) -> Int[np.ndarray, " targets"]:
    """Return the bin of each target's confidence, from 0 to `BINS` - 1."""
    bins: np.ndarray = np.minimum((scores.confidence * BINS).astype(int), BINS - 1)
    return bins


def reliability(scores: Scores) -> list[dict[str, float | None] | None]:
    """Return mean confidence and accuracy in each bin of confidence.

    A bin with less than a thousandth of the targets has None: its accuracy would be chance.
    """
    bins, found = bins_of_confidence(scores), []
    for i in range(BINS):
        chosen = bins == i
        point = {
            "confidence": over(scores.confidence, chosen).value,
            "accuracy": over(scores.hit, chosen).value,
        }
        found.append(point if chosen.mean() >= _LEAST_SHARE else None)
    return found


def calibration_gaps(scores: Scores) -> list[Ratio]:
    """Return for each bin by how much confidence exceeds accuracy, as a share of all targets."""
    bins, every = bins_of_confidence(scores), np.ones(len(scores.hit))
    gaps = scores.confidence - scores.hit
    return [Ratio(gaps * (bins == i), every) for i in range(BINS)]


def calibration_error(scores: Scores) -> float:
    """Return the expected calibration error: Naeini et al. (2015).

    The mean distance between confidence and accuracy over the bins, each weighed by its targets.
    """
    sizes = [abs(gap.values.sum()) / gap.counted.sum() for gap in calibration_gaps(scores)]
    return rounded(sum(sizes))


def rounded(value: float) -> float:
    """Round to four decimals, which is what a metric is compared to."""
    return round(float(value), 4)
