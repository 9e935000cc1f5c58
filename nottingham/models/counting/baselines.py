"""Models that hardly learn: what any other model must beat."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Integer

from nottingham.dataset import split
from nottingham.dataset.streams import Dataset
from nottingham.models import storage
from nottingham.models.base import Context, Model
from nottingham.representation import Representation


@dataclass(frozen=True)
class Uniform(Model):
    """Every token is equally likely: the poster's ``random``."""

    representation: Representation
    context: Context = "window"

    def start(self, batch: int) -> Integer[np.ndarray, "batch nothing"]:
        """See `Model`: nothing of each tune."""
        return np.zeros((batch, 0), int)

    def step(
        self, state: Integer[np.ndarray, "batch nothing"], tokens: Integer[np.ndarray, " batch"]
    ) -> Integer[np.ndarray, "batch nothing"]:
        """See `Model`."""
        return state

    def log_probs(
        self, state: Integer[np.ndarray, "batch nothing"]
    ) -> Float[np.ndarray, "batch vocabulary"]:
        """See `Model`."""
        size = self.representation.vocabulary.size
        return np.full((len(state), size), -np.log(size), np.float32)

    def save(self, folder: Path | str) -> None:
        """Write the model's folder."""
        storage.save(folder, {"kind": "random"}, self.representation, {})


@dataclass(frozen=True)
class Hold(Model):
    """The last token is repeated with one probability; every other token shares the rest."""

    representation: Representation
    probability: float
    context: Context = "window"

    @classmethod
    def fit(cls, dataset: Dataset) -> "Hold":
        """Count how often a token of a training tune equals the one before."""
        tunes = dataset.tunes(split.TRAIN)
        held = sum(int(np.sum(t[1:] == t[:-1])) for t in tunes)
        probability = (held + 1) / (sum(len(t) - 1 for t in tunes if len(t)) + 2)
        return cls(dataset.representation, probability)

    def start(self, batch: int) -> Integer[np.ndarray, " batch"]:
        """See `Model`: the last token of each tune, or none."""
        return np.full(batch, self.representation.vocabulary.none)

    def step(
        self, state: Integer[np.ndarray, " batch"], tokens: Integer[np.ndarray, " batch"]
    ) -> Integer[np.ndarray, " batch"]:
        """See `Model`."""
        return tokens

    def log_probs(
        self, state: Integer[np.ndarray, " batch"]
    ) -> Float[np.ndarray, "batch vocabulary"]:
        """See `Model`."""
        size, none = self.representation.vocabulary.size, self.representation.vocabulary.none
        other = np.log((1 - self.probability) / (size - 1))
        rows = np.full((len(state), size + 1), other, np.float32)
        rows[np.arange(len(state)), state] = np.log(self.probability)
        rows[state == none] = -np.log(size)
        return rows[:, :size]

    def save(self, folder: Path | str) -> None:
        """Write the model's folder."""
        settings = {"kind": "hold", "probability": self.probability}
        storage.save(folder, settings, self.representation, {})


def fit_random(dataset: Dataset, section: None, fitted: Any) -> tuple[Uniform, list[Any]]:
    """See `registry.Kind`."""
    return Uniform(dataset.representation), []


def fit_hold(dataset: Dataset, section: None, fitted: Any) -> tuple[Hold, list[Any]]:
    """See `registry.Kind`."""
    return Hold.fit(dataset), []


def load(
    folder: Path | str, settings: Mapping[str, Any], representation: Representation
) -> Uniform | Hold:
    """Build the baseline that ``settings.json`` describes.

    Raises:
        ValueError: if it describes none.
    """
    if not settings:
        return Uniform(representation)
    probability = float(settings["probability"])
    if not 0 < probability < 1:
        raise ValueError(f"a probability of {probability}")
    return Hold(representation, probability)
