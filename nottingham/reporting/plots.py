"""The results as pictures, and the same figures as tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nottingham.evaluation.metrics import BINS
from nottingham.files import atomic_file, write_csv
from nottingham.reporting.markdown import for_spreadsheets
from nottingham.reporting.results import POSTER, Findings

_BLUE, _RED, _GREY = "#4c72b0", "#c44e52", "#bbbbbb"


def write(found: Findings, folder: Path) -> None:
    """Write all tables and pictures into a folder."""
    write_tables(found, folder)
    draw_models(found, folder / "models.png")
    draw_closer(found, folder / "closer.png")
    draw_groups(found, folder / "groups.png")


def write_tables(found: Findings, folder: Path) -> None:
    """Write log-loss by group, and the reliability of probabilities, as CSV: a column a model."""
    models = list(found.metrics)
    for name, groups in found.analysis["groups"].items():
        rows = [
            [_named(group["group"]), *(group["models"][m]["log_loss"]["value"] for m in models)]
            for group in groups
        ]
        write_csv(folder / f"log_loss_by_{name}.csv", [name, *models], rows)
    bins = [(i + 0.5) / BINS for i in range(BINS)]
    columns = [
        [point and point["accuracy"] for point in found.analysis["reliability"][model]]
        for model in models
    ]
    rows = [list(row) for row in zip(bins, *columns, strict=True)]
    write_csv(folder / "reliability.csv", ["bin_middle", *models], rows)


def _named(group: str | int) -> str | int:
    return for_spreadsheets(group) if isinstance(group, str) else group


def draw_models(found: Findings, path: Path) -> None:
    """Draw test accuracy and log-loss of all models side by side, the poster's accuracy beside."""
    from matplotlib.figure import Figure

    names = list(found.metrics)
    figure = Figure(figsize=(11, 3.6), dpi=150, layout="constrained")
    left, right = figure.subplots(1, 2)
    _bars(left, found, "accuracy", "{:.3f}")
    left.set_title("accuracy on test tunes (higher is better)", fontsize=10)
    posters = [(i, POSTER[n].test_accuracy) for i, n in enumerate(names) if n in POSTER]
    if posters:
        left.plot(*zip(*posters, strict=True), "D", color=_RED, label="the poster")
        left.legend(frameon=False)
    _bars(right, found, "log_loss", "{:.2f}")
    right.set_title("log-loss on test tunes, nats per step (lower is better)", fontsize=10)
    _save(figure, path)


def draw_closer(found: Findings, path: Path) -> None:
    """Draw where the models differ: copying and composing, in the measure, and how honest."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.6), dpi=150, layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    _familiar_and_new(left, found)
    _lines(middle, found)
    _reliability(right, found)
    _save(figure, path)


def _bars(axes: Any, found: Findings, figure: str, label: str) -> None:
    names = list(found.metrics)
    values = [found.metrics[name]["test"][figure] for name in names]
    bars = axes.bar(range(len(names)), values, color=_BLUE, width=0.6)
    ends = [found.analysis["intervals"]["test"][name][figure] for name in names]
    for position, (value, end) in enumerate(zip(values, ends, strict=True)):
        if end is not None:
            axes.errorbar(position, value, [[value - end[0]], [end[1] - value]], color="black")
    axes.bar_label(bars, labels=[label.format(v) for v in values], fontsize=9, padding=5)
    axes.margins(y=0.15)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.spines[["top", "right"]].set_visible(False)


def _familiar_and_new(axes: Any, found: Findings) -> None:
    names = list(found.metrics)
    for shift, kind, color in ((-0.2, "familiar", _BLUE), (0.2, "new", _GREY)):
        values = [found.metrics[name]["test"][f"{kind}_accuracy"] or 0.0 for name in names]
        positions = [position + shift for position in range(len(names))]
        axes.bar(positions, values, width=0.38, color=color, label=kind)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.set_title("accuracy after a familiar and a new passage", fontsize=10)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)


def _lines(axes: Any, found: Findings) -> None:
    groups = found.analysis["groups"]["position"]
    for name in _drawn(found):
        losses = [group["models"][name]["log_loss"]["value"] for group in groups]
        axes.plot([group["group"] for group in groups], losses, marker=".", label=name)
    axes.set_ylim(bottom=0)
    axes.set_title("log-loss by step of the measure", fontsize=10)
    axes.set_xlabel("step")
    axes.set_ylabel("nats")
    axes.spines[["top", "right"]].set_visible(False)


def _reliability(axes: Any, found: Findings) -> None:
    axes.plot([0, 1], [0, 1], color=_GREY)
    for name in _drawn(found):
        points = [
            (point["confidence"], point["accuracy"])
            for point in found.analysis["reliability"][name]
            if point is not None
        ]
        axes.plot(*zip(*points, strict=True), marker=".", label=name)
    axes.set_title("reliability", fontsize=10)
    axes.set_xlabel("largest probability")
    axes.set_ylabel("share of hits")
    if _drawn(found):
        axes.legend(frameon=False, fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def _drawn(found: Findings) -> Sequence[str]:
    """Leave out the models that learn nothing, which would flatten the others."""
    return [name for name in found.metrics if name not in ("random", "hold")]


def draw_groups(found: Findings, path: Path) -> None:
    """Draw the log-loss of the models in each group of tunes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.6), dpi=150, layout="constrained")
    titles = {"meter": "by meter", "family": "by family", "overlap": "by share in training tunes"}
    for axes, (name, title) in zip(figure.subplots(1, 3), titles.items(), strict=True):
        groups = found.analysis["groups"][name]
        labels = [str(group["group"]) for group in groups]
        for model in _drawn(found):
            values = [group["models"][model]["log_loss"]["value"] for group in groups]
            axes.plot(labels, values, marker="o", label=model)
        axes.set_title(f"log-loss {title}, nats per step", fontsize=10)
        axes.tick_params(axis="x", labelrotation=30, labelsize=8)
    if _drawn(found):
        axes.legend(fontsize=7, frameon=False)
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    with atomic_file(path) as file:
        figure.savefig(file, format="png", metadata={"Software": None})
