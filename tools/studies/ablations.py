"""Train tune-lstm without each of its parts, to see what a part is worth on validation tunes.

``python -m tools.studies.ablations`` trains it whole and without each part, with several seeds, and
writes ``reports/ablations.csv``. Each training is a DVC experiment; none looks at a test
tune. It prints the table for docs/model.md.
"""

import csv
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from statistics import mean, stdev

from nottingham import yamlfile
from nottingham.errors import exit_on_error
from nottingham.files import write_csv
from nottingham.reporting.markdown import number, table
from tools.studies.experiments import experiment, text_of

PLAN = Path(__file__).with_name("ablations.yaml")
FILE = Path("reports/ablations.csv")

_WHOLE = "nothing"


@dataclass(frozen=True)
class Training:
    """One training, and the validation figures of the epoch that is kept."""

    without: str
    seed: int
    log_loss: float
    accuracy: float


def main() -> None:
    """Run all trainings."""
    plan = yamlfile.read(PLAN)
    trainings = [
        train(plan["of"], without, settings, seed)
        for without, settings in {_WHOLE: [], **plan["parts"]}.items()
        for seed in plan["seeds"]
    ]
    write_csv(FILE, [field.name for field in fields(Training)], [astuple(t) for t in trainings])
    print(markdown(trainings))


def train(model: str, without: str, settings: Sequence[str], seed: int) -> Training:
    """Train a model with other settings and a seed, as an experiment."""
    revision = experiment(
        f"without-{without}-{seed}",
        [*settings, f"train.{model}.seed={seed}"],
        target=f"train-flax-lstm@{model}",
    )
    curve = csv.DictReader(text_of(revision, f"reports/curves/{model}.csv").splitlines())
    kept = min(curve, key=lambda row: float(row["valid_log_loss"]))
    return Training(without, seed, float(kept["valid_log_loss"]), float(kept["valid_accuracy"]))


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
        main()
