"""Models side by side on the same targets: metrics, how sure they are, and where they differ.

`scoring.evaluate` has a model predict; here the predictions of several become
what ``reports/metrics/`` and ``reports/analysis.json`` hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Shaped

from nottingham.dataset import split
from nottingham.dataset.streams import Dataset, describe
from nottingham.errors import InputError
from nottingham.evaluation import metrics, overlap, targets
from nottingham.evaluation.bootstrap import LEAST_TUNES, calibration_interval, intervals
from nottingham.evaluation.metrics import Ratio, Scores
from nottingham.evaluation.scoring import Predictions
from nottingham.evaluation.targets import Targets

RIVALS = (
    ("kneser-ney", "ngram"),
    ("rnn", "kneser-ney"),
    ("gru", "rnn"),
    ("lstm", "gru"),
    ("lstm", "ngram"),
    ("lstm", "kneser-ney"),
    ("copy", "lstm"),
    ("tune-lstm", "copy"),
    ("tune-lstm", "lstm"),
)
"""Which models are compared pair by pair, where both are evaluated."""

_COMPARED = ("log_loss", "accuracy")

_OVERLAPS = ("0 %", "1–49 %", "50–100 %")
_OTHERS = "others"


@dataclass(frozen=True)
class Part:
    """A part of the split, and what every model said about it."""

    targets: Targets
    predictions: Mapping[str, Predictions]

    def figures(self, model: str) -> dict[str, Ratio]:
        """Give the figures over targets of one model."""
        return metrics.figures(self.predictions[model].scores, self.targets)


def parts(
    dataset: Dataset, predictions: Mapping[int, Mapping[str, Predictions]]
) -> dict[int, Part]:
    """Put what models said about parts of the split beside the targets of these."""
    return {
        part: Part(targets.of_tunes(dataset.tunes(part), dataset.representation), given)
        for part, given in predictions.items()
    }


def record(parts: Mapping[int, Part], model: str, origin: Mapping[str, Any]) -> dict[str, Any]:
    """Give what ``reports/metrics/<model>.json`` holds.

    Args:
        parts: what models said.
        model: which of them.
        origin: the corpus's ``provenance.json``.
    """
    context = next(iter(parts.values())).predictions[model].context
    return {
        "model": model,
        "corpus": origin["corpus"],
        "substituted": bool(origin["substituted"]),
        "context": context,
        **{split.NAMES[number]: summary(part, model) for number, part in parts.items()},
    }


def analysis(
    parts: Mapping[int, Part], dataset: Dataset, meters: Mapping[str, str], *, seed: int
) -> dict[str, Any]:
    """Give what ``reports/analysis.json`` holds: how sure the figures are, and what is in them.

    Args:
        parts: what models said.
        dataset: the tunes.
        meters: the meter at the start of each tune, by id.
        seed: of the intervals.

    Raises:
        InputError: if a test tune has no meter.
    """
    test = parts[split.TEST]
    labels = {
        name: _pooled(np.array(of_tunes))[test.targets.tune]
        for name, of_tunes in _labels(dataset, meters).items()
    } | {"position": test.targets.position + 1}
    return {
        "tunes": describe(dataset).splitlines(),
        "representation": dataset.representation.settings(),
        "intervals": {
            split.NAMES[number]: uncertainty(part, seed=seed) for number, part in parts.items()
        },
        "differences": differences(test, seed=seed),
        "groups": {name: by_group(test, label, seed=seed) for name, label in labels.items()},
        "reliability": {
            model: metrics.reliability(predictions.scores)
            for model, predictions in test.predictions.items()
        },
    }


def _labels(dataset: Dataset, meters: Mapping[str, str]) -> dict[str, Sequence[str]]:
    """Say of each test tune that has targets to which groups it belongs."""
    ids = targets.ids(dataset, split.TEST)
    if missing := sorted(set(ids) - set(meters)):
        raise InputError(
            f"tune {missing[0]} of the token streams is not among the tunes that were read; make "
            "both again: dvc repro"
        )
    shared = overlap.shares(
        dataset.long_tunes(split.TEST), dataset.tunes(split.TRAIN), dataset.representation
    )
    return {
        "meter": [meters[id_] for id_ in ids],
        "family": targets.families(ids),
        "overlap": [_OVERLAPS[int(share > 0) + int(share >= 0.5)] for share in shared],
    }


def _pooled(of_tunes: Shaped[np.ndarray, " tunes"]) -> Shaped[np.ndarray, " tunes"]:
    """Put groups of few tunes together: their figures would be those of chance."""
    names, which, counts = np.unique(of_tunes, return_inverse=True, return_counts=True)
    pooled: np.ndarray = np.where(counts < LEAST_TUNES, _OTHERS, names)[which]
    return pooled


def summary(part: Part, model: str) -> dict[str, float | int | None]:
    """Give a model's metrics on a part, as in ``reports/metrics/<model>.json``."""
    predictions = part.predictions[model]
    return {
        **{name: figure.value for name, figure in part.figures(model).items()},
        "rollout_accuracy": predictions.rollout.value,
        "calibration_error": metrics.calibration_error(predictions.scores),
        "targets": len(part.targets.token),
    }


def uncertainty(part: Part, *, seed: int) -> dict[str, dict[str, Any]]:
    """Give the interval of every figure, by model and name."""
    found = {}
    for model, predictions in part.predictions.items():
        figures = part.figures(model)
        sure = intervals(list(figures.values()), part.targets.tune, seed=seed)
        gaps = metrics.calibration_gaps(predictions.scores)
        of_rollouts = np.arange(len(predictions.rollout.values))
        found[model] = dict(zip(figures, sure, strict=True)) | {
            "rollout_accuracy": intervals([predictions.rollout], of_rollouts, seed=seed)[0],
            "calibration_error": calibration_interval(gaps, part.targets.tune, seed=seed),
        }
    return found


def differences(part: Part, *, seed: int) -> list[dict[str, Any]]:
    """Compare the pairs of `RIVALS`: the first one's figure less the second's, and its interval."""
    pairs = [pair for pair in RIVALS if set(pair) <= set(part.predictions)]
    found: list[dict[str, Any]] = [{"model": one, "rival": other} for one, other in pairs]
    for name in _COMPARED:
        figures = []
        for one, other in pairs:
            mine, theirs = part.figures(one)[name], part.figures(other)[name]
            figures.append(Ratio(mine.values - theirs.values, mine.counted))
        sure = intervals(figures, part.targets.tune, seed=seed) if figures else []
        for entry, figure, interval in zip(found, figures, sure, strict=True):
            entry[name] = {"value": figure.value, "interval": interval}
    return found


def by_group(
    part: Part, groups: Shaped[np.ndarray, " targets"], *, seed: int
) -> list[dict[str, Any]]:
    """Compare the models on the targets of each group.

    Args:
        part: what is compared.
        groups: the group of each target; they come sorted.
        seed: of the intervals.

    Returns:
        For each group its name, how many tunes and targets it has, and the figures of each model
        with their intervals.
    """
    found = []
    for group in np.unique(groups):
        chosen = groups == group
        figures = {
            (model, name): figure
            for model, predictions in part.predictions.items()
            for name, figure in _within(predictions.scores, chosen).items()
        }
        sure = intervals(list(figures.values()), part.targets.tune, seed=seed)
        models: dict[str, dict[str, Any]] = {model: {} for model in part.predictions}
        for ((model, name), figure), interval in zip(figures.items(), sure, strict=True):
            models[model][name] = {"value": figure.value, "interval": interval}
        tunes = len(np.unique(part.targets.tune[chosen]))
        count = {"tunes": tunes, "targets": int(chosen.sum())}
        found.append({"group": group.item(), **count, "models": models})
    return found


def _within(scores: Scores, chosen: np.ndarray) -> dict[str, Ratio]:
    figures = (metrics.over(-scores.log_prob, chosen), metrics.over(scores.hit, chosen))
    return dict(zip(_COMPARED, figures, strict=True))
