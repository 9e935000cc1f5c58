"""Models that hardly learn: what any other model must beat."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from nottingham.dataset import split
from nottingham.dataset.streams import Dataset
from nottingham.models import storage
from nottingham.models.base import Context
from nottingham.representation import vocabulary


@dataclass(frozen=True)
class Uniform:
    """Every token is equally likely: the poster's ``random``."""

    context: Context = field(default="window", init=False)

    def log_probs(self, tokens: np.ndarray) -> np.ndarray:
        """Score a tune; see `Model.log_probs`."""
        vocabulary.check(tokens)
        return np.full((len(tokens), vocabulary.SIZE), -np.log(vocabulary.SIZE), np.float32)

    def next_log_probs(self, histories: np.ndarray) -> np.ndarray:
        """Give the next step of each tune; see `Model.next_log_probs`."""
        return self.log_probs(histories)

    def save(self, folder: Path | str) -> None:
        """Write the model's folder."""
        storage.save(folder, {"kind": "uniform"}, {})


@dataclass(frozen=True)
class Hold:
    """The last step goes on with one probability; every other token shares the rest."""

    probability: float
    context: Context = field(default="window", init=False)

    @classmethod
    def fit(cls, dataset: Dataset) -> "Hold":
        """Count how often a step of a training tune equals the one before."""
        tunes = dataset.tunes(split.TRAIN)
        held = sum(int(np.sum(t[1:] == t[:-1])) for t in tunes)
        return cls((held + 1) / (sum(len(t) - 1 for t in tunes if len(t)) + 2))

    def log_probs(self, tokens: np.ndarray) -> np.ndarray:
        """Score a tune; see `Model.log_probs`."""
        vocabulary.check(tokens)
        rows = self._rows(tokens[:-1])
        return np.concatenate([Uniform().log_probs(tokens[:1]), rows])

    def next_log_probs(self, histories: np.ndarray) -> np.ndarray:
        """Give the next step of each tune; see `Model.next_log_probs`."""
        vocabulary.check(histories)
        return self._rows(histories[:, -1])

    def save(self, folder: Path | str) -> None:
        """Write the model's folder."""
        storage.save(folder, {"kind": "hold", "probability": self.probability}, {})

    def _rows(self, last: np.ndarray) -> np.ndarray:
        other = np.log((1 - self.probability) / (vocabulary.SIZE - 1))
        rows = np.full((len(last), vocabulary.SIZE), other, np.float32)
        rows[np.arange(len(last)), last] = np.log(self.probability)
        return rows


def from_settings(settings: dict[str, Any]) -> Uniform | Hold:
    """Build the baseline that ``settings.json`` describes.

    Raises:
        ValueError: if it describes none.
    """
    if settings["kind"] == "uniform":
        return Uniform()
    probability = float(settings["probability"])
    if not 0 < probability < 1:
        raise ValueError(f"a probability of {probability}")
    return Hold(probability)
