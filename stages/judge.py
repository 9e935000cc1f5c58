"""Judge the samples: reports/novelty.json and reports/music.json."""

from pathlib import Path

from nottingham import params
from nottingham.corpus import keys
from nottingham.corpus.tune import Tune, read_tunes
from nottingham.encoding import split, windows
from nottingham.encoding.windows import CONTEXT
from nottingham.evaluation import generated
from nottingham.evaluation.generated import Melody
from nottingham.evaluation.novelty import Known
from nottingham.files import write_json
from nottingham.generation import samples
from nottingham.generation.samples import Samples
from stages import run


def main() -> None:
    """Run the stage."""
    streams, found = windows.load("data/windows.npz"), samples.load("data/samples.npz")
    tunes = {tune.id: tune for tune in read_tunes("data/tunes.jsonl")}
    trained = [str(streams.ids[i]) for i in streams.indices(split.TRAIN)]
    novelty = generated.novelty(
        melodies(found, tunes, first=CONTEXT),
        Known(streams.tunes(split.TRAIN)),
        [f"{tunes[id_].title} ({id_})" for id_ in trained],
    )
    music = generated.music(
        melodies(found, tunes, first=0),
        steps_per_measure=streams.steps_per_measure,
        seed=params.load().sample.seed,
    )
    write_json(Path("reports/novelty.json"), novelty)
    write_json(Path("reports/music.json"), music)


def melodies(found: Samples, tunes: dict[str, Tune], *, first: int) -> dict[str, list[Melody]]:
    """Give the tunes of each model from their step ``first`` on."""
    names = {id_: tunes[id_].key or keys.find(tunes[id_].notes) for id_ in found.ids}
    return {
        model: [
            Melody(id_, tokens[first:], keys.tonic(names[id_]), keys.is_minor(names[id_]))
            for id_, tokens in zip(found.ids, written, strict=True)
        ]
        for model, written in found.tokens.items()
    }


if __name__ == "__main__":
    run(main)
