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
from nottingham.evaluation import metrics, overlap, scoring, targets, written
from nottingham.evaluation.bootstrap import LEAST_TUNES, calibration_interval, intervals
from nottingham.evaluation.metrics import Ratio
from nottingham.evaluation.scoring import Predictions
from nottingham.evaluation.targets import Targets
from nottingham.evaluation.written import Written, difference
from nottingham.models.base import Model
from nottingham.music import dances
from nottingham.music.tune import Tune
from nottingham.representation import Representation

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
    ("note-kneser-ney", "note-ngram"),
    ("note-copy", "note-kneser-ney"),
    ("note-lstm", "note-ngram"),
    ("note-lstm", "note-kneser-ney"),
    ("note-lstm", "note-copy"),
    ("note-copy", "copy"),
    ("note-lstm", "tune-lstm"),
)
"""The pairs of models that are compared, where both are evaluated."""

_COMPARED = ("log_loss", "accuracy")
_BY_GROUP = (*_COMPARED, "bits_per_note")

_OVERLAPS = ("0 %", "1–49 %", "50–100 %")
_OTHERS = "others"


@dataclass(frozen=True)
class Part:
    """The targets of a part of the split, and a model's predictions of them."""

    targets: Targets
    predictions: Predictions
    written: Written | None = None
    """The likelihood of the written music, of the test tunes."""

    @property
    def figures(self) -> dict[str, Ratio]:
        """The figures over targets."""
        return metrics.figures(self.predictions.scores, self.targets)


def evaluate(
    model: Model,
    dataset: Dataset,
    tunes: Mapping[str, Tune],
    *,
    parts: Sequence[int],
    seed: int,
    progress: str = "",
) -> dict[int, Part]:
    """Let a model predict parts of the split.

    Args:
        model: what predicts.
        dataset: the tunes as it takes them.
        tunes: the test tunes as they are written, by id.
        parts: of the split; the test part among them.
        seed: of the continuations.
        progress: the label of the progress bars; empty for none.
    """
    evaluated = {part: scoring.evaluated(dataset, part) for part in parts}
    predictions = scoring.evaluate(model, evaluated, seed=seed, progress=progress)
    representation = dataset.representation
    of_notes = written.of_tunes(
        [tunes[str(dataset.ids[i])] for i in dataset.indices(split.TEST)],
        evaluated[split.TEST],
        predictions[split.TEST].losses,
        representation,
    )
    return {
        part: Part(
            targets.of_tunes(evaluated[part], representation),
            predictions[part],
            of_notes if part == split.TEST else None,
        )
        for part in parts
    }


def record(
    parts: Mapping[int, Part],
    model: str,
    origin: Sequence[Mapping[str, Any]],
    representation: Representation,
) -> dict[str, Any]:
    """Return what ``reports/metrics/<model>.json`` holds.

    Args:
        parts: what the model predicted, by part of the split.
        model: its name.
        origin: the records of ``provenance.json``.
        representation: how it takes tunes.
    """
    return {
        "model": model,
        "representation": representation.settings()["name"],
        "corpus": ", ".join(record["corpus"] for record in origin),
        "substituted": any(record["substituted"] for record in origin),
        "context": next(iter(parts.values())).predictions.context,
        **{split.NAMES[number]: summary(part) for number, part in parts.items()},
    }


def summary(part: Part) -> dict[str, float | int | None]:
    """Return a model's metrics on a part, as in ``reports/metrics/<model>.json``."""
    return {
        **{name: figure.value for name, figure in part.figures.items()},
        **{name: figure.value for name, figure in _written(part).items()},
        "opening_log_loss": part.predictions.opening.value,
        "rollout_accuracy": part.predictions.rollout.value,
        "calibration_error": metrics.calibration_error(part.predictions.scores),
        "targets": len(part.targets.token),
    }


def _written(part: Part) -> dict[str, Ratio]:
    return part.written.figures if part.written else {}


def analysis(
    parts: Mapping[int, Part],
    dataset: Dataset,
    tunes: Mapping[str, Tune],
    trained: Sequence[Tune],
    *,
    seed: int,
) -> dict[str, Any]:
    """Return what ``reports/analysis.json`` holds of a model: intervals, groups, reliability.

    Args:
        parts: what the model predicted, by part of the split.
        dataset: the tunes.
        tunes: the test tunes, by id.
        trained: the training tunes.
        seed: of the intervals.

    Raises:
        InputError: if a test tune is not among them.
    """
    test = parts[split.TEST]
    by_tune = {name: _pooled(np.array(of)) for name, of in _labels(dataset, tunes, trained).items()}
    long = np.flatnonzero(
        [len(tokens) > dataset.representation.window for tokens in dataset.tunes(split.TEST)]
    )
    labels = {name: of[long][test.targets.tune] for name, of in by_tune.items()}
    labels["position"] = test.targets.position + 1
    return {
        "intervals": {
            split.NAMES[number]: uncertainty(part, seed=seed) for number, part in parts.items()
        },
        "groups": {name: by_group(test, label, seed=seed) for name, label in labels.items()},
        "written": written.by_group(
            test.written, {name: of.tolist() for name, of in by_tune.items()}, seed=seed
        )
        if test.written
        else {},
        "reliability": metrics.reliability(test.predictions.scores),
    }


def _labels(
    dataset: Dataset, tunes: Mapping[str, Tune], trained: Sequence[Tune]
) -> dict[str, Sequence[str]]:
    """Return the groups of each test tune, by kind of group, from what is written."""
    ids = [str(dataset.ids[i]) for i in dataset.indices(split.TEST)]
    if missing := sorted(set(ids) - set(tunes)):
        raise InputError(
            f"tune {missing[0]} of the token streams is not among the tunes that were read; make "
            "both again: dvc repro"
        )
    pitches = [
        [np.array([note.pitch for note in tune.notes], np.int64) for tune in some]
        for some in ([tunes[id_] for id_ in ids], trained)
    ]
    shared = overlap.shares(*pitches)
    return {
        "meter": [tunes[id_].meter for id_ in ids],
        "dance": [dances.named(tunes[id_]) or _OTHERS for id_ in ids],
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
    gaps, of_written = metrics.calibration_gaps(part.predictions.scores), _written(part)
    rollout, opening = part.predictions.rollout, part.predictions.opening
    every = np.arange(len(opening.values))
    return dict(zip(figures, intervals(list(figures.values()), tune, seed=seed), strict=True)) | {
        **{name: intervals([one], every, seed=seed)[0] for name, one in of_written.items()},
        "opening_log_loss": intervals([opening], every, seed=seed)[0],
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
        figures = {
            name: Ratio(part.figures[name].values * chosen, part.figures[name].counted * chosen)
            for name in _BY_GROUP
        }
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
    found: Mapping[str, Mapping[str, np.ndarray]],
    written: Mapping[str, tuple[tuple[str, ...], Ratio]],
    *,
    seed: int,
) -> list[dict[str, Any]]:
    """Compare the pairs of `RIVALS`: the first one's figure less the second's, and its interval.

    Log-loss and accuracy are compared between models of one representation.

    Args:
        found: of each model, what `load_targets` returns.
        written: of each model, what `written.load` returns.
        seed: of the intervals.

    Raises:
        InputError: if the models were evaluated on different tunes.
    """
    first, *others = written
    for name in others:
        if written[name][0] != written[first][0]:
            raise InputError(
                f"{name} and {first} were evaluated on different tunes; evaluate both again: "
                "dvc repro evaluate"
            )
    rows = []
    for one, other in RIVALS:
        if not {one, other} <= set(found):
            continue
        row: dict[str, Any] = {"model": one, "rival": other}
        row["written_bits_per_note"] = difference(written[one][1], written[other][1], seed=seed)
        tune = found[one]["tune"]
        if np.array_equal(tune, found[other]["tune"]):
            figures = [
                Ratio(found[one][name] - found[other][name], np.ones(len(tune)))
                for name in _COMPARED
            ]
            sure = intervals(figures, tune, seed=seed)
            for name, figure, interval in zip(_COMPARED, figures, sure, strict=True):
                row[name] = {"value": figure.value, "interval": interval}
        rows.append(row)
    return rows


def gathered(
    analyses: Mapping[str, Mapping[str, Any]],
    pairs: list[dict[str, Any]],
    datasets: Mapping[str, Dataset],
    models: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """Return what ``reports/analysis.json`` holds.

    Args:
        analyses: of each model, what `analysis` returns.
        pairs: what `differences` returns.
        datasets: the tunes, by the name of the file of their tokens.
        models: the models of each.
    """
    return {
        "tunes": {tokens: describe(dataset).splitlines() for tokens, dataset in datasets.items()},
        "representation": {
            tokens: dataset.representation.settings() for tokens, dataset in datasets.items()
        },
        "intervals": {
            part: {model: found["intervals"][part] for model, found in analyses.items()}
            for part in ("train", "test")
        },
        "differences": pairs,
        "groups": {
            tokens: _groups({name: analyses[name]["groups"] for name in names}, _BY_GROUP)
            for tokens, names in models.items()
        },
        "written": _groups(
            {name: found["written"] for name, found in analyses.items()}, ("written_bits_per_note",)
        ),
        "reliability": {model: found["reliability"] for model, found in analyses.items()},
    }


def _groups(
    of_models: Mapping[str, Mapping[str, list[dict[str, Any]]]], figures: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """Lay the figures of models side by side, group by group."""
    found: dict[str, list[dict[str, Any]]] = {}
    for kind, rows in next(iter(of_models.values()), {}).items():
        found[kind] = [
            {key: value for key, value in row.items() if key not in figures} for row in rows
        ]
        for i, row in enumerate(found[kind]):
            row["models"] = {
                model: {figure: groups[kind][i][figure] for figure in figures}
                for model, groups in of_models.items()
            }
    return found
