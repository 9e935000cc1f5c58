"""A random selection of tunes to show and to compare, so that nobody can pick the best ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nottingham.errors import InputError
from nottingham.generation.samples import Samples
from nottingham.listening.settings import ListenSettings
from nottingham.models.names import REAL


@dataclass(frozen=True)
class Pair:
    """A real tune and a model's continuation of its beginning, to be told apart."""

    tune: int
    """Its index among the samples."""
    model: str
    person_first: bool


@dataclass(frozen=True)
class Selection:
    """The tunes that are shown, and the pairs of the blind test: never the same tunes."""

    shown: tuple[int, ...]
    """Their indices among the samples."""
    pairs: tuple[Pair, ...]


def draw(samples: Samples, models: Sequence[str], settings: ListenSettings) -> Selection:
    """Draw tunes to show and pairs to tell apart; the person comes first in half of the pairs.

    Args:
        samples: what can be heard.
        models: those whose tunes are shown.
        settings: the numbers of tunes and pairs, and the seed; where there are too few tunes,
            there are fewer pairs.

    Raises:
        InputError: if there are no samples of a model.
    """
    _check(samples, models, settings)
    random = np.random.default_rng(settings.seed)
    tunes = random.permutation(len(samples.ids))[: settings.tunes + settings.pairs].tolist()
    shown, blind = tunes[: settings.tunes], tunes[settings.tunes :]
    turns = [settings.blind[i % len(settings.blind)] for i in range(len(blind))]
    models = random.permutation(turns).tolist()
    sides = random.permutation(np.arange(len(blind)) % 2 == 0).tolist()
    return Selection(tuple(sorted(shown)), tuple(map(Pair, blind, models, sides)))


def _check(samples: Samples, models: Sequence[str], settings: ListenSettings) -> None:
    written = [name for name in samples.tunes if name != REAL]
    for key, names in (("the stage's models", models), ("listen.blind", settings.blind)):
        if unknown := [name for name in names if name not in written]:
            raise InputError(
                f"{key}: there are no samples of {unknown[0]!r}; there are of: "
                f"{', '.join(written)}; if that should not be: dvc repro sample"
            )
