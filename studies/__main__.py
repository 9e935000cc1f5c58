"""Run the variants of a study as DVC experiments, and gather what came of them.

``python -m studies seeds splits`` runs these two; without a name, all. Each variant is an
experiment named after it and kept in the repository (``dvc exp show``). It runs in a folder of its
own: the workspace stays as it is. What it shares with the pipeline as it stands is not computed
again.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from nottingham.errors import InputError
from nottingham.evaluation.studies import Row, Study
from nottingham.files import read_json

_REPORTS = Path("reports")


def main() -> None:
    """Run the studies named on the command line."""
    known = yaml.safe_load(Path("studies/studies.yaml").read_bytes())
    chosen = sys.argv[1:] or list(known)
    if unknown := sorted(set(chosen) - set(known)):
        raise InputError(f"no study {unknown[0]!r}; there are: {', '.join(known)}")
    for name in chosen:
        run(name, known[name]).save(_REPORTS / "studies")


def run(name: str, plan: dict[str, Any]) -> Study:
    """Run what is missing of a study, and gather its rows."""
    rows = rows_of(plan["as it stands"], "")
    for variant, settings in plan["variants"].items():
        rows += rows_of(variant, experiment(f"{name}-{variant}", settings))
    return Study(name, rows)


def experiment(label: str, settings: list[str]) -> str:
    """Run the pipeline up to its evaluation with other settings, and give the commit it made."""
    name = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
    changes = [part for setting in settings for part in ("-S", setting)]
    command = ["dvc", "exp", "run", "--temp", "--force", "--name", name, *changes, "evaluate"]
    print(" ".join(command), flush=True)
    subprocess.run(command, check=True)
    head = git("rev-parse", "HEAD").strip()
    return f"refs/exps/{head[:2]}/{head[2:]}/{name}"  # where DVC keeps experiments on a commit


def rows_of(variant: str, revision: str) -> list[Row]:
    """Take what a revision's evaluation came to, or the workspace's if none is named."""
    intervals = document(revision, "reports/analysis.json")["intervals"]["test"]
    return [
        Row.of(
            variant,
            model,
            document(revision, f"reports/metrics/{model}.json")["test"],
            intervals[model],
        )
        for model in intervals
    ]


def document(revision: str, path: str) -> Any:
    """Read a JSON file of a revision."""
    if not revision:
        return read_json(path, made_by="make repro")
    return json.loads(git("show", f"{revision}:{path}"))


def git(*arguments: str) -> str:
    """Run git and give what it prints."""
    command = ["git", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    try:
        main()
    except InputError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"error: {' '.join(error.cmd)} failed; see above")
