"""How samples come out at other temperatures and lengths: by this ``params.yaml`` was chosen.

``python -m tools.studies.temperature`` lets trained models continue validation tunes, and writes
``reports/temperature.csv``. No test tune is looked at. It prints the table for docs/generation.md.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from statistics import mean
from typing import Any

from nottingham import models
from nottingham.dataset import split, streams
from nottingham.dataset.streams import Dataset
from nottingham.errors import exit_on_error
from nottingham.evaluation import generated
from nottingham.evaluation.originality import Known
from nottingham.files import write_csv
from nottingham.generation import samples
from nottingham.models import devices
from nottingham.models.names import REAL
from nottingham.models.sampling import SamplingConfig, generate
from nottingham.music.tune import read_named
from nottingham.reporting.markdown import number, table

FILE = Path("reports/temperature.csv")

_MODELS = ("ngram", "lstm", "tune-lstm")
_TEMPERATURES = (0.7, 0.8, 0.9, 1.0, 1.1)
_STEPS = (96, 224)
_TUNES = 65  # the validation tunes of 256 steps or more
_SEEDS = (1, 2, 3)


@dataclass(frozen=True)
class Row:
    """What one model's samples are like, over all seeds; or what the real tunes are like."""

    measures: int
    model: str
    temperature: float | None
    repeats_8: float
    cadences: float
    pitch_class: float | None
    """Overlap of the histograms with real ones, as Yang & Lerch have it; so the next two."""
    interval: float | None
    duration: float | None
    run: float
    """Notes of the longest run in common with a training tune: the median of tunes."""
    above_limit: float
    """The share of tunes with more in common with training tunes than 19 in 20 real ones."""


def main() -> None:
    """Sample, measure, write."""
    devices.use_all_cores()
    dataset = streams.load("data/windows.npz")
    study = Study(dataset)
    rows = [row for steps in _STEPS for row in study.rows(steps)]
    write_csv(FILE, [field.name for field in fields(Row)], [astuple(row) for row in rows])
    print(markdown(rows))


class Study:
    """The trained models, and what they are measured by."""

    def __init__(self, dataset: Dataset) -> None:
        self._streams, self._grid = dataset, dataset.representation
        self._tunes = read_named("data/tunes.jsonl", map(str, dataset.ids))
        trained = [self._tunes[str(dataset.ids[i])] for i in dataset.indices(split.TRAIN)]
        self._known = Known(dataset.tunes(split.TRAIN), self._grid)
        self._titles = [tune.title for tune in trained]
        self._models = {
            name: models.load(f"models/{name}", representation=self._grid) for name in _MODELS
        }

    def rows(self, steps: int) -> list[Row]:
        """Measure the samples of so many steps: the real tunes first."""
        ids, real = samples.begin(self._streams, _TUNES, steps=steps, seed=0, part=split.VALID)
        found: dict[tuple[str, float | None], list[Row]] = {}
        for seed in _SEEDS:
            written: dict[str, Any] = {
                f"{name} {temperature}": generate(
                    model.unbounded(),
                    real[:, : self._grid.window],
                    steps=steps,
                    seed=seed,
                    sampling=SamplingConfig(temperature),
                )
                for name, model in self._models.items()
                for temperature in _TEMPERATURES
            }
            for row in self._measured({REAL: real, **written}, ids):
                found.setdefault((row.model, row.temperature), []).append(row)
        return [_mean(rows) for rows in found.values()]

    def _measured(self, written: dict[str, Any], ids: Sequence[str]) -> list[Row]:
        begun_as = [self._tunes[id_] for id_ in ids]
        new = generated.melodies(written, begun_as, first=self._grid.window)
        whole = generated.melodies(written, begun_as, first=0)
        music = generated.music(whole, representation=self._grid, seed=0)
        originality = generated.originality(new, self._known, self._titles)
        measures = len(written[REAL][0]) // self._grid.measure_ticks
        return [_row(measures, name, music[name], originality["sets"][name]) for name in written]


def _row(measures: int, name: str, music: dict[str, Any], originality: dict[str, Any]) -> Row:
    model, _, temperature = name.partition(" ")
    overlap = {kind: found["overlap"]["value"] for kind, found in music["distances"].items()}
    return Row(
        measures,
        model,
        float(temperature) if temperature else None,
        music["figures"]["repeats_8"]["value"],
        music["figures"]["cadences"]["value"],
        overlap.get("pitch_class"),
        overlap.get("interval"),
        overlap.get("duration"),
        originality["run"]["median"],
        originality["above_limit"],
    )


def _mean(rows: Sequence[Row]) -> Row:
    """Average the rows of several seeds, to the four decimals of a CSV file."""
    first, *_ = rows
    means: dict[str, Any] = {
        field.name: round(mean(getattr(row, field.name) for row in rows), 4)
        for field in fields(Row)
        if isinstance(getattr(first, field.name), float)
    }
    return replace(first, **means)


def markdown(rows: Sequence[Row]) -> str:
    """Write the table."""
    header = [field.name.replace("_", " ") for field in fields(Row)]
    cells = [
        [str(row.measures), row.model, number(row.temperature, digits=1)]
        + [number(value, digits=3) for value in astuple(row)[3:]]
        for row in rows
    ]
    return table(header, cells)


if __name__ == "__main__":
    with exit_on_error():
        main()
