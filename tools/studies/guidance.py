"""How tunes from nothing come out with other guidance: by this ``params.yaml`` was chosen.

``python -m tools.studies.guidance`` has ``note-lstm`` write tunes of each dance, compares them with
training and validation tunes as a player would, and writes ``reports/guidance.csv``. No test tune
is looked at. It prints the table for docs/generation.md.
"""

from dataclasses import astuple, dataclass, fields
from pathlib import Path
from statistics import mean

from nottingham import models, params
from nottingham.errors import exit_on_error
from nottingham.evaluation import player, two_sample
from nottingham.files import write_csv
from nottingham.generation import compose
from nottingham.models import devices
from nottingham.models.sampling import SamplingConfig
from nottingham.music import dances
from nottingham.music.tune import Tune, read_tunes
from nottingham.reporting.markdown import number, table

FILE = Path("reports/guidance.csv")

_TRIED = ((0.9, 1.0), (1.0, 1.0), (0.9, 1.5), (1.0, 1.4), (1.0, 1.7), (1.0, 2.0))
"""Temperature and guidance."""
_TUNES = 300
_SEED = 1


@dataclass(frozen=True)
class Row:
    """What a player sees in tunes from nothing."""

    temperature: float | None
    guidance: float | None
    outside: int | None
    """Figures of `player.CORE`, four times eight, outside the interval of real tunes."""
    jig_sections_on_tonic: float
    reel_sections_on_tonic: float
    last_note_tonic: float
    """The mean over the dances; so the next ones."""
    repeats_8: float
    aabb: float
    known_rhythms: float
    two_sample: float | None
    """The accuracy of the better classifier; 0.5 is chance."""


def main() -> None:
    """Sample, measure, write."""
    devices.use_all_cores()
    measures, model = params.load().sample.measures, models.load("models/note-lstm").unbounded()
    trained = list(read_tunes("data/parts/train.jsonl"))
    real = [*trained, *read_tunes("data/parts/valid.jsonl")]
    known, rows = player.rhythms(trained), []
    for temperature, guidance in _TRIED:
        sampling = SamplingConfig(temperature, guidance=guidance)
        new: list[Tune] = []
        for meter in dances.METERS.values():
            request = compose.Request(measures, _TUNES, _SEED, meter, sampling=sampling)
            new += compose.from_nothing(model, None, request)
        seen = player.compare(new, real, known_rhythms=known, seed=_SEED)
        told = two_sample.by_dance(new, real, measures=measures, seed=_SEED)
        assert seen
        assert told
        found = {
            dance: {name: one["generated"]["value"] for name, one in of["figures"].items()}
            for dance, of in seen["dances"].items()
        }
        beside = {
            dance: {name: one["real"]["value"] for name, one in of["figures"].items()}
            for dance, of in seen["dances"].items()
        }
        rows.append(_row(found, temperature, guidance, seen["outside"], told["accuracy"]))
    rows.append(_row(beside, None, None, None, None))
    write_csv(FILE, [field.name for field in fields(Row)], [astuple(row) for row in rows])
    print(markdown(rows))


def _row(
    of_dances: dict[str, dict[str, float]],
    temperature: float | None,
    guidance: float | None,
    outside: int | None,
    accuracy: float | None,
) -> Row:
    def of_all(name: str) -> float:
        return round(mean(found[name] for found in of_dances.values()), 4)

    return Row(
        temperature,
        guidance,
        outside,
        of_dances["jig"]["sections_on_tonic"],
        of_dances["reel"]["sections_on_tonic"],
        of_all("last_note_tonic"),
        of_all("repeats_8"),
        of_all("aabb"),
        of_all("known_rhythms"),
        accuracy,
    )


def markdown(rows: list[Row]) -> str:
    """Write the table; the last row is of real tunes."""
    header = [field.name.replace("_", " ") for field in fields(Row)]
    cells = [
        [number(row.temperature, digits=1), number(row.guidance, digits=1)]
        + [str(row.outside) if row.outside is not None else "–"]
        + [number(value, digits=3) for value in astuple(row)[3:]]
        for row in rows
    ]
    return table(header, cells)


if __name__ == "__main__":
    with exit_on_error():
        main()
