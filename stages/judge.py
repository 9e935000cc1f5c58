"""Judge the samples of one model beside real tunes: data/judged, reports/music."""

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
    known = read_named("data/parts/train.jsonl", trained)
    tested = read_named("data/parts/test.jsonl", found.ids)
    begun_as = [tested[id_] for id_ in found.ids]
    originality = generated.originality(
        generated.melodies(found.tokens, begun_as, first=representation.window),
        Known(dataset.tunes(split.TRAIN), representation),
        [f"{known[id_].title} ({id_})" for id_ in trained],
    )
    music = generated.music(
        generated.melodies(found.tokens, begun_as, first=0),
        representation=representation,
        seed=settings.seed,
    )
    write_json(f"data/judged/{name}.json", {"originality": originality, "music": music})
    write_json(f"reports/music/{name}.json", generated.summary(originality, music, name))


if __name__ == "__main__":
    run(main, models=1)
