"""Judge the samples: reports/novelty.json, reports/music.json, reports/generated.md."""

from pathlib import Path

from nottingham import params
from nottingham.corpus import provenance
from nottingham.corpus.tune import read_named
from nottingham.encoding import split, windows
from nottingham.encoding.windows import CONTEXT
from nottingham.evaluation import generated, verdict
from nottingham.evaluation.novelty import Known
from nottingham.files import write_json, write_text
from nottingham.generation import samples
from nottingham.models.base import REAL
from stages import run


def main() -> None:
    """Run the stage."""
    settings, origin = params.load().sample, provenance.read(Path("data/raw"))
    streams, found = windows.load("data/windows.npz"), samples.load("data/samples.npz")
    samples.require_begun_as(streams, found)
    tunes = read_named("data/tunes.jsonl", streams.ids.tolist())
    trained = [tunes[str(streams.ids[i])] for i in streams.indices(split.TRAIN)]
    begun_as = [tunes[id_] for id_ in found.ids]
    length = found.tokens[REAL].shape[1] // streams.steps_per_measure
    novelty = generated.novelty(
        generated.melodies(found.tokens, begun_as, first=CONTEXT),
        Known(streams.tunes(split.TRAIN)),
        [f"{tune.title} ({tune.id})" for tune in trained],
    )
    music = generated.music(
        generated.melodies(found.tokens, begun_as, first=0),
        steps_per_measure=streams.steps_per_measure,
        seed=settings.seed,
    )
    write_json(Path("reports/novelty.json"), novelty)
    write_json(Path("reports/music.json"), music)
    drawn = {"measures": length, "temperature": settings.temperature}
    write_text(Path("reports/generated.md"), verdict.markdown(novelty, music, origin, **drawn))


if __name__ == "__main__":
    run(main)
