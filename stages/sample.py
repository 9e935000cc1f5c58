"""Let one model continue test tunes, and write new ones: data/samples/<name>."""

from dataclasses import replace

from nottingham import models, params
from nottingham.evaluation import surprisal
from nottingham.generation import compose, samples
from nottingham.generation.continuation import continued, tokens_of
from nottingham.generation.samples import ModelSamples
from nottingham.models import devices
from nottingham.models.sampling import SamplingConfig
from nottingham.music.tune import is_of, read_tunes
from stages import run


def main(name: str) -> None:
    """Run the stage."""
    devices.use_all_cores()
    settings = params.load().sample
    sampling = SamplingConfig(
        settings.temperature, top_p=settings.top_p, guidance=settings.guidance
    )
    count = settings.measures
    model = models.load(f"models/{name}").unbounded()
    tested = (t for t in read_tunes("data/parts/test.jsonl") if is_of(t, settings.corpus))
    begun = samples.begin(tested, settings.tunes, measures=count, seed=settings.seed)
    continuing = sampling
    if model.representation.vocabulary.headers:
        continuing = replace(sampling, temperature=settings.temperature_continued)
    tunes, tokens = continued(model, begun, measures=count, sampling=continuing, seed=settings.seed)
    bits = [
        tuple(tuple(row[:count].tolist()) for row in surprisal.bits(model, rows))
        for rows in (tokens, tokens_of(model, begun, measures=count))
    ]
    new = []
    if name in settings.from_nothing:
        trained = read_tunes("data/parts/train.jsonl")
        written = compose.of_each_dance(
            model,
            [tune for tune in trained if is_of(tune, settings.corpus)],
            settings.new,
            seed=settings.seed,
            sampling=sampling,
            corpus=settings.corpus or "",
        )
        for dance, some in written.items():
            for number, tune in enumerate(some, start=1):
                title = f"{dance} {number} by {name}"
                new.append(replace(tune, id=f"{dance}/{number}", title=title, source=name))
    samples.save(f"data/samples/{name}", ModelSamples(tuple(tunes), tuple(new), *bits))


if __name__ == "__main__":
    run(main, models=1)
