"""Judge the samples: reports/novelty.json and reports/music.json."""

from pathlib import Path

from nottingham import params
from nottingham.corpus.tune import read_tunes
from nottingham.encoding import split, windows
from nottingham.encoding.windows import CONTEXT
from nottingham.evaluation import generated
from nottingham.evaluation.novelty import Known
from nottingham.files import write_json
from nottingham.generation import samples
from stages import run


def main() -> None:
    """Run the stage."""
    seed = params.load().sample.seed
    streams, found = windows.load("data/windows.npz"), samples.load("data/samples.npz")
    tunes = {tune.id: tune for tune in read_tunes("data/tunes.jsonl")}
    trained = [tunes[str(streams.ids[i])] for i in streams.indices(split.TRAIN)]
    begun_as = [tunes[id_] for id_ in found.ids]
    novelty = generated.novelty(
        generated.melodies(found.tokens, begun_as, first=CONTEXT),
        Known(streams.tunes(split.TRAIN)),
        [f"{tune.title} ({tune.id})" for tune in trained],
    )
    music = generated.music(
        generated.melodies(found.tokens, begun_as, first=0),
        steps_per_measure=streams.steps_per_measure,
        seed=seed,
    )
    write_json(Path("reports/novelty.json"), novelty)
    write_json(Path("reports/music.json"), music)


if __name__ == "__main__":
    run(main)
