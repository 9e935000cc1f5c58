"""Let one model continue test tunes: data/samples/<name>.npz."""

import numpy as np

from nottingham import models, params
from nottingham.dataset import streams
from nottingham.evaluation.surprisal import bits
from nottingham.generation import samples
from nottingham.generation.samples import ModelSamples
from nottingham.models import devices
from nottingham.models.sampling import SamplingConfig, generate
from stages import run


def main(name: str) -> None:
    """Run the stage."""
    devices.use_all_cores()
    settings, dataset = params.load().sample, streams.load("data/windows.npz")
    ids, real = samples.begin(dataset, settings.tunes, steps=settings.steps, seed=settings.seed)
    model = models.load(f"models/{name}", representation=dataset.representation).unbounded()
    tokens = generate(
        model,
        real[:, : dataset.representation.window],
        steps=settings.steps,
        seed=settings.seed,
        sampling=SamplingConfig(settings.temperature),
    )
    surprisal = (np.stack(bits(model, list(tunes))) for tunes in (tokens, real))
    samples.save(f"data/samples/{name}.npz", ModelSamples(ids, tokens, *surprisal))


if __name__ == "__main__":
    run(main, models=1)
