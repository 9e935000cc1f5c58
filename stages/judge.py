"""Judge the tunes of one model beside real ones: data/judged, reports/music."""

from nottingham import params
from nottingham.dataset import split, streams
from nottingham.evaluation import generated, player, two_sample
from nottingham.evaluation.originality import Known
from nottingham.files import write_json
from nottingham.generation import samples
from nottingham.generation.samples import GIVEN
from nottingham.models.names import REAL
from nottingham.music.tune import read_named, read_tunes
from stages import run


def main(name: str) -> None:
    """Run the stage."""
    everything = params.load()
    seed, dataset = everything.sample.seed, streams.load(f"data/{everything.tokens(name)}.npz")
    representation = dataset.representation
    mine, tested = samples.load(f"data/samples/{name}"), list(read_tunes("data/parts/test.jsonl"))
    by_id = {tune.id: tune for tune in tested}
    found = samples.gather({name: mine}, by_id, everything.sample.measures)
    begun_as = [by_id[id_] for id_ in found.ids]
    trained = [str(dataset.ids[i]) for i in dataset.indices(split.TRAIN)]
    known = read_named("data/parts/train.jsonl", trained)
    originality = generated.originality(
        generated.melodies(found.tunes, begun_as, representation, first=GIVEN),
        Known(dataset.tunes(split.TRAIN), representation),
        [f"{known[id_].title} ({id_})" for id_ in trained],
    )
    music = generated.music(
        generated.melodies(found.tunes, begun_as, representation, first=0),
        representation=representation,
        seed=seed,
    )
    rhythms, real = player.rhythms(list(known.values())), found.tunes[REAL]
    seen = {
        "new": player.compare(mine.new, tested, known_rhythms=rhythms, seed=seed)
        if mine.new
        else None,
        "continued": player.compare(
            mine.continued, real, known_rhythms=rhythms, seed=seed, from_measure=GIVEN
        ),
    }
    told_apart = {
        "new": two_sample.by_dance(
            mine.new, tested, measures=everything.sample.measures, seed=seed
        ),
        "continued": two_sample.two_sample(mine.continued, real, seed=seed, from_measure=GIVEN),
        "control": two_sample.control(real, seed=seed, from_measure=GIVEN),
    }
    document = {"originality": originality, "music": music}
    write_json(f"data/judged/{name}.json", document | {"player": seen, "two_sample": told_apart})
    summary = generated.summary(originality, music, name)
    write_json(f"reports/music/{name}.json", summary | player.summary(seen, told_apart))


if __name__ == "__main__":
    run(main, models=1)
