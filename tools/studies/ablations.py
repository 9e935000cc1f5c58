"""Train models without each of their parts, to see what a part is worth on validation tunes.

``python -m tools.studies.ablations`` trains each model of ``ablations.yaml`` whole and without each
part, with several seeds, and writes ``reports/ablations.csv`` after each training;
``python -m tools.studies.ablations note-lstm`` does one model and leaves the rows of the others.
Each training is a DVC experiment; none looks at a test tune. It prints the tables for
docs/model.md.
"""

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from nottingham import yamlfile
from nottingham.errors import InputError, exit_on_error
from nottingham.files import write_csv
from nottingham.reporting.markdown import number, table
from tools.studies.experiments import experiment, text_of

PLAN = Path(__file__).with_name("ablations.yaml")
FILE = Path("reports/ablations.csv")

_WHOLE = "nothing"


@dataclass(frozen=True)
class Training:
    """One training, and the validation figures of the epoch that is kept."""

    model: str
    without: str
    seed: int
    log_loss: float
    accuracy: float


def main(names: Sequence[str]) -> None:
    """Run all trainings of some models; of all, if none is named.

    Raises:
        InputError: if there is no plan for a model.
    """
    plan = yamlfile.read(PLAN)
    if unknown := sorted(set(names) - set(plan["models"])):
        raise InputError(f"{unknown[0]}: name some of {', '.join(plan['models'])}, as {PLAN} does")
    names = names or list(plan["models"])
    trainings = [training for training in load() if training.model not in names]
    for name in names:
        for training in train_all(name, plan["models"][name], plan["seeds"]):
            trainings.append(training)
            write_csv(FILE, [field.name for field in fields(Training)], [*map(astuple, trainings)])
        print(markdown([training for training in trainings if training.model == name]))


def load() -> list[Training]:
    """Read the trainings that there are."""
    if not FILE.exists():
        return []
    with FILE.open(encoding="utf-8", newline="") as file:
        return [
            Training(
                row["model"],
                row["without"],
                int(row["seed"]),
                float(row["log_loss"]),
                float(row["accuracy"]),
            )
            for row in csv.DictReader(file)
        ]


def train_all(name: str, plan: Mapping[str, Any], seeds: Sequence[int]) -> Iterator[Training]:
    """Yield the trainings of a model: whole and without each part, with each seed."""
    for without, settings in {_WHOLE: [], **plan["parts"]}.items():
        for seed in seeds:
            yield train(name, without, [*plan["settings"], *settings], seed)


def train(model: str, without: str, settings: Sequence[str], seed: int) -> Training:
    """Train a model with other settings and a seed, as an experiment."""
    revision = experiment(
        f"{model}-without-{without}-{seed}",
        [*settings, f"train.{model}.seed={seed}"],
        target=f"train-flax-lstm@{model}",
    )
    curve = csv.DictReader(text_of(revision, f"reports/curves/{model}.csv").splitlines())
    kept = min(curve, key=lambda row: float(row["valid_log_loss"]))
    figures = float(kept["valid_log_loss"]), float(kept["valid_accuracy"])
    return Training(model, without, seed, *figures)


def markdown(trainings: Sequence[Training]) -> str:
    """Write the table: mean and standard deviation over the seeds, and what each part gains."""
    by_part: dict[str, list[Training]] = {}
    for training in trainings:
        by_part.setdefault(training.without, []).append(training)
    whole = mean(t.log_loss for t in by_part[_WHOLE])
    rows = []
    for without, some in by_part.items():
        losses = [t.log_loss for t in some]
        spread = f"{number(mean(losses), digits=3)} ± {number(stdev(losses), digits=3)}"
        accuracy = number(mean(t.accuracy for t in some), digits=3)
        gain = "" if without == _WHOLE else number(mean(losses) - whole, digits=3, sign="+")
        rows.append([without, spread, accuracy, gain])
    return table(["without", "log-loss", "accuracy", "the part's gain"], rows)


if __name__ == "__main__":
    with exit_on_error():
        main(sys.argv[1:])
