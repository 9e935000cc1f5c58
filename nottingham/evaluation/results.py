"""The results as a reader meets them: the poster's table, extended, and a picture of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nottingham.encoding.windows import Streams, describe
from nottingham.files import write_csv, written

Metrics = Mapping[str, Any]


@dataclass(frozen=True)
class PosterRow:
    """What the poster reports of a model; None where it reports nothing."""

    name: str
    train_log_loss: float | None
    train_accuracy: float
    test_accuracy: float


POSTER = {
    "random": PosterRow("Random", None, 0.024, 0.024),
    "ngram": PosterRow("3-gram", None, 0.369, 0.315),
    "lstm": PosterRow("RNN-LSTM, 50 epochs", 0.7460, 0.766, 0.588),
}
"""The poster's results table, by our model of the same kind."""

_HEADER = """\
| model | log-loss train | log-loss test | accuracy train | accuracy test \
| poster: log-loss train | poster: accuracy train | poster: accuracy test |
| --- | --- | --- | --- | --- | --- | --- | --- |"""

_OTHER_HEADER = """\
| model | sampled accuracy | change accuracy | rollout accuracy | test targets |
| --- | --- | --- | --- | --- |"""

_DIFFERENCES = """\
## How the protocol differs from the poster's

- **Tunes.** The poster speaks of 762 songs and 154,992 training sequences. Which songs these were
  it does not say; here the public corpus is used whole.
- **Split.** Both 70/30. Here it is by tune, duplicates up to transposition stay on one side, and a
  tenth of the 70 validates: it chooses epochs, n and c, and is in neither column.
- **Classes.** The poster's random accuracy of 0.024 speaks for about 41 classes. Here there are
  always 89, rest and the 88 piano keys, whether a tune uses them or not: 1/89 = 0.0112.
- **Accuracy.** The poster defines it by 32 freely continued steps, which here is *rollout
  accuracy*; its figures are more like those of *accuracy*: the likeliest next step, given the true
  32 before it, is the one that came. Among equally likely ones each counts by its chance.
- **n and c.** The poster chose its 3-gram on the test set. Here validation chooses.
- **The networks** may be told which step of the measure they predict and may be trained on every
  step of a stretch, on transposed copies: see `train` in `params.yaml`. They are always tested on
  the 33rd step after exactly 32.
- **Log-loss** is in nats per step. The training columns are computed after training, without
  dropout or transposition, on the training tunes as they are.
"""


def markdown(metrics: Mapping[str, Metrics], origin: Mapping[str, Any], streams: Streams) -> str:
    """Write ``reports/results.md``.

    Args:
        metrics: what is in ``reports/metrics/<model>.json``, by model.
        origin: the corpus's ``provenance.json``.
        streams: the corpus as tokens.
    """
    lines = ["# Results", ""]
    if origin["substituted"]:
        lines += [*(f"> **{line}**  " for line in origin["substituted"].splitlines()), ""]
    version = f", version {origin['version']}" if origin["version"] else ""
    lines += [
        f"Corpus: {origin['corpus']}, {len(streams.ids):,} tunes from {origin['source']}{version}. "
        f"With {streams.steps_per_measure} steps a measure:",
        "",
        *(f"- {line}" for line in describe(streams).splitlines()),
        "",
        "A target is a step with 32 steps of its tune before it. Log-loss in nats per step.",
        "",
        _HEADER,
        *(_row(name, m) for name, m in metrics.items()),
        "",
        "More of the test split: the expected hit rate of a sampled step, accuracy where the step",
        "differs from the one before, and the share of 32 freely continued steps that match.",
        "",
        _OTHER_HEADER,
        *(_other_row(name, m["test"]) for name, m in metrics.items()),
        "",
        _DIFFERENCES,
    ]
    return "\n".join(lines)


def _row(name: str, metrics: Metrics) -> str:
    train, test = metrics["train"], metrics["test"]
    cells = [
        name,
        _figure(train["log_loss"]),
        _figure(test["log_loss"]),
        _figure(train["accuracy"]),
        _figure(test["accuracy"]),
        *_poster_cells(POSTER.get(name)),
    ]
    return f"| {' | '.join(cells)} |"


def _poster_cells(poster: PosterRow | None) -> list[str]:
    if poster is None:
        return ["–"] * 3
    return [
        _figure(poster.train_log_loss),
        _figure(poster.train_accuracy, digits=3),
        f"{poster.test_accuracy:.3f} ({poster.name})",
    ]


def _other_row(name: str, test: Metrics) -> str:
    names = ("sampled_accuracy", "change_accuracy", "rollout_accuracy")
    cells = [name, *(_figure(test[key]) for key in names), f"{test['targets']:,}"]
    return f"| {' | '.join(cells)} |"


def _figure(value: float | None, *, digits: int = 4) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def write_by_position(path: Path | str, losses: Mapping[str, Sequence[float]]) -> None:
    """Write each model's test log-loss by step of the measure (1 is the downbeat) as CSV."""
    rows = [[i, *row] for i, row in enumerate(zip(*losses.values(), strict=True), start=1)]
    write_csv(path, ["step", *losses], rows)


def draw(metrics: Mapping[str, Metrics], path: Path | str) -> None:
    """Draw test accuracy and log-loss of all models side by side, the poster's accuracy beside."""
    from matplotlib.figure import Figure

    names = list(metrics)
    figure = Figure(figsize=(9, 3.4), dpi=150, layout="constrained")
    left, right = figure.subplots(1, 2)
    _bars(left, names, [metrics[n]["test"]["accuracy"] for n in names], "{:.3f}")
    left.set_title("accuracy on test tunes (higher is better)", fontsize=10)
    posters = [(i, POSTER[n].test_accuracy) for i, n in enumerate(names) if n in POSTER]
    if posters:
        left.plot(*zip(*posters, strict=True), "D", color="#c44e52", label="the poster")
        left.legend(frameon=False)
    _bars(right, names, [metrics[n]["test"]["log_loss"] for n in names], "{:.2f}")
    right.set_title("log-loss on test tunes, nats per step (lower is better)", fontsize=10)
    with written(path) as file:
        figure.savefig(file, format="png", metadata={"Software": None})


def _bars(axes: Any, names: Sequence[str], values: Sequence[float], label: str) -> None:
    bars = axes.bar(names, values, color="#4c72b0", width=0.6)
    axes.bar_label(bars, labels=[label.format(v) for v in values], fontsize=9, padding=5)
    axes.margins(y=0.15)
    axes.spines[["top", "right"]].set_visible(False)
