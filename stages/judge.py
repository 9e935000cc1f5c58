"""Judge the tunes of one model beside real ones: data/judged, reports/music."""

from functools import partial

from nottingham import params
from nottingham.dataset import split, streams
from nottingham.evaluation import generated, player, two_sample
from nottingham.evaluation.originality import Known
from nottingham.files import write_json
from nottingham.generation import samples
from nottingham.generation.samples import GIVEN
from nottingham.models.names import REAL
from nottingham.music.tune import is_of, read_named, read_tunes
from stages import run


def main(name: str) -> None:
    """Run the stage."""
    everything = params.load()
    seed, measures = everything.sample.seed, everything.sample.measures
    dataset = streams.load(f"data/{everything.tokens(name)}.npz")
    representation = dataset.representation
    mine, tested = samples.load(f"data/samples/{name}"), list(read_tunes("data/parts/test.jsonl"))
    tested = [tune for tune in tested if is_of(tune, everything.sample.corpus)]
    by_id = {tune.id: tune for tune in tested}
    found = samples.gather({name: mine}, by_id, measures)
    begun_as = [by_id[id_] for id_ in found.ids]
    trained = [str(dataset.ids[i]) for i in dataset.indices(split.TRAIN)]
    known = read_named("data/parts/train.jsonl", trained)
    continued = generated.melodies(found.tunes, begun_as, representation, first=GIVEN)
    whole = generated.melodies(found.tunes, begun_as, representation, first=0)
    titles = [f"{known[id_].title} ({id_})" for id_ in trained]
    known_tunes = Known(dataset.tunes(split.TRAIN), representation)
    alike = [tune for tune in known.values() if is_of(tune, everything.sample.corpus)]
    see = partial(player.compare, known_rhythms=player.rhythms(alike), seed=seed)
    judged = {
        "originality": generated.originality(continued, known_tunes, titles),
        "music": generated.music(whole, representation=representation, seed=seed),
        "player": {
            "new": see(mine.new, tested),
            "continued": see(mine.continued, found.tunes[REAL], from_measure=GIVEN),
        },
        "two_sample": {
            "new": two_sample.by_dance(mine.new, tested, seed=seed),
            "continued": two_sample.two_sample(
                mine.continued, found.tunes[REAL], seed=seed, from_measure=GIVEN, paired=True
            ),
        },
    }
    write_json(f"data/judged/{name}.json", judged)
    write_json(f"reports/music/{name}.json", generated.summary(judged, name))


if __name__ == "__main__":
    run(main, models=1)
