"""Evaluate the models named on the command line: reports/metrics and reports/analysis.json."""

from pathlib import Path

from nottingham import models, params
from nottingham.corpus import provenance
from nottingham.dataset import split, streams
from nottingham.evaluation import comparison, scoring
from nottingham.files import write_json
from nottingham.models import devices
from nottingham.music.tune import read_named
from stages import run


def main(*names: str) -> None:
    """Run the stage."""
    devices.use_all_cores()
    seed = params.load().evaluate.seed
    dataset = streams.load("data/windows.npz")
    tunes = read_named("data/tunes.jsonl", dataset.ids.tolist())
    meters = {id_: tune.meter for id_, tune in tunes.items()}
    origin = provenance.read(Path("data/raw"))
    predictions: dict[int, dict[str, scoring.Predictions]] = {split.TRAIN: {}, split.TEST: {}}
    for name in names:
        model = models.load(f"models/{name}", representation=dataset.representation)
        for part, given in predictions.items():
            given[name] = scoring.evaluate(model, dataset, part, seed=seed, progress=name)
    parts = comparison.parts(dataset, predictions)
    for name in names:
        write_json(f"reports/metrics/{name}.json", comparison.record(parts, name, origin))
    analysis = comparison.analysis(parts, dataset, meters, seed=seed)
    write_json("reports/analysis.json", analysis)


if __name__ == "__main__":
    run(main, models="+")
