"""Studies: the pipeline run with other settings, and what came of it.

A study is a CSV file, ``reports/studies/<name>.csv``, made by ``make studies``: a row for each
variant and model with the figures of the test tunes. Its first variant is the pipeline as it
stands.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from nottingham.errors import InputError
from nottingham.evaluation.writing import number, sure, table
from nottingham.files import write_csv

_TEXTS = {
    "seeds": """\
## Three seeds

Each network trained anew with another seed; mean and standard deviation below. Other models have
none.""",
    "splits": """\
## Other splits

`random` splits by tune as well, but leaves duplicates where they fall: the poster's way. What it
gains is what leaks, as far as the test tunes are as hard. `families` is a split by a list of ids
(`window.split_file`): jigs and reels train, all other families test.""",
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
        """Write the study's section of the results."""
        variants = list(dict.fromkeys(row.variant for row in self.rows))
        models = list(dict.fromkeys(row.model for row in self.rows))
        found = {(row.variant, row.model): row for row in self.rows}
        header = ["", *(f"{m}: {f}" for m in models for f in ("log-loss", "accuracy"))]
        lines = [[v, *(cell for m in models for cell in _cells(found[v, m]))] for v in variants]
        if self.name == "seeds" and len(variants) > 1:
            lines.append(["mean ± sd", *(cell for m in models for cell in self._spread(m))])
        return f"{_TEXTS[self.name]}\n\n{table(header, lines)}"

    def save(self, folder: Path | str) -> None:
        """Write the study's file."""
        names = [field.name for field in fields(Row)]
        rows = [[getattr(row, name) for name in names] for row in self.rows]
        write_csv(Path(folder) / f"{self.name}.csv", names, rows)

    def _spread(self, model: str) -> list[str]:
        cells = []
        for figure in ("log_loss", "accuracy"):
            values = [getattr(row, figure) for row in self.rows if row.model == model]
            cells.append(f"{number(mean(values))} ± {number(stdev(values))}")
        return cells


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
            with path.open(encoding="utf-8", newline="") as file:
                rows = [_row(line) for line in csv.DictReader(file)]
            _check_complete(rows)
        except (OSError, ValueError, TypeError, KeyError, csv.Error) as error:
            raise InputError(f"{path}: no study in it ({error}); run: make studies") from error
        studies.append(Study(name, rows))
    return studies


def _row(line: Mapping[str, str]) -> Row:
    variant, model, *figures = (line[field.name] for field in fields(Row))
    return Row(variant, model, *map(float, figures))


def _check_complete(rows: Sequence[Row]) -> None:
    cells = {(row.variant, row.model) for row in rows}
    variants, models = {row.variant for row in rows}, {row.model for row in rows}
    if not rows or not len(rows) == len(cells) == len(variants) * len(models):
        raise ValueError("it needs a row for each variant and model")


def _cells(row: Row) -> list[str]:
    return [
        sure(row.log_loss, (row.log_loss_low, row.log_loss_high), digits=3),
        sure(row.accuracy, (row.accuracy_low, row.accuracy_high), digits=3),
    ]
