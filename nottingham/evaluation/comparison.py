"""A model's metrics with their intervals and by groups of tunes, and models side by side.

`scoring.evaluate` has a model predict; here its predictions become what ``reports/metrics/`` and
``reports/analysis.json`` hold of it. The targets are the same for every model, in the same order,
so that two models are compared target by target.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Shaped

from nottingham.dataset import arrays, split
from nottingham.dataset.streams import Dataset, describe
from nottingham.errors import InputError, damaged
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
"""The pairs of models that are compared, where both are evaluated."""

_COMPARED = ("log_loss", "accuracy")

_OVERLAPS = ("0 %", "1–49 %", "50–100 %")
_OTHERS = "others"


@dataclass(frozen=True)
class Part:
    """The targets of a part of the split, and a model's predictions of them."""

    targets: Targets
    predictions: Predictions

    @property
    def figures(self) -> dict[str, Ratio]:
        """The figures over targets."""
        return metrics.figures(self.predictions.scores, self.targets)


def record(parts: Mapping[int, Part], model: str, origin: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``reports/metrics/<model>.json`` holds.

    Args:
        parts: what the model predicted, by part of the split.
        model: its name.
        origin: the corpus's ``provenance.json``.
    """
    return {
        "model": model,
        "corpus": origin["corpus"],
        "substituted": bool(origin["substituted"]),
        "context": next(iter(parts.values())).predictions.context,
        **{split.NAMES[number]: summary(part) for number, part in parts.items()},
    }


def summary(part: Part) -> dict[str, float | int | None]:
    """Return a model's metrics on a part, as in ``reports/metrics/<model>.json``."""
    return {
        **{name: figure.value for name, figure in part.figures.items()},
        "opening_log_loss": part.predictions.opening.value,
        "rollout_accuracy": part.predictions.rollout.value,
        "calibration_error": metrics.calibration_error(part.predictions.scores),
        "targets": len(part.targets.token),
    }


def analysis(
    parts: Mapping[int, Part], dataset: Dataset, meters: Mapping[str, str], *, seed: int
) -> dict[str, Any]:
    """Return what ``reports/analysis.json`` holds of a model: intervals, groups, reliability.

    Args:
        parts: what the model predicted, by part of the split.
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
        "intervals": {
            split.NAMES[number]: uncertainty(part, seed=seed) for number, part in parts.items()
        },
        "groups": {name: by_group(test, label, seed=seed) for name, label in labels.items()},
        "reliability": metrics.reliability(test.predictions.scores),
    }


def _labels(dataset: Dataset, meters: Mapping[str, str]) -> dict[str, Sequence[str]]:
    """Return the groups of each test tune that has targets, by kind of group."""
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
    """Pool groups of fewer than `LEAST_TUNES` tunes."""
    names, which, counts = np.unique(of_tunes, return_inverse=True, return_counts=True)
    pooled: np.ndarray = np.where(counts < LEAST_TUNES, _OTHERS, names)[which]
    return pooled


def uncertainty(part: Part, *, seed: int) -> dict[str, Any]:
    """Return the interval of every figure, by name."""
    figures, tune = part.figures, part.targets.tune
    gaps = metrics.calibration_gaps(part.predictions.scores)
    rollout, opening = part.predictions.rollout, part.predictions.opening
    return dict(zip(figures, intervals(list(figures.values()), tune, seed=seed), strict=True)) | {
        "opening_log_loss": intervals([opening], np.arange(len(opening.values)), seed=seed)[0],
        "rollout_accuracy": intervals([rollout], np.arange(len(rollout.values)), seed=seed)[0],
        "calibration_error": calibration_interval(gaps, tune, seed=seed),
    }


def by_group(
    part: Part, groups: Shaped[np.ndarray, " targets"], *, seed: int
) -> list[dict[str, Any]]:
    """Return a model's figures on the targets of each group.

    Args:
        part: what is analysed.
        groups: the group of each target; they come sorted.
        seed: of the intervals.

    Returns:
        For each group its name, its numbers of tunes and targets, and the figures with their
        intervals.
    """
    found = []
    for group in np.unique(groups):
        chosen = groups == group
        figures = _within(part.predictions.scores, chosen)
        sure = intervals(list(figures.values()), part.targets.tune, seed=seed)
        row = {
            "group": group.item(),
            "tunes": len(np.unique(part.targets.tune[chosen])),
            "targets": int(chosen.sum()),
        }
        for (name, figure), interval in zip(figures.items(), sure, strict=True):
            row[name] = {"value": figure.value, "interval": interval}
        found.append(row)
    return found


def _within(scores: Scores, chosen: np.ndarray) -> dict[str, Ratio]:
    figures = (metrics.over(-scores.log_prob, chosen), metrics.over(scores.hit, chosen))
    return dict(zip(_COMPARED, figures, strict=True))


def save_targets(path: Path | str, part: Part) -> None:
    """Write log-loss and accuracy of each target, for `differences`."""
    found = {name: ratio.values for name, ratio in part.figures.items() if name in _COMPARED}
    arrays.save(path, {"tune": part.targets.tune, **found})


def load_targets(path: Path | str) -> dict[str, np.ndarray]:
    """Read what `save_targets` wrote: arrays of shape ``[targets]``.

    Raises:
        InputError: if the file is missing, damaged or not such a file.
    """
    try:
        found = arrays.read(path)
        shapes = {found[name].shape for name in ("tune", *_COMPARED)}
        if len(shapes) > 1 or len(shapes.pop()) != 1:
            raise ValueError("its arrays are of different targets")
    except (ValueError, KeyError) as error:
        remedy = "dvc repro evaluate"
        raise damaged(path, "predictions of a model", error, made_by=remedy) from error
    return found


def differences(
    found: Mapping[str, Mapping[str, np.ndarray]], *, seed: int
) -> list[dict[str, Any]]:
    """Compare the pairs of `RIVALS`: the first one's figure less the second's, and its interval.

    Args:
        found: of each model, what `load_targets` returns.
        seed: of the intervals.

    Raises:
        InputError: if the models were evaluated on different targets.
    """
    first, *others = found
    for name in others:
        if not np.array_equal(found[name]["tune"], found[first]["tune"]):
            raise InputError(
                f"{name} and {first} were evaluated on different targets; evaluate both again: "
                "dvc repro evaluate"
            )
    pairs = [pair for pair in RIVALS if set(pair) <= set(found)]
    rows: list[dict[str, Any]] = [{"model": one, "rival": other} for one, other in pairs]
    for name in _COMPARED:
        figures = [
            Ratio(found[one][name] - found[other][name], np.ones(len(found[one][name])))
            for one, other in pairs
        ]
        sure = intervals(figures, found[pairs[0][0]]["tune"], seed=seed) if pairs else []
        for row, figure, interval in zip(rows, figures, sure, strict=True):
            row[name] = {"value": figure.value, "interval": interval}
    return rows


def gathered(
    analyses: Mapping[str, Mapping[str, Any]], pairs: list[dict[str, Any]], dataset: Dataset
) -> dict[str, Any]:
    """Return what ``reports/analysis.json`` holds.

    Args:
        analyses: of each model, what `analysis` returns.
        pairs: what `differences` returns.
        dataset: the tunes.
    """
    groups: dict[str, list[dict[str, Any]]] = {}
    for name, rows in next(iter(analyses.values()))["groups"].items():
        groups[name] = [{key: row[key] for key in ("group", "tunes", "targets")} for row in rows]
        for i, row in enumerate(groups[name]):
            row["models"] = {
                model: {figure: found["groups"][name][i][figure] for figure in _COMPARED}
                for model, found in analyses.items()
            }
    return {
        "tunes": describe(dataset).splitlines(),
        "representation": dataset.representation.settings(),
        "intervals": {
            part: {model: found["intervals"][part] for model, found in analyses.items()}
            for part in ("train", "test")
        },
        "differences": pairs,
        "groups": groups,
        "reliability": {model: found["reliability"] for model, found in analyses.items()},
    }
