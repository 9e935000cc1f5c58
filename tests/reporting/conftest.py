"""Findings about three models on the grid and one of notes, written out by hand."""

from dataclasses import replace

import pytest

from nottingham.reporting.findings import Findings

ORIGIN = [{"corpus": "nottingham", "source": "a host", "version": "1", "substituted": None}]

FIGURES = (
    "log_loss", "accuracy", "sampled_accuracy", "change_accuracy", "familiar_log_loss",
    "familiar_accuracy", "new_log_loss", "new_accuracy", "bits_per_note", "pitch_bits",
    "duration_bits", "rollout_accuracy", "opening_log_loss", "familiar_bits_per_note",
    "new_bits_per_note", "written_bits_per_note", "written_bits_per_measure",
    "opening_bits_per_measure", "bits_per_tune", "header_bits", "notes_kept",
)  # fmt: skip

GRID = ("random", "hold", "lstm")
ACCURACIES = {"random": 0.0112, "hold": 0.5, "lstm": 0.6, "note-lstm": 0.7}
GROUPS = {
    "meter": ["4/4", "6/8"],
    "dance": ["jig", "reel"],
    "family": ["jigs", "reels"],
    "overlap": ["0 %", "1–49 %"],
    "position": [1, 2, 3],
}


def figures(value):
    """Give each figure a value of its own: 0.01 apart, in order."""
    return {name: round(value + 0.01 * place, 4) for place, name in enumerate(FIGURES)}


def part(value):
    return figures(value) | {"calibration_error": 0.0123, "targets": 1234}


def intervals(value):
    return {name: (mean - 0.002, mean + 0.004) for name, mean in figures(value).items()}


def group(place, name, models):
    """The models have log-losses of 0, 1 and 2 in the first group, twice that in the next."""
    figures = {
        model: {
            "log_loss": {"value": (number + 0.0) * (place + 1), "interval": None},
            "accuracy": {"value": 0.125 * number, "interval": (0.1, 0.4)},
            "bits_per_note": {"value": 1.5 + place, "interval": None},
        }
        for number, model in enumerate(models)
    }
    return {"group": name, "tunes": 10 + place, "targets": 1000 + place, "models": figures}


def written(place, name):
    """All models have bits of 3 in the first group, one more in the next."""
    models = {
        model: {"written_bits_per_note": {"value": 3.0 + place, "interval": (2.5, 4.5)}}
        for model in ACCURACIES
    }
    return {"group": name, "tunes": 10 + place, "notes": 2000 + place, "models": models}


def point(confidence, accuracy):
    return {"confidence": confidence, "accuracy": accuracy}


@pytest.fixture
def found():
    """Findings as `nottingham.evaluation.comparison` gives them, once read from JSON."""
    test, train = ({m: v + more for m, v in ACCURACIES.items()} for more in (0, 0.1))
    parts = {model: {"train": part(train[model]), "test": part(test[model])} for model in test}
    return Findings(
        metrics={
            model: {
                "representation": "grid" if model in GRID else "notes",
                "context": "window",
                **parts[model],
            }
            for model in parts
        },
        analysis={
            "tunes": {
                "windows": ["train: 8 tunes, 5 targets", "valid: 2 tunes, 5 targets", "test: 2"],
                "notes": ["none of it is shown"],
            },
            "representation": {
                "windows": {"name": "grid", "steps_per_measure": 8},
                "notes": {"name": "notes"},
            },
            "intervals": {
                "train": {model: intervals(value) for model, value in train.items()},
                "test": {model: intervals(value) for model, value in test.items()},
            },
            "differences": [
                {
                    "model": "lstm",
                    "rival": "hold",
                    "log_loss": {"value": -0.1, "interval": [-0.1234, -0.0567]},
                    "accuracy": {"value": 0.1, "interval": None},
                    "written_bits_per_note": {"value": -0.25, "interval": [-0.5, 0.125]},
                },
                {
                    "model": "note-lstm",
                    "rival": "lstm",
                    "written_bits_per_note": {"value": -1.5, "interval": None},
                },
            ],
            "groups": {
                tokens: {
                    kind: [group(i, name, models) for i, name in enumerate(names)]
                    for kind, names in GROUPS.items()
                }
                for tokens, models in (("windows", GRID), ("notes", ["note-lstm"]))
            },
            "written": {
                kind: [written(i, name) for i, name in enumerate(names)]
                for kind, names in GROUPS.items()
                if kind != "position"
            },
            "reliability": {
                "random": [point(0.0112, 0.0112), *[None] * 9],
                "hold": [None] * 4 + [point(0.42, 0.45)] + [None] * 5,
                "lstm": [point(0.1 * bin + 0.04, 0.1 * bin + 0.05) for bin in range(10)],
                "note-lstm": [point(0.77, 0.77)] * 10,
            },
        },
        origin=ORIGIN,
        studies=[],
    )


@pytest.fixture
def only(found):
    """Leave some models in the findings."""

    def leave(*models):
        return replace(found, metrics={model: found.metrics[model] for model in models})

    return leave
