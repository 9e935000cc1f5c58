"""Evaluate one model: its files in reports/metrics, reports/summary and data/evaluated."""

from pathlib import Path

from nottingham import models, params
from nottingham.corpus import provenance
from nottingham.dataset import split, streams
from nottingham.evaluation import comparison, scoring, targets
from nottingham.evaluation.comparison import Part
from nottingham.files import atomic_folder, write_json
from nottingham.models import devices
from nottingham.music.tune import read_named
from stages import run

SUMMARY = ("accuracy", "bits_per_note", "log_loss", "opening_log_loss")
"""The figures of ``dvc metrics diff``."""


def main(name: str) -> None:
    """Run the stage."""
    devices.use_all_cores()
    seed = params.load().evaluate.seed
    dataset = streams.load("data/windows.npz")
    tunes = read_named("data/parts/test.jsonl", targets.ids(dataset, split.TEST))
    model = models.load(f"models/{name}", representation=dataset.representation)
    evaluated = {part: scoring.evaluated(dataset, part) for part in (split.TEST, split.TRAIN)}
    predictions = scoring.evaluate(model, evaluated, seed=seed, progress=name)
    parts = {
        part: Part(targets.of_tunes(evaluated[part], model.representation), predictions[part])
        for part in (split.TRAIN, split.TEST)
    }
    record = comparison.record(parts, name, provenance.read(Path("data/parts")))
    meters = {id_: tune.meter for id_, tune in tunes.items()}
    analysis = comparison.analysis(parts, dataset, meters, seed=seed)
    write_json(f"reports/metrics/{name}.json", record)
    write_json(f"reports/summary/{name}.json", {key: record["test"][key] for key in SUMMARY})
    with atomic_folder(f"data/evaluated/{name}") as folder:
        write_json(folder / "analysis.json", analysis)
        comparison.save_targets(folder / "targets.npz", parts[split.TEST])


if __name__ == "__main__":
    run(main, models=1)
