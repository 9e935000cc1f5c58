"""The course of a training, epoch by epoch, and the epoch whose weights are kept."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Literal

from nottingham.files import write_csv, write_json


@dataclass(frozen=True)
class Epoch:
    """What one epoch came to: log-losses in nats per step, accuracy as a share."""

    epoch: int
    log_loss: float
    """Mean over the epoch's training targets, with dropout and transposition."""
    valid_log_loss: float
    valid_accuracy: float


def kept(epochs: Sequence[Epoch], keep: Literal["best", "last"]) -> Epoch:
    """Choose the epoch whose weights are kept: the first of the best by validation, or the last."""
    return epochs[-1] if keep == "last" else min(epochs, key=lambda epoch: epoch.valid_log_loss)


def write(path: Path | str, epochs: Sequence[Epoch]) -> None:
    """Write the course of a training as CSV, one row an epoch."""
    write_csv(path, [column.name for column in fields(Epoch)], [astuple(e) for e in epochs])


def write_metrics(path: Path | str, epoch: Epoch) -> None:
    """Write the figure of the kept epoch that models are chosen by."""
    write_json(path, {"valid_log_loss": round(epoch.valid_log_loss, 4)})
