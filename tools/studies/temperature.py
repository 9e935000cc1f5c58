"""How samples come out at other temperatures and lengths: by this ``params.yaml`` was chosen.

``python -m tools.studies.temperature`` lets trained models continue validation tunes, and writes
``reports/temperature.csv``; ``note-lstm copy`` behind it: these models. No test tune is looked at.
Figures are of each model's own tokens, beside the real tunes in the same tokens; the two-sample
test is of written notes. It prints the table for docs/generation.md.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from statistics import mean
from typing import Any

from nottingham import models, params
from nottingham.dataset import split, streams
from nottingham.errors import exit_on_error
from nottingham.evaluation import generated, two_sample
from nottingham.evaluation.originality import Known
from nottingham.files import write_csv
from nottingham.generation import samples
from nottingham.generation.continuation import continued
from nottingham.models import devices
from nottingham.models.base import Model
from nottingham.models.names import REAL, REAL_NOTES
from nottingham.models.sampling import SamplingConfig
from nottingham.music.measures import cut
from nottingham.music.tune import Tune, read_named
from nottingham.reporting.markdown import number, table

FILE = Path("reports/temperature.csv")

_MODELS = ("note-lstm", "tune-lstm")
_TEMPERATURES = (0.7, 0.8, 0.9, 1.0, 1.1)
_MEASURES = (16, 32)
_TUNES = 65
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
    two_sample: float | None = None
    """Accuracy of the better classifier, by the notes from the fifth measure on."""


def main() -> None:
    """Sample, measure, write."""
    parser = argparse.ArgumentParser("python -m tools.studies.temperature")
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"({' '.join(_MODELS)})")
    chosen = parser.parse_args().models or _MODELS
    devices.use_all_cores()
    settings = params.load()
    by_tokens: dict[str, list[str]] = {}
    for name in chosen:
        by_tokens.setdefault(settings.tokens(name), []).append(name)
    sampling = SamplingConfig(top_p=settings.sample.top_p, guidance=settings.sample.guidance)
    studies = [Study(tokens, names, sampling) for tokens, names in by_tokens.items()]
    rows = [row for measures in _MEASURES for study in studies for row in study.rows(measures)]
    write_csv(FILE, [field.name for field in fields(Row)], [astuple(row) for row in rows])
    print(markdown(rows))


class Study:
    """Trained models of one representation, and what they are measured by."""

    def __init__(self, tokens: str, names: Sequence[str], sampling: SamplingConfig) -> None:
        """Load them.

        Args:
            tokens: the file of ``data/``, without its ending, that has their tokens.
            names: of the models.
            sampling: of their samples, but for the temperature.
        """
        self._sampling = sampling
        dataset = streams.load(f"data/{tokens}.npz")
        self._representation = dataset.representation
        self._real = REAL_NOTES if self._representation.vocabulary.headers else REAL
        tunes = read_named("data/tunes.jsonl", map(str, dataset.ids))
        trained, self._valid = (
            [tunes[str(dataset.ids[i])] for i in dataset.indices(part)]
            for part in (split.TRAIN, split.VALID)
        )
        self._known = Known(dataset.tunes(split.TRAIN), self._representation)
        self._titles = [tune.title for tune in trained]
        self._models: dict[str, Model] = {
            name: models.load(f"models/{name}", representation=self._representation).unbounded()
            for name in names
        }

    def rows(self, measures: int) -> list[Row]:
        """Measure the samples of a length in measures: the real tunes first."""
        begun = samples.begin(self._valid, _TUNES, measures=measures, seed=0)
        real = [cut(tune, measures) for tune in begun]
        found: dict[tuple[str, float | None], list[Row]] = {}
        for seed in _SEEDS:
            written = {REAL: real} | {
                f"{name} {temperature}": continued(
                    model,
                    begun,
                    measures=measures,
                    sampling=replace(self._sampling, temperature=temperature),
                    seed=seed,
                )[0]
                for name, model in self._models.items()
                for temperature in _TEMPERATURES
            }
            for row in self._measured(written, begun, measures):
                found.setdefault((row.model, row.temperature), []).append(row)
        return [_mean(rows) for rows in found.values()]

    def _measured(
        self, written: Mapping[str, Sequence[Tune]], begun: Sequence[Tune], measures: int
    ) -> list[Row]:
        new, whole = (
            generated.melodies(written, begun, self._representation, first=first)
            for first in (samples.GIVEN, 0)
        )
        music = generated.music(whole, representation=self._representation, seed=0)
        originality = generated.originality(new, self._known, self._titles)
        rows = []
        for name, tunes in written.items():
            row = _row(measures, name, music[name], originality["sets"][name])
            if name == REAL:
                rows.append(replace(row, model=self._real))
            else:
                found = two_sample.two_sample(
                    tunes, written[REAL], seed=0, from_measure=samples.GIVEN, paired=True
                )
                rows.append(replace(row, two_sample=found["accuracy"]))
        return rows


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
