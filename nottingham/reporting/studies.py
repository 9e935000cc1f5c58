"""Studies: the pipeline run with other settings, and what came of it.

A study is a CSV file, ``reports/studies/<name>.csv``, made by ``make studies``: a row for each
variant and model with the figures of the test tunes. Its first variant is the pipeline as it
stands.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from math import isfinite
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from nottingham.errors import InputError
from nottingham.files import write_csv
from nottingham.reporting.markdown import number, sure, table

_TEXTS = {
    "seeds": """\
## Three seeds

Each network trained anew with another seed; mean and standard deviation after. Models that are
the same with every seed are left out.""",
    "splits": """\
## Other splits

`random` splits by tune as well, but leaves duplicates where they fall: the poster's way. The last
column is the difference. It holds what leaks, which is little where duplicates are few, and that
other tunes are tested: *By how much of a tune is in training tunes* below shows leakage by itself.
`families` is a split by a list of ids (`window.split_file`): jigs and reels train, all other
families test.""",
    "learning-curve": """\
## Learning curve

With so large a share of the training tunes, all else being equal: as many updates, the same
validation and test tunes.""",
}


@dataclass(frozen=True)
class Row:
    """What one model came to in one variant, on test tunes."""

    variant: str
    model: str
    log_loss: float
    log_loss_low: float
    log_loss_high: float
    accuracy: float
    accuracy_low: float
    accuracy_high: float

    @classmethod
    def of(
        cls, variant: str, model: str, metrics: Mapping[str, Any], intervals: Mapping[str, Any]
    ) -> "Row":
        """Take the figures from a model's metrics and intervals on test tunes."""
        parts = [
            (metrics[figure], *(intervals[figure] or (metrics[figure],) * 2))
            for figure in ("log_loss", "accuracy")
        ]
        return cls(variant, model, *parts[0], *parts[1])


@dataclass(frozen=True)
class Study:
    """All rows of a study."""

    name: str
    rows: Sequence[Row]

    def markdown(self) -> str:
        """Write the study's section of the results: a table a figure, a row a model."""
        return "\n\n".join([_TEXTS[self.name], *map(self._table, ("log_loss", "accuracy"))])

    def _table(self, figure: str) -> str:
        variants = list(dict.fromkeys(row.variant for row in self.rows))
        summary = _SUMMARIES.get(self.name, {})
        lines = []
        for model in dict.fromkeys(row.model for row in self.rows):
            rows = [row for row in self.rows if row.model == model]
            values = {row.variant: getattr(row, figure) for row in rows}
            if self.name != "seeds" or len({row.log_loss for row in rows}) > 1:
                cells = [_cell(row, figure) for row in rows]
                lines.append([model, *cells, *(write(values) for write in summary.values())])
        return table([figure.replace("_", "-"), *variants, *summary], lines)

    def save(self, folder: Path | str) -> None:
        """Write the study's file."""
        names = [field.name for field in fields(Row)]
        rows = [[getattr(row, name) for name in names] for row in self.rows]
        write_csv(Path(folder) / f"{self.name}.csv", names, rows)


def load(folder: Path | str) -> list[Study]:
    """Read the studies of a folder.

    Raises:
        InputError: if a file is no study.
    """
    studies = []
    for name in _TEXTS:
        path = Path(folder) / f"{name}.csv"
        if not path.exists():
            continue
        try:
            text = path.read_text(encoding="utf-8")
            rows = [_row(line) for line in csv.DictReader(text.splitlines())]
            _check_complete(rows, text)
        except (OSError, ValueError, TypeError, KeyError, csv.Error) as error:
            raise InputError(f"{path}: no study in it ({error}); run: make studies") from error
        studies.append(Study(name, rows))
    return studies


def _row(line: Mapping[str, str]) -> Row:
    variant, model, *figures = (line[field.name] for field in fields(Row))
    values = [float(figure) for figure in figures]
    if not all(map(isfinite, values)):
        raise ValueError(f"a figure of {model} is none")
    return Row(variant, model, *values)


def _check_complete(rows: Sequence[Row], text: str) -> None:
    if not text.endswith("\n"):  # half a number is a number too
        raise ValueError("it ends in the middle of a line")
    cells = {(row.variant, row.model) for row in rows}
    variants, models = {row.variant for row in rows}, {row.model for row in rows}
    if not rows or not len(rows) == len(cells) == len(variants) * len(models):
        raise ValueError("it needs a row for each variant and model")


def _cell(row: Row, figure: str) -> str:
    value, low, high = (getattr(row, f"{figure}{end}") for end in ("", "_low", "_high"))
    return sure(value, (low, high), digits=3)


def _spread(values: Mapping[str, float]) -> str:
    if len(values) < 2:
        return number(None)
    return f"{number(mean(values.values()))} ± {number(stdev(values.values()))}"


def _leak(values: Mapping[str, float]) -> str:
    if not {"random", "grouped"} <= set(values):
        return number(None)
    return number(values["random"] - values["grouped"], sign="+")


_SUMMARIES: Mapping[str, Mapping[str, Callable[[Mapping[str, float]], str]]] = {
    "seeds": {"mean ± sd": _spread},
    "splits": {"random less grouped": _leak},
}
"""The last column of some studies: its title, and what it says of the values of all variants."""
