"""Let one model continue test tunes, and write new ones: data/samples/<name>."""

from dataclasses import replace

from nottingham import models, params
from nottingham.evaluation import surprisal
from nottingham.generation import compose, samples
from nottingham.generation.constraints import Constraints
from nottingham.generation.continuation import continued, tokens_of
from nottingham.generation.rhythm import Meters
from nottingham.generation.samples import ModelSamples
from nottingham.models import devices
from nottingham.models.sampling import SamplingConfig
from nottingham.music import dances
from nottingham.music.tune import read_tunes
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
    tested = read_tunes("data/parts/test.jsonl")
    begun = samples.begin(tested, settings.tunes, measures=count, seed=settings.seed)
    tunes, tokens = continued(model, begun, measures=count, sampling=sampling, seed=settings.seed)
    bits = [
        tuple(tuple(row[:count].tolist()) for row in surprisal.bits(model, rows))
        for rows in (tokens, tokens_of(model, begun, measures=count))
    ]
    new = []
    if name in settings.from_nothing:
        trained = [tune for tune in read_tunes("data/parts/train.jsonl") if not tune.meter_changes]
        meters, known = Meters.of_tunes(trained, model.representation), {t.meter for t in trained}
        pitches = [note.pitch for tune in trained for note in tune.notes]
        for dance, meter in dances.METERS.items():
            if meter not in known:  # there is none to have learned it from
                continue
            lengths = samples.lengths(trained, meter, settings.new, seed=settings.seed)
            known_range = Constraints(lowest=min(pitches), highest=max(pitches))
            request = compose.Request(
                count,
                settings.new,
                settings.seed,
                meter,
                constraints=known_range,
                sampling=sampling,
            )
            written = compose.from_nothing(model, meters, request, lengths=lengths)
            for number, tune in enumerate(written, start=1):
                title = f"{dance} {number} by {name}"
                new.append(replace(tune, id=f"{dance}/{number}", title=title, source=name))
    samples.save(f"data/samples/{name}", ModelSamples(tuple(tunes), tuple(new), *bits))


if __name__ == "__main__":
    run(main, models=1)
