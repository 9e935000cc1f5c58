"""A model's predictions of tunes: of every target once, and in free continuations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nottingham.dataset import split
from nottingham.dataset.streams import Dataset
from nottingham.errors import InputError
from nottingham.evaluation import metrics
from nottingham.evaluation.metrics import Ratio, Scores
from nottingham.models.base import Context, Model
from nottingham.models.sampling import generate
from nottingham.progress import bar
from nottingham.representation import Representation

ROLLOUT = 32
"""Tokens of a free continuation that are compared with the tune, as on the poster."""

_TUNES_AT_ONCE = 512


@dataclass(frozen=True)
class Predictions:
    """A model's predictions of a part of the split."""

    context: Context
    scores: Scores
    losses: list[np.ndarray]
    """−ln p of each token of each tune, ``[time]``."""
    rollout: Ratio
    window: int
    """The tokens of a tune before its first target."""

    @property
    def opening(self) -> Ratio:
        """−ln p of the tokens before the first target, summed by tune and counted by its tokens."""
        begun = [losses[: self.window] for losses in self.losses]
        return Ratio(np.array([x.sum() for x in begun]), np.array([float(len(x)) for x in begun]))


_TRAIN_TUNES = 64
"""Training figures are of about this many training tunes, evenly spread: of every tenth of the
Nottingham corpus. Window models take a while for all of them."""


def evaluated(dataset: Dataset, part: int) -> list[np.ndarray]:
    """Return the tunes of a part of the split that are evaluated, each of shape ``[time]``.

    Raises:
        InputError: if none of them is long enough to continue.
    """
    tunes, window = dataset.tunes(part), dataset.representation.window
    if part == split.TRAIN:
        tunes = tunes[:: max(1, len(tunes) // _TRAIN_TUNES)]
    if not any(_can_be_continued(tokens, dataset.representation) for tokens in tunes):
        raise InputError(
            f"no evaluated tune of the {split.NAMES[part]} part has the {window + ROLLOUT} tokens "
            "that evaluation takes; use a larger corpus or another window.seed"
        )
    return tunes


def evaluate(
    model: Model, parts: Mapping[int, Sequence[np.ndarray]], *, seed: int, progress: str = ""
) -> dict[int, Predictions]:
    """Predict every target of tunes, and continue each of them.

    Args:
        model: what predicts.
        parts: tunes of shape ``[time]``, by part of the split; all are continued in one call.
        seed: of the continuations.
        progress: the label of the progress bars; empty for none.
    """
    continued = rollout(model, [t for tunes in parts.values() for t in tunes], seed=seed)
    found, first = {}, 0
    for part, tunes in parts.items():
        last = first + sum(_can_be_continued(tokens, model.representation) for tokens in tunes)
        label = progress and f"{progress} {split.NAMES[part]}"
        scores = score_tunes(model, tunes, progress=label)
        rollouts = Ratio(continued.values[first:last], continued.counted[first:last])
        window = model.representation.window
        found[part], first = Predictions(model.context, *scores, rollouts, window), last
    return found


def _can_be_continued(tokens: np.ndarray, representation: Representation) -> bool:
    return len(tokens) >= representation.window + ROLLOUT


def score_tunes(
    model: Model, tunes: Sequence[np.ndarray], *, progress: str = ""
) -> tuple[Scores, list[np.ndarray]]:
    """Score every token of some tunes, each of shape ``[time]``.

    Returns:
        The scores of all targets, in the order of `targets`; and −ln p of each token of each tune,
        ``[time]``, float64.
    """
    parts, losses, window = [], [], model.representation.window
    with bar(label=progress, unit="tune", total=len(tunes)) as shown:
        for i in range(0, len(tunes), _TUNES_AT_ONCE):
            some = tunes[i : i + _TUNES_AT_ONCE]
            for tokens, rows in zip(some, model.score(some), strict=True):
                losses.append(-rows[range(len(tokens)), tokens].astype(np.float64))
                if len(tokens) > window:
                    targets = tokens[window:], tokens[window - 1 : -1]
                    parts.append(metrics.score(rows[window:], *targets))
            shown.update(len(some))
    return metrics.join(parts), losses


def rollout(model: Model, tunes: Sequence[np.ndarray], *, seed: int) -> Ratio:
    """Continue each tune freely from its first window and count the tokens that match.

    Tunes, each of shape ``[time]``, with fewer further tokens are left out. There is one item
    a tune.
    """
    window = model.representation.window
    long = [tokens for tokens in tunes if _can_be_continued(tokens, model.representation)]
    real = np.stack([tokens[: window + ROLLOUT] for tokens in long])
    generated = generate(model, real[:, :window], steps=ROLLOUT, seed=seed)
    matches = np.mean(generated[:, window:] == real[:, window:], axis=1)
    return Ratio(matches, np.ones(len(long)))
