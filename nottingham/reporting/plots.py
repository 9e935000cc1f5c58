"""The results as pictures, and the same figures as tables."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from nottingham.evaluation.metrics import BINS
from nottingham.files import atomic_file, write_csv
from nottingham.reporting.findings import GRID, TOKENS, Findings
from nottingham.reporting.markdown import for_spreadsheets
from nottingham.reporting.results import POSTER

_BLUE, _RED, _GREY = "#4c72b0", "#c44e52", "#bbbbbb"


def write(found: Findings, folder: Path) -> None:
    """Write all tables and pictures into a folder."""
    write_tables(found, folder)
    draw_models(found, folder / "models.png")
    draw_closer(found, folder / "closer.png")
    draw_groups(found, folder / "groups.png")


def write_tables(found: Findings, folder: Path) -> None:
    """Write figures by group, and the reliability of probabilities, as CSV: a column a model.

    Log-loss and reliability are of the grid's models, bits a note of written music of all.
    """
    grid = list(found.of(GRID))
    for name, groups in found.analysis["groups"][TOKENS[GRID]].items():
        _write_groups(folder / f"log_loss_by_{name}.csv", name, groups, grid, "log_loss")
    for name, groups in found.analysis["written"].items():
        path, models = folder / f"written_by_{name}.csv", list(found.metrics)
        _write_groups(path, name, groups, models, "written_bits_per_note")
    bins = [(i + 0.5) / BINS for i in range(BINS)]
    columns = [
        [point and point["accuracy"] for point in found.analysis["reliability"][model]]
        for model in grid
    ]
    rows = [list(row) for row in zip(bins, *columns, strict=True)]
    write_csv(folder / "reliability.csv", ["bin_middle", *grid], rows)


def _write_groups(
    path: Path, name: str, groups: Sequence[Any], models: Sequence[str], figure: str
) -> None:
    rows = [
        [_named(group["group"]), *(group["models"][m][figure]["value"] for m in models)]
        for group in groups
    ]
    write_csv(path, [name, *models], rows)


def _named(group: str | int) -> str | int:
    return for_spreadsheets(group) if isinstance(group, str) else group


def draw_models(found: Findings, path: Path) -> None:
    """Draw test accuracy and log-loss of the grid's models, the poster's accuracy beside."""
    from matplotlib.figure import Figure

    names = list(found.of(GRID))
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
    """Draw where the grid's models differ: copying, composing, in the measure, and how honest."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.6), dpi=150, layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    _familiar_and_new(left, found)
    _lines(middle, found)
    _reliability(right, found)
    _save(figure, path)


def _bars(axes: Any, found: Findings, figure: str, label: str) -> None:
    names = list(found.of(GRID))
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
    names = list(found.of(GRID))
    for shift, kind, color in ((-0.2, "familiar", _BLUE), (0.2, "new", _GREY)):
        values = [found.metrics[name]["test"][f"{kind}_accuracy"] or 0.0 for name in names]
        positions = [position + shift for position in range(len(names))]
        axes.bar(positions, values, width=0.38, color=color, label=kind)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.set_title("accuracy after a familiar and a new passage", fontsize=10)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)


def _lines(axes: Any, found: Findings) -> None:
    groups = found.groups(GRID, "position")
    for name in _drawn(found.of(GRID)):
        losses = [group["models"][name]["log_loss"]["value"] for group in groups]
        axes.plot([group["group"] for group in groups], losses, marker=".", label=name)
    axes.set_ylim(bottom=0)
    axes.set_title("log-loss by step of the measure", fontsize=10)
    axes.set_xlabel("step")
    axes.set_ylabel("nats")
    axes.spines[["top", "right"]].set_visible(False)


def _reliability(axes: Any, found: Findings) -> None:
    axes.plot([0, 1], [0, 1], color=_GREY)
    for name in _drawn(found.of(GRID)):
        points = [
            (point["confidence"], point["accuracy"])
            for point in found.analysis["reliability"][name]
            if point is not None
        ]
        axes.plot(*zip(*points, strict=True), marker=".", label=name)
    axes.set_title("reliability", fontsize=10)
    axes.set_xlabel("largest probability")
    axes.set_ylabel("share of hits")
    if _drawn(found.of(GRID)):
        axes.legend(frameon=False, fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def _drawn(models: Iterable[str]) -> list[str]:
    """Leave out the models that learn nothing, which would flatten the others."""
    return [name for name in models if name not in ("random", "hold")]


def draw_groups(found: Findings, path: Path) -> None:
    """Draw what the models of both representations take for a written note in groups of tunes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.6), dpi=150, layout="constrained")
    panels = figure.subplots(1, 3, sharey=True)
    titles = {"meter": "by meter", "dance": "by dance", "overlap": "by share in training tunes"}
    models = _drawn(found.metrics)
    for axes, (name, title) in zip(panels, titles.items(), strict=True):
        groups = found.analysis["written"].get(name, [])
        labels = [str(group["group"]) for group in groups]
        for model in models:
            values = [group["models"][model]["written_bits_per_note"]["value"] for group in groups]
            axes.plot(labels, values, marker=".", label=model, **_style(model, found))
        axes.set_title(title, fontsize=10)
        axes.tick_params(axis="x", labelrotation=30, labelsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylim(bottom=0)
    panels[0].set_ylabel("bits a written note")
    if models:
        lines = panels[0].get_legend_handles_labels()
        figure.legend(*lines, loc="outside right center", fontsize=8, frameon=False)
    _save(figure, path)


def _style(model: str, found: Findings) -> dict[str, Any]:
    """Draw a model of notes dashed, in the color of the grid's of the same kind."""
    grid = _drawn(found.of(GRID))
    if model in grid:
        return {"color": f"C{grid.index(model)}"}
    kind = model.removeprefix("note-")
    color = f"C{grid.index(kind)}" if kind in grid else "black"
    return {"color": color, "linestyle": "--"}


def _save(figure: Any, path: Path) -> None:
    with atomic_file(path) as file:
        figure.savefig(file, format="png", metadata={"Software": None})
