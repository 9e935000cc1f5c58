"""Judge the samples: reports/novelty.json, reports/music.json, reports/generated.md."""

from pathlib import Path

from nottingham import params
from nottingham.corpus import provenance
from nottingham.dataset import split, streams
from nottingham.evaluation import generated
from nottingham.evaluation.originality import Known
from nottingham.files import write_json, write_text
from nottingham.generation import samples
from nottingham.models.base import REAL
from nottingham.music.tune import read_named
from nottingham.reporting import generated_report
from stages import run


def main() -> None:
    """Run the stage."""
    settings, origin = params.load().sample, provenance.read(Path("data/raw"))
    dataset, found = streams.load("data/windows.npz"), samples.load("data/samples.npz")
    samples.require_begun_as(dataset, found)
    tunes = read_named("data/tunes.jsonl", dataset.ids.tolist())
    trained = [tunes[str(dataset.ids[i])] for i in dataset.indices(split.TRAIN)]
    begun_as = [tunes[id_] for id_ in found.ids]
    length = found.tokens[REAL].shape[1] // dataset.representation.measure_ticks
    novelty = generated.novelty(
        generated.melodies(found.tokens, begun_as, first=dataset.representation.window),
        Known(dataset.tunes(split.TRAIN), dataset.representation),
        [f"{tune.title} ({tune.id})" for tune in trained],
    )
    music = generated.music(
        generated.melodies(found.tokens, begun_as, first=0),
        representation=dataset.representation,
        seed=settings.seed,
    )
    write_json(Path("reports/novelty.json"), novelty)
    write_json(Path("reports/music.json"), music)
    drawn = {"measures": length, "temperature": settings.temperature}
    write_text(
        Path("reports/generated.md"), generated_report.markdown(novelty, music, origin, **drawn)
    )


if __name__ == "__main__":
    run(main)
