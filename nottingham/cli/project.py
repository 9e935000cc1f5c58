"""A pipeline's folder: its models, tunes and reports."""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nottingham import models
from nottingham.dataset import split, streams
from nottingham.dataset.streams import Dataset
from nottingham.errors import InputError
from nottingham.evaluation.originality import Known
from nottingham.generation.rhythm import Meters
from nottingham.models.base import Model
from nottingham.music.tune import Tune, read_named, read_tunes
from nottingham.reporting import schemas


def add_model(parser: Any) -> None:
    """Add the options ``--model`` and ``--project``."""
    parser.add_argument(
        "--model",
        default="tune-lstm",
        metavar="NAME",
        help="a trained model, or the folder of one (tune-lstm)",
    )
    parser.add_argument(
        "--project",
        type=Path,
        default=Path(),
        metavar="FOLDER",
        help="the pipeline's folder, which has models/ and data/ (here)",
    )


class Project:
    """The folder of a pipeline that has run."""

    def __init__(self, folder: Path) -> None:
        """Take a folder, of which nothing is read yet.

        Raises:
            InputError: if there is no such folder.
        """
        if not folder.is_dir():
            raise InputError(f"--project {folder}: there is no such folder; name a pipeline's")
        self._folder = folder
        self._tunes = folder / "data" / "tunes.jsonl"

    def model(self, name: str) -> Model:
        """Load a model by its name, or from the folder that is named.

        Raises:
            InputError: if there is none, saying which there are and what makes them.
        """
        folders = (self._folder / "models" / name, Path(name))
        path = next((folder for folder in folders if (folder / "settings.json").exists()), None)
        if not path:
            raise self._no_model(name)
        from nottingham.models import devices  # here: JAX takes a while to import

        devices.use_all_cores()
        return models.load(path, representation=self.dataset.representation)

    def _no_model(self, name: str) -> InputError:
        trained = sorted(p.parent.name for p in (self._folder / "models").glob("*/settings.json"))
        there = f"there are: {', '.join(trained)}" if trained else "there is none yet"
        return InputError(
            f"no model {name!r}; {there}; make repro trains them, in {self._folder.resolve()}; "
            "a pipeline elsewhere is named by --project"
        )

    @cached_property
    def dataset(self) -> Dataset:
        """The tunes that the models were trained and tested on, as tokens."""
        return streams.load(self._folder / "data" / "windows.npz")

    def random_primer(self, seed: int) -> Tune:
        """Draw a test tune, and return its first tokens, as many as a window has.

        Raises:
            InputError: if there is none that has a key and one meter.
        """
        tests = {str(self.dataset.ids[i]) for i in self.dataset.indices(split.TEST)}
        tunes = [t for t in self.tunes if t.id in tests and t.key and not t.meter_changes]
        if not tunes:
            raise InputError(
                "--primer random: no test tune has a key and one meter; name a file, or leave "
                "the option out"
            )
        drawn = tunes[np.random.default_rng(seed).integers(len(tunes))]
        representation = self.dataset.representation
        begun = representation.encode(drawn)[: representation.window]
        return representation.decode(begun, replace(drawn, source="--primer random"))

    @cached_property
    def trained(self) -> tuple[Known, list[str]]:
        """The training tunes, to compare with, and their titles."""
        ids = [str(self.dataset.ids[i]) for i in self.dataset.indices(split.TRAIN)]
        tunes = read_named(self._tunes, ids)
        titles = [f"{tunes[id_].title} ({id_})" for id_ in ids]
        known = Known(self.dataset.tunes(split.TRAIN), self.dataset.representation)
        return known, titles

    @property
    def limit(self) -> dict[str, float]:
        """The 95th percentiles of what test tunes have in common with training tunes.

        Raises:
            InputError: if the pipeline has not judged its samples.
        """
        limit: dict[str, float] = schemas.originality(
            self._folder / "reports" / "originality.json", made_by="make repro"
        )["limit"]
        return limit

    @cached_property
    def tunes(self) -> tuple[Tune, ...]:
        """The same tunes as notes."""
        return tuple(read_tunes(self._tunes))

    @cached_property
    def meters(self) -> Meters:
        """The rhythms of the meters of the training tunes."""
        trained = set(self.dataset.indices(split.TRAIN).tolist())
        indices = {str(id_): i for i, id_ in enumerate(self.dataset.ids)}
        return Meters.of(
            (
                (tune.meter, self.dataset.tune(indices[tune.id]))
                for tune in self.tunes
                if indices.get(tune.id) in trained and not tune.meter_changes
            ),
            self.dataset.representation,
        )
