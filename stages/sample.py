"""Let the models named on the command line continue test tunes: data/samples.npz."""

from nottingham import models, params
from nottingham.dataset import streams
from nottingham.generation import samples
from nottingham.generation.samples import Samples
from nottingham.models import devices
from nottingham.models.base import REAL
from nottingham.models.sampling import SamplingConfig, generate
from stages import run


def main(*names: str) -> None:
    """Run the stage."""
    devices.use_all_cores()
    settings = params.load().sample
    dataset = streams.load("data/windows.npz")
    begun = samples.begin(dataset, settings.tunes, steps=settings.steps, seed=settings.seed)
    written = {
        name: generate(
            models.load(f"models/{name}", representation=dataset.representation).unbounded(),
            begun.tokens[REAL][:, : dataset.representation.window],
            steps=settings.steps,
            seed=settings.seed,
            sampling=SamplingConfig(settings.temperature),
        )
        for name in names
    }
    samples.save("data/samples.npz", Samples(begun.ids, {**begun.tokens, **written}))


if __name__ == "__main__":
    run(main, models="+")
