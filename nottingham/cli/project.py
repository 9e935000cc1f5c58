"""A pipeline's folder: its models, tunes and reports."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nottingham import models
from nottingham.dataset import split, streams
from nottingham.dataset.streams import Dataset
from nottingham.errors import InputError
from nottingham.evaluation import written
from nottingham.evaluation.originality import Known
from nottingham.evaluation.percentiles import RealTunes
from nottingham.evaluation.relatives import Relatives
from nottingham.evaluation.single import Reference
from nottingham.generation.rhythm import Meters
from nottingham.generation.samples import GIVEN
from nottingham.models.base import Model
from nottingham.models.names import REAL, REAL_NOTES
from nottingham.music import dances
from nottingham.music.measures import cut
from nottingham.music.tune import Tune, read_named, read_tunes
from nottingham.representation import Representation

_TOKENS = ("windows", "notes")


def add_model(parser: Any) -> None:
    """Add the options ``--model`` and ``--project``."""
    parser.add_argument(
        "--model",
        default="note-lstm",
        metavar="NAME",
        help="a trained model, or the folder of one (note-lstm)",
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

    def model(self, name: str) -> Model:
        """Load a model by its name, or from the folder that is named.

        Raises:
            InputError: if there is none, saying which there are and what makes them.
        """
        path = self._model_folder(name)
        if not path:
            raise self._no_model(name)
        return models.load(path, compiled=False)

    def _model_folder(self, name: str) -> Path | None:
        folders = (self._folder / "models" / name, Path(name))
        return next((folder for folder in folders if (folder / "settings.json").exists()), None)

    def _no_model(self, name: str) -> InputError:
        trained = sorted(p.parent.name for p in (self._folder / "models").glob("*/settings.json"))
        there = f"there are: {', '.join(trained)}" if trained else "there is none yet"
        return InputError(
            f"no model {name!r}; {there}; make repro trains them, in {self._folder.resolve()}; "
            "a pipeline elsewhere is named by --project"
        )

    def dataset(self, representation: Representation) -> Dataset:
        """Return the tunes that a model was trained and tested on, as its tokens.

        Raises:
            InputError: if the pipeline's tunes are in no such representation.
        """
        for name in _TOKENS:
            found = streams.load(self._folder / "data" / f"{name}.npz")
            if found.representation == representation:
                return found
        raise InputError(
            f"the model takes tunes as {representation.settings()}, and in "
            f"{self._folder.resolve()} they are written otherwise: make repro trains it again"
        )

    def random_primer(self, seed: int) -> Tune:
        """Draw a test tune, and return its first measures.

        Raises:
            InputError: if there is none that has a key and one meter.
        """
        tests = read_tunes(self._folder / "data" / "parts" / "test.jsonl")
        tunes = [tune for tune in tests if tune.key and not tune.meter_changes]
        if not tunes:
            raise InputError(
                "--primer random: no test tune has a key and one meter; name a file, or leave "
                "the option out"
            )
        drawn = tunes[np.random.default_rng(seed).integers(len(tunes))]
        return replace(cut(drawn, GIVEN), source="--primer random")

    def trained(self, representation: Representation) -> tuple[Known, list[str]]:
        """Return the training tunes, to compare with, and their ids."""
        dataset = self.dataset(representation)
        ids = [str(dataset.ids[i]) for i in dataset.indices(split.TRAIN)]
        return Known(dataset.tunes(split.TRAIN), representation), ids

    def title(self, id: str) -> str:
        """Return the title of a training tune.

        Raises:
            InputError: if it was not read.
        """
        return read_named(self._training_tunes, [id])[id].title

    def conditions(
        self, representation: Representation, primer: Tune | None, *, dance: str, meter: str
    ) -> tuple[str, str]:
        """Return dance and meter as a model knows them.

        A dance that no training tune names, a polka, is known by its meter alone.

        Raises:
            InputError: naming the option of a dance or a meter that is in the header of no
                training tune, and what can be asked for; or both, if they do not go together.
        """
        if not representation.vocabulary.headers:
            return dance, meter
        trained = self.dataset(representation).tunes(split.TRAIN)
        headings = [representation.heading(tokens) for tokens in trained]
        known_dances = Counter(one.dance for one in headings if one.dance)
        known_meters = Counter(one.meter for one in headings)
        its_meter = dances.METERS.get(dance, "")
        if dance not in known_dances and its_meter in known_meters and meter in ("", its_meter):
            dance, meter = "", its_meter
        for option, asked, known in (
            ("--dance", dance, known_dances),
            ("--meter", meter, known_meters),
        ):
            if asked and asked not in known:
                names = ", ".join(name for name, _ in known.most_common()) or "none"
                raise InputError(
                    f"{option} {asked}: the model was trained on no such tunes; name one of {names}"
                )
        of_all = meter or (primer.meter if primer else "")
        together = any((one.dance, one.meter) == (dance, of_all) for one in headings)
        if dance and of_all and not together and not dances.is_usual(dance, of_all):
            raise InputError(
                f"--dance {dance}: that is not in {of_all}; leave it out, or take another meter"
            )
        return dance, meter

    def limit(self, representation: Representation) -> dict[str, float]:
        """Return the 95th percentiles of what test tunes have in common with training tunes.

        Raises:
            InputError: if the pipeline has not judged its samples.
        """
        from nottingham.reporting import schemas  # here: pydantic takes a while to import

        sets = schemas.originality(
            self._folder / "reports" / "originality.json", made_by="make repro"
        )["sets"]
        headed = representation.vocabulary.headers and REAL_NOTES in sets
        limit: dict[str, float] = sets[REAL_NOTES if headed else REAL]["limit"]
        return limit

    def meters(self, representation: Representation) -> Meters | None:
        """Return the rhythms of the meters of the training tunes; see `Meters.of_tunes`."""
        return Meters.of_tunes(read_tunes(self._training_tunes), representation)

    def reference(self, model: str) -> Reference | None:
        """Return the pipeline's tunes, with which others are compared; None if there are none.

        The bits of real tunes are those of the test tunes, from which no model has learned; a
        model that the pipeline has not evaluated has none.

        Args:
            model: the name of a model, or its folder.

        Raises:
            InputError: if a file of them is damaged.
        """
        if not self._training_tunes.exists():
            return None
        files = [self._training_tunes.with_name(f"{part}.jsonl") for part in split.NAMES]
        parts = [list(read_tunes(path, may_be_empty=True)) for path in files]
        folder, bits = self._model_folder(model), {}
        path = self._folder / "data" / "evaluated" / (folder.name if folder else "") / "written.npz"
        if folder and folder.parent.resolve() == (self._folder / "models").resolve():
            bits = self._bits(path)
        tunes = [tune for part in parts for tune in part]
        return Reference(RealTunes(tunes, bits=bits), Relatives(parts[split.TRAIN]))

    @staticmethod
    def _bits(path: Path) -> dict[str, float]:
        """Return a model's bits a note of the test tunes, by id."""
        if not path.exists():
            return {}
        ids, found = written.load(path)
        each = zip(ids, found.values, found.counted, strict=True)
        return {id_: float(bits / notes) for id_, bits, notes in each if notes}

    def no_reference(self) -> str:
        """Return the message that there is nothing to compare with, and what makes it."""
        return (
            f"no comparison with real tunes: {self._training_tunes} is missing; make repro makes "
            "it, or name a pipeline's folder by --project"
        )

    @property
    def _training_tunes(self) -> Path:
        return self._folder / "data" / "parts" / "train.jsonl"
