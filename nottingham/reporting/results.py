"""``reports/results.md``: the poster's table, extended, with confidence intervals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nottingham import representation
from nottingham.reporting import written_music
from nottingham.reporting.findings import GRID, TOKENS, Findings
from nottingham.reporting.markdown import number, plain, sure, table, warning


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

_SHOWN = ("ngram", "lstm", "copy", "tune-lstm")
"""The grid's models of the longer tables; all are in ``reports/analysis.json``."""

_BOTH = ("log_loss", "accuracy")

_GROUPS = {
    "meter": "By meter",
    "family": "By family",
    "overlap": "By how much of a tune is in training tunes",
    "position": "By step of the measure (1 is the downbeat)",
}

_DIFFERENCES = """\
## How the protocol differs from the poster's

With `params.yaml` as it is committed:

- **Tunes.** The poster speaks of 762 songs and 154,992 training sequences. Which songs these were
  it does not say; here the public corpus is used whole.
- **Split.** Both 70/30. Here it is by tune, duplicates up to transposition stay on one side, and a
  tenth of the 70 validates: it chooses epochs, n, c and the weights of `copy`, and is in neither
  column.
- **Classes.** The poster's random accuracy of 0.024 speaks for about 41 classes. Here there are
  always 89, rest and the 88 piano keys, whether a tune uses them or not: 1/89 = 0.0112.
- **Accuracy.** The poster defines it by 32 freely continued steps, which here is *rollout
  accuracy*; its figures are more like those of *accuracy*: the likeliest next step, given the true
  32 before it, is the target. Among equally likely ones each counts by its chance.
- **n and c.** The poster chose its 3-gram on the test set. Here validation chooses.
- **The networks** take the position in the measure as an input and are trained on every step of
  a segment, on transposed copies: see `train` in `params.yaml`. `gru` and `lstm` take intervals,
  too, and can copy from within their 32 steps. Those of context *window* are always tested on the
  33rd step after exactly 32; those of context *tune* on the same steps, after all steps before.
- **Log-loss** is in nats per step. The training columns are computed after training, without
  dropout or transposition, on every tenth training tune as it is.
"""


def markdown(found: Findings) -> str:
    """Write ``reports/results.md``."""
    sections = [
        _introduction(found),
        _main_table(found),
        _differences(found),
        written_music.of_all(found),
        *(study.markdown() for study in found.studies),
        _more_of_the_test_split(found),
        _copying_and_composing(found),
        _notes(found),
        *(_by_group(found, name, title) for name, title in _GROUPS.items()),
        written_music.of_notes(found),
        _DIFFERENCES,
    ]
    return "\n\n".join(section.strip() for section in sections if section) + "\n"


def _introduction(found: Findings) -> str:
    origin = found.origin
    lines = ["# Results", "", *warning(origin)]
    grid = representation.from_settings(found.analysis["representation"][TOKENS[GRID]])
    lines += [
        f"{'; '.join(map(_corpus, origin))}. With {grid.measure_ticks} steps a measure:",
        "",
        *(f"- {line}" for line in found.analysis["tunes"][TOKENS[GRID]]),
        "",
        "A target is a step with 32 steps of its tune before it. Log-loss is in nats per step. In",
        "brackets: 95 % intervals by bootstrap over tunes, 10,000 draws.",
    ]
    return "\n".join(lines)


def _corpus(record: Mapping[str, Any]) -> str:
    version = f", version {record['version']}" if record["version"] else ""
    return f"Corpus: {plain(record['corpus'])}, from {plain(record['source'])}{version}"


def _main_table(found: Findings) -> str:
    header = [
        "model", "context", "log-loss train", "log-loss test", "accuracy train", "accuracy test",
        "poster: log-loss train", "poster: accuracy train", "poster: accuracy test",
    ]  # fmt: skip
    rows = []
    for model, metrics in found.of(GRID).items():
        figures = [
            found.cell(model, part, figure)
            for figure in ("log_loss", "accuracy")
            for part in ("train", "test")
        ]
        rows.append([model, metrics["context"], *figures, *_poster_cells(POSTER.get(model))])
    return table(header, rows)


def _poster_cells(poster: PosterRow | None) -> list[str]:
    if poster is None:
        return ["–"] * 3
    return [
        number(poster.train_log_loss),
        number(poster.train_accuracy, digits=3),
        f"{poster.test_accuracy:.3f} ({poster.name})",
    ]


def _differences(found: Findings) -> str:
    rows = []
    for pair in found.analysis["differences"]:
        figures = [pair.get(name) for name in (*_BOTH, written_music.FIGURE)]
        cells = [sure(**one, sign="+") if one else number(None) for one in figures]
        rows.append([f"{pair['model']} less {pair['rival']}", *cells])
    return "\n".join(
        [
            "## Which is better?",
            "",
            "Differences on the same test tunes, with paired intervals. One in twenty such",
            "intervals misses the true difference by chance of which tunes were drawn. Log-loss",
            "and accuracy compare models of one representation; written bits a note compare all,",
            "though the grid has fewer notes to predict, as the next table has it.",
            "",
            table(["", "log-loss", "accuracy", "written bits a note"], rows),
        ]
    )


def _more_of_the_test_split(found: Findings) -> str:
    text = """\
## More of the test split

The expected hit rate of a sampled step; accuracy where the step differs from the one before; the
share of 32 freely continued steps that match the tune; and the expected calibration error: by how
much the largest probability differs from the share of hits, over ten bins."""
    names = ("sampled_accuracy", "change_accuracy", "rollout_accuracy", "calibration_error")
    rows = [[m, *(found.cell(m, "test", n) for n in names)] for m in found.of(GRID)]
    return text + "\n\n" + table(["model", *(n.replace("_", " ") for n in names)], rows)


def _copying_and_composing(found: Findings) -> str:
    text = """\
## Copying and composing

A step is *familiar* if the tune has had the 16 steps before it already, and *new* if not."""
    names = ("familiar_log_loss", "familiar_accuracy", "new_log_loss", "new_accuracy")
    rows = [[m, *(found.cell(m, "test", n) for n in names)] for m in found.of(GRID)]
    header = ["familiar: log-loss", "accuracy", "new: log-loss", "accuracy"]
    return text + "\n\n" + table(["model", *header], rows)


def _notes(found: Findings) -> str:
    text = """\
## By note

The same probabilities by note, a note of the grid being a pitch and a duration: bits for both,
and for each."""
    names = ("bits_per_note", "pitch_bits", "duration_bits")
    rows = [[m, *(found.cell(m, "test", n) for n in names)] for m in found.of(GRID)]
    return text + "\n\n" + table(["model", *(n.replace("_", " ") for n in names)], rows)


def _by_group(found: Findings, name: str, title: str) -> str:
    shown = [model for model in _SHOWN if model in found.metrics]
    columns = [(model, figure) for model in shown for figure in _BOTH]
    header = [f"{model}: {figure.replace('_', '-')}" for model, figure in columns]
    rows = [
        [
            plain(str(group["group"])),
            str(group["tunes"]),
            f"{group['targets']:,}",
            *(sure(**group["models"][model][figure], digits=3) for model, figure in columns),
        ]
        for group in found.groups(GRID, name)
    ]
    return f"## {title}\n\n{table([name, 'tunes', 'targets', *header], rows)}"
