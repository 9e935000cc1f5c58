"""Judge the samples of one model beside real tunes: data/judged, reports/summary."""

from nottingham import params
from nottingham.dataset import split, streams
from nottingham.evaluation import generated
from nottingham.evaluation.originality import Known
from nottingham.files import write_json
from nottingham.generation import samples
from nottingham.music.tune import read_named
from stages import run


def main(name: str) -> None:
    """Run the stage."""
    settings, dataset = params.load().sample, streams.load("data/windows.npz")
    representation = dataset.representation
    found = samples.gather(dataset, {name: samples.load(f"data/samples/{name}.npz", dataset)})
    trained = [str(dataset.ids[i]) for i in dataset.indices(split.TRAIN)]
    tunes = read_named("data/tunes.jsonl", [*trained, *found.ids])
    begun_as = [tunes[id_] for id_ in found.ids]
    originality = generated.originality(
        generated.melodies(found.tokens, begun_as, first=representation.window),
        Known(dataset.tunes(split.TRAIN), representation),
        [f"{tunes[id_].title} ({id_})" for id_ in trained],
    )
    music = generated.music(
        generated.melodies(found.tokens, begun_as, first=0),
        representation=representation,
        seed=settings.seed,
    )
    write_json(f"data/judged/{name}.json", {"originality": originality, "music": music})
    write_json(f"reports/summary/{name}.music.json", generated.summary(originality, music, name))


if __name__ == "__main__":
    run(main, models=1)
