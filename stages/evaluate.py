"""Evaluate one model: its files in reports/metrics, reports/summary and data/evaluated."""

from pathlib import Path

from nottingham import models, params
from nottingham.corpus import provenance
from nottingham.dataset import split, streams
from nottingham.evaluation import comparison, written
from nottingham.files import atomic_folder, write_json
from nottingham.models import devices
from nottingham.music.tune import read_named, read_tunes
from stages import run

SUMMARY = ("accuracy", "log_loss", "opening_log_loss", "written_bits_per_note")
"""The figures of ``dvc metrics diff``."""


def main(name: str) -> None:
    """Run the stage."""
    devices.use_all_cores()
    everything = params.load()
    seed, dataset = everything.evaluate.seed, streams.load(f"data/{everything.tokens(name)}.npz")
    ids = [str(dataset.ids[i]) for i in dataset.indices(split.TEST)]
    tunes = read_named("data/parts/test.jsonl", ids)
    model = models.load(f"models/{name}", representation=dataset.representation)
    parts = comparison.evaluate(
        model, dataset, tunes, parts=(split.TEST, split.TRAIN), seed=seed, progress=name
    )
    origin = provenance.read(Path("data/parts"))
    record = comparison.record(parts, name, origin, dataset.representation)
    trained = list(read_tunes("data/parts/train.jsonl"))
    analysis = comparison.analysis(parts, dataset, tunes, trained, seed=seed)
    write_json(f"reports/metrics/{name}.json", record)
    write_json(f"reports/summary/{name}.json", {key: record["test"][key] for key in SUMMARY})
    with atomic_folder(f"data/evaluated/{name}") as folder:
        write_json(folder / "analysis.json", analysis)
        comparison.save_targets(folder / "targets.npz", parts[split.TEST])
        if likelihood := parts[split.TEST].written:
            written.save(folder / "written.npz", likelihood, ids)


if __name__ == "__main__":
    run(main, models=1)
