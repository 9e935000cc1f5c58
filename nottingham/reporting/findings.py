"""What was measured of all models: the inputs of tables and pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nottingham.reporting.markdown import sure
from nottingham.reporting.studies import Study

Metrics = Mapping[str, Any]

GRID, NOTES = "grid", "notes"
"""The representations, as ``reports/metrics/<model>.json`` names them."""
TOKENS = {GRID: "windows", NOTES: "notes"}
"""The file of tokens of each, by which ``reports/analysis.json`` names what is of them alone."""


@dataclass(frozen=True)
class Findings:
    """The inputs of the report."""

    metrics: Mapping[str, Metrics]
    """What is in ``reports/metrics/<model>.json``, by model."""
    analysis: Mapping[str, Any]
    """What is in ``reports/analysis.json``."""
    origin: Sequence[Mapping[str, Any]]
    """The records of ``provenance.json``."""
    studies: Sequence[Study]
    """Pipelines run with other settings; see `nottingham.reporting.studies`."""

    def of(self, representation: str) -> dict[str, Metrics]:
        """Return the metrics of the models of one representation."""
        return {
            model: metrics
            for model, metrics in self.metrics.items()
            if metrics["representation"] == representation
        }

    def groups(self, representation: str, kind: str) -> list[Mapping[str, Any]]:
        """Return the figures by group of targets that its models have; none without models."""
        found = self.analysis["groups"][TOKENS[representation]].get(kind, [])
        return list(found)

    def cell(self, model: str, part: str, figure: str, *, digits: int = 4) -> str:
        """Write a figure with its interval."""
        interval = self.analysis["intervals"][part][model].get(figure)
        return sure(self.metrics[model][part][figure], interval, digits=digits)


def in_order(metrics: Sequence[Metrics]) -> dict[str, Metrics]:
    """Return the metrics of models by name: the grid's first, of both those of window context."""

    def place(one: Metrics) -> tuple[bool, bool]:
        return one["representation"] != GRID, one["context"] != "window"

    ordered = sorted(metrics, key=place)
    return {one["model"]: one for one in ordered}
