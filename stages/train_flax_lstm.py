"""Train one recurrent network: models/<name>, its curve, the figures of the epoch kept."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from nottingham import params
from nottingham.dataset import streams
from nottingham.dataset.preflight import require_lengths
from nottingham.models import devices
from nottingham.models.recurrent.model import RecurrentArchitecture, RecurrentModel
from nottingham.training import history, loop, preflight
from stages import run


def main(name: str) -> None:
    """Run the stage."""
    everything = params.load()
    settings = everything.network(name)
    dataset = streams.load(f"data/{settings.tokens}.npz")
    trainings = {
        name: (RecurrentArchitecture(section, dataset.representation), section)
        for name, section in everything.train.items()
        if section.tokens == settings.tokens
    }
    require_lengths(dataset, everything)
    devices.join()
    devices.use_all_cores()
    preflight.require_memory(trainings)
    preflight.require_corpus(name, settings.corpus, dataset.representation.corpora)
    architecture = trainings[name][0]
    if settings.start is not None:
        folder = f"models/{settings.start}"
        architecture = replace(architecture, first=RecurrentModel.read(folder))
        preflight.require_same(name, architecture)
    model, epochs, checkpoint = loop.train(
        architecture,
        dataset,
        settings,
        name=name,
        scratch=Path(".training"),
        follow=partial(history.write, f"reports/curves/{name}.csv"),
    )
    if devices.first():
        kept = history.kept(epochs, settings.keep)
        history.write_metrics(f"reports/training/{name}.json", kept)
        model.save(f"models/{name}")
        checkpoint.forget()


if __name__ == "__main__":
    run(main, models=1)
