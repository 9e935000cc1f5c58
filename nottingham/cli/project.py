"""What a trained pipeline leaves in its folder, found from wherever the command is run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nottingham import models
from nottingham.corpus.tune import Tune, read_tunes
from nottingham.encoding import split, windows
from nottingham.encoding.windows import Streams
from nottingham.errors import InputError
from nottingham.generation.rhythm import Meters
from nottingham.models.base import Model


def add_model(parser: Any) -> None:
    """Add the options that say which model of which project is meant."""
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
        self._folder = folder

    def model(self, name: str) -> Model:
        """Load a model by its name, or from the folder that is named.

        Raises:
            InputError: if there is none, saying which there are and what makes them.
        """
        named = Path(name)
        path = named if named.is_dir() else self._folder / "models" / name
        if not path.is_dir():
            trained = sorted(p.parent.name for p in self._folder.glob("models/*/settings.json"))
            there = f"there are: {', '.join(trained)}" if trained else "there is none yet"
            raise InputError(
                f"no model {name!r}; {there}; make repro trains them, in {self._folder.resolve()}"
            )
        return models.load(path)

    @property
    def streams(self) -> Streams:
        """The tunes that the models were trained and tested on, as tokens."""
        return windows.load(self._folder / "data" / "windows.npz")

    def tunes(self) -> Iterator[Tune]:
        """Read them as notes."""
        return read_tunes(self._folder / "data" / "tunes.jsonl")

    def meters(self, streams: Streams) -> Meters:
        """Learn the rhythms of meters from the training tunes."""
        trained = set(streams.indices(split.TRAIN).tolist())
        places = {str(id_): i for i, id_ in enumerate(streams.ids)}
        return Meters.of(
            (
                (tune.meter, streams.tune(places[tune.id]))
                for tune in self.tunes()
                if places.get(tune.id) in trained and not tune.meter_changes
            ),
            streams.steps_per_measure,
        )
