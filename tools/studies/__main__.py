"""Run the variants of a study as DVC experiments, and gather what came of them.

``python -m tools.studies seeds splits`` runs these two; without a name, all. Each variant is an
experiment named after it and kept in the repository (``dvc exp show``). It runs in a folder of its
own: the workspace stays as it is. What it shares with the pipeline as it stands is not computed
again.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nottingham import yamlfile
from nottingham.errors import InputError, exit_on_error
from nottingham.files import read_json
from nottingham.reporting.studies import Row, Study
from tools.studies.experiments import experiment, text_of

PLAN = Path(__file__).with_name("studies.yaml")
_REPORTS = Path("reports")


def main() -> None:
    """Run the studies named on the command line."""
    known = yamlfile.read(PLAN)
    chosen = sys.argv[1:] or list(known)
    if unknown := sorted(set(chosen) - set(known)):
        raise InputError(f"no study {unknown[0]!r}; there are: {', '.join(known)}")
    for name in chosen:
        run(name, known[name]).save(_REPORTS / "studies")


def run(name: str, plan: dict[str, Any]) -> Study:
    """Run the variants of a study, and gather its rows."""
    models = list(document("", "reports/analysis.json")["intervals"]["test"])
    rows = rows_of(plan["as it stands"], models, revision="")
    for variant, settings in plan["variants"].items():
        revision = experiment(f"{name}-{variant}", settings, target="evaluate")
        rows += rows_of(variant, models, revision=revision)
    return Study(name, rows)


def rows_of(variant: str, models: Sequence[str], *, revision: str) -> list[Row]:
    """Take what a revision's evaluation came to, or the workspace's if none is named."""
    return [
        Row.of(
            variant,
            model,
            document(revision, f"reports/metrics/{model}.json")["test"],
            document(revision, f"data/evaluated/{model}/analysis.json")["intervals"]["test"],
        )
        for model in models
    ]


def document(revision: str, path: str) -> Any:
    """Read a JSON file of a revision."""
    if not revision:
        return read_json(path, made_by="make repro")
    return json.loads(text_of(revision, path))


if __name__ == "__main__":
    with exit_on_error():
        main()
