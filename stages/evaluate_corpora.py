"""Evaluate a model of several corpora on the test tunes of each: reports/corpora."""

from pathlib import Path

from nottingham import models, params
from nottingham.corpus import provenance
from nottingham.dataset import split, streams
from nottingham.evaluation import comparison
from nottingham.files import write_json
from nottingham.models import devices
from nottingham.music.tune import read_named, read_tunes
from stages import run


def main(name: str) -> None:
    """Run the stage; the figures of the first corpus are those of the model, as of any other."""
    devices.use_all_cores()
    everything = params.load()
    seed, dataset = everything.evaluate.seed, streams.load(f"data/{everything.tokens(name)}.npz")
    ids = [str(dataset.ids[i]) for i in dataset.indices(split.TEST)]
    tunes = read_named("data/parts/test.jsonl", ids)
    model = models.load(f"models/{name}", representation=dataset.representation)
    trained = list(read_tunes("data/parts/train.jsonl"))
    found = {}
    for origin in provenance.read(Path("data/parts")):
        corpus = origin["corpus"]
        own = dataset.of_corpus(corpus)
        parts = comparison.evaluate(
            model, own, tunes, parts=(split.TEST,), seed=seed, progress=f"{name}, {corpus}"
        )
        record = comparison.record(parts, name, [origin], dataset.representation)
        analysis = comparison.analysis(parts, own, tunes, trained, seed=seed)
        found[corpus] = {
            **record,
            "licence": origin["licence"],
            "intervals": analysis["intervals"]["test"],
            "groups": analysis["written"],
        }
        if len(found) == 1:
            write_json(f"../reports/metrics/{name}.json", record)
    write_json(f"reports/corpora/{name}.json", found)


if __name__ == "__main__":
    run(main, models=1)
