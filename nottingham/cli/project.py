"""A pipeline's folder: its models, tunes and reports."""

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np

from nottingham import models, pretrained
from nottingham.dataset import split, streams
from nottingham.dataset.streams import Dataset
from nottingham.errors import InputError
from nottingham.evaluation import written
from nottingham.evaluation.originality import Known
from nottingham.evaluation.percentiles import RealTunes
from nottingham.evaluation.relatives import Relatives
from nottingham.evaluation.single import Reference
from nottingham.generation.known import KnownHeadings
from nottingham.generation.rhythm import Meters
from nottingham.generation.samples import GIVEN
from nottingham.models.base import Model
from nottingham.models.names import REAL, REAL_NOTES
from nottingham.music.measures import cut
from nottingham.music.tune import Tune, is_of, read_named, read_tunes
from nottingham.representation import Representation

PACKAGED = pretrained.FOLDER.name
"""The model in the package."""
_USUAL, _FOR_NEW = "note-lstm", "tuned-note-lstm"
"""The model that is used, and the one that writes the best new tunes."""
_JOINT = "joint"
"""The pipeline, within another one's folder, that trains the latter."""
_TOKENS = ("windows", "notes")


def add_model(parser: Any, *, for_new: bool = False) -> None:
    """Add the options ``--model`` and ``--project``; see `choose`."""
    usual = f"{_FOR_NEW}, of {_JOINT}/, or {_USUAL}" if for_new else _USUAL
    parser.add_argument(
        "--model",
        metavar="NAME",
        help=f"a trained model, or the folder of one ({usual}; where none is trained, {PACKAGED}, "
        "which is in the package)",
    )
    parser.add_argument(
        "--project",
        type=Path,
        metavar="FOLDER",
        help="the pipeline's folder, which has models/ and data/ (here)",
    )


class Chosen(NamedTuple):
    """The model of a command."""

    name: str
    model: Model
    project: "Project"
    """Its folder, with the tunes that it is trained on, unless it is the package's."""

    @property
    def description(self) -> str:
        """Return the line that commands print."""
        return f"model: {self.name}, {self.project.origin}"


def choose(name: str | None, folder: Path | None, *, for_new: bool = False) -> Chosen:
    """Load the model of the options ``--model`` and ``--project``.

    Without either, a trained model of the user's takes precedence over the one in the package.

    Args:
        name: a model, or its folder.
        folder: the pipeline's.
        for_new: whether it is for new tunes; then the best model for these takes precedence.

    Raises:
        InputError: if there is no such folder or model, saying which there are.
    """
    project = Project(folder or Path())
    if name is None and for_new and (joint := project.with_tunes(_FOR_NEW)):
        return Chosen(_FOR_NEW, joint.model(_FOR_NEW), joint)
    if name is None and not folder and not project.has(_USUAL):
        name = PACKAGED
    name = name or _USUAL
    is_packaged = name == PACKAGED or Path(name).resolve() == pretrained.FOLDER.resolve()
    if is_packaged and not project.has(name):
        return Chosen(PACKAGED, pretrained.load(), Packaged())
    if not folder and not project.has(name) and Path(name).parent.name == "models":
        project = Project(Path(name).parents[1])
    return Chosen(Path(name).name, project.model(name), project)


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

    @property
    def origin(self) -> str:
        """Return where its models are from, for people."""
        here = self._folder.resolve() == Path.cwd()
        return "trained here" if here else f"trained in {self._folder}"

    def has(self, name: str) -> bool:
        """Return whether a model is trained."""
        is_name = Path(name).name == name
        return is_name and (self._folder / "models" / name / "settings.json").exists()

    def with_tunes(self, name: str) -> "Project | None":
        """Return the first of `joint` and this pipeline that has a model and its tunes."""
        for folder in (self._folder / _JOINT, self._folder):
            needed = (f"models/{name}/settings.json", "data/notes.npz", "data/parts/train.jsonl")
            if all((folder / path).exists() for path in needed):
                return Project(folder)
        return None

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
            f"a pipeline elsewhere is named by --project; --model {PACKAGED} is in the package"
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

    def random_primer(self, seed: int, corpus: str) -> Tune:
        """Draw a test tune, and return its first measures.

        Args:
            seed: the same one draws the same tune.
            corpus: of several, the one that it is of; empty: any.

        Raises:
            InputError: if there is none that has a key and one meter.
        """
        tests = read_tunes(self._folder / "data" / "parts" / "test.jsonl")
        tunes = [t for t in tests if t.key and not t.meter_changes and is_of(t, corpus or None)]
        if not tunes:
            raise InputError(
                "--primer random: no test tune has a key and one meter; name a file, or leave "
                "the option out"
            )
        drawn = tunes[np.random.default_rng(seed).integers(len(tunes))]
        return replace(cut(drawn, GIVEN), source="--primer random")

    def trained(self, representation: Representation) -> tuple[Known, list[str]] | None:
        """Return the training tunes, to compare with, and their ids; None: there are none here."""
        dataset = self.dataset(representation)
        ids = [str(dataset.ids[i]) for i in dataset.indices(split.TRAIN)]
        return Known(dataset.tunes(split.TRAIN), representation), ids

    def title(self, id: str) -> str:
        """Return the title of a training tune.

        Raises:
            InputError: if it was not read.
        """
        return read_named(self._training_tunes, [id])[id].title

    def headings(self, representation: Representation) -> KnownHeadings | None:
        """Return the headings of the training tunes; None where their tokens have none."""
        if not representation.vocabulary.headers:
            return None
        trained = self.dataset(representation).tunes(split.TRAIN)
        return KnownHeadings.of(representation.heading(tokens) for tokens in trained)

    def limit(self, name: str, representation: Representation) -> dict[str, float]:
        """Return the 95th percentiles of what test tunes have in common with training tunes.

        Args:
            name: of a model.
            representation: its own.

        Raises:
            InputError: if the pipeline has not judged its samples.
        """
        from nottingham.reporting import schemas  # here: pydantic takes a while to import

        path = self._folder / "reports" / "originality.json"
        judged = self._folder / "data" / "judged" / f"{name}.json"
        if judged.exists() and not path.exists():  # a pipeline without this report
            own: dict[str, float] = schemas.judged(judged)["originality"]["limit"]
            return own
        sets = schemas.originality(path, made_by="make repro")["sets"]
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


class Packaged(Project):
    """The package itself, which has a model and none of the tunes that it is trained on."""

    origin = "of the package: trained on Ceol Rince na hÉireann, Irish dance tunes"

    def __init__(self) -> None:
        """Take the package's folder."""
        super().__init__(pretrained.FOLDER)

    def headings(self, representation: Representation) -> KnownHeadings:
        """Return the headings of the training tunes."""
        return pretrained.headings()

    def random_primer(self, seed: int, corpus: str) -> NoReturn:
        """Refuse: there are no test tunes.

        Raises:
            InputError: saying what to do.
        """
        raise InputError("--primer random: the package has no test tunes; name a file")

    def trained(self, representation: Representation) -> None:
        """Return None: there are no training tunes to compare with."""

    def limit(self, name: str, representation: Representation) -> NoReturn:
        """Refuse: there are no training tunes.

        Raises:
            InputError: saying what to do.
        """
        raise InputError(
            f"--original: the package has no training tunes of {PACKAGED} to compare with; leave "
            "the option out, or train a model of your own"
        )

    def reference(self, model: str) -> None:
        """Return None: there are no tunes to compare with."""

    def no_reference(self) -> str:
        """Return the message that there is nothing to compare with."""
        return "no comparison with real tunes: the package has none; a model of your own has some"
