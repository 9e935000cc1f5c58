"""All of ``params.yaml``, validated as a whole before any work is done.

Each room owns its settings class; here they are put together. A key that is unknown, missing, there
twice, of the wrong type, out of range or at odds with another raises `InputError` with the key's
full name, what was given and what is allowed.
"""

from collections.abc import Iterator
from pathlib import Path
from reprlib import Repr
from typing import Annotated, Any, get_args, get_origin

from pydantic import Field, ValidationError

from nottingham import yamlfile
from nottingham.corpus.settings import DownloadSettings, ParseSettings
from nottingham.dataset.settings import WindowSettings
from nottingham.errors import InputError
from nottingham.evaluation.settings import EvaluationSettings
from nottingham.generation.settings import SampleSettings
from nottingham.listening.settings import ListenSettings
from nottingham.models.counting.settings import NgramSettings
from nottingham.models.names import REAL
from nottingham.models.recurrent.settings import NetworkSettings
from nottingham.models.registry import COUNTING
from nottingham.settings import Name, Settings
from nottingham.training.settings import TrainingSettings

_SHOWN = Repr()  # of a value that was given, not all of a thousand numbers
_SHOWN.maxstring = _SHOWN.maxother = 120
_SHOWN.maxlong = 40
_SHOWN.maxlist = _SHOWN.maxdict = 8


class Network(NetworkSettings, TrainingSettings):
    """A section of ``train``: a recurrent network and its training."""


class Params(Settings):
    """All of ``params.yaml``; sections of stages that a pipeline may lack are None there."""

    download: DownloadSettings
    parse: ParseSettings
    window: WindowSettings
    train: Annotated[dict[Name, Network], Field(min_length=1)]
    """The networks; each key is a model's name."""
    ngram: NgramSettings | None = None
    evaluate: EvaluationSettings
    sample: SampleSettings
    listen: ListenSettings | None = None

    @property
    def models(self) -> tuple[str, ...]:
        """The names of all models."""
        return (*COUNTING, *self.train)

    def required(self, section: str) -> Any:
        """Return a section that a stage needs.

        Raises:
            InputError: if there is none.
        """
        found = getattr(self, section)
        if found is None:
            raise InputError(
                f"{section}: missing; put it back, as in the params.yaml of this version"
            )
        return found

    def tokens(self, model: str) -> str:
        """Return the file of ``data/``, without its ending, that has the tokens of a model."""
        return COUNTING[model].tokens if model in COUNTING else self.network(model).tokens

    def network(self, name: str) -> Network:
        """Return the section of one network.

        Raises:
            InputError: if there is none of this name.
        """
        if name not in self.train:
            raise InputError(f"train.{name}: missing; there are: {', '.join(self.train)}")
        return self.train[name]


def load(path: Path | str = "params.yaml") -> Params:
    """Read and validate the settings file.

    Raises:
        InputError: naming every key that is wrong, what was given and what is allowed.
    """
    try:
        params = Params.model_validate(yamlfile.read(path))
    except ValidationError as error:
        lines = [_describe(item) for item in error.errors()]
        raise InputError("\n".join([f"{path}: wrong settings", *lines])) from error
    if lines := list(_contradictions(params)):
        raise InputError("\n".join([f"{path}: wrong settings", *lines]))
    return params


def _contradictions(params: Params) -> Iterator[str]:
    """Return one line for each key that is at odds with one of another section."""
    for name in params.train:
        if name in (*COUNTING, REAL):
            yield f"  train.{name}: another name, please: there is a model of this one already"
    for name, network in params.train.items():
        others = [other for other, of in params.train.items() if other != name and not of.start]
        if network.start is not None and network.start not in others:
            allowed = ", ".join(others) or "nothing, as there is no other network"
            yield f"  train.{name}.start: given {network.start!r}; allowed: {allowed}"
        if network.corpus is not None and network.tokens == "windows":
            yield (
                f"  train.{name}.corpus: given {network.corpus!r}; allowed: null with tokens "
                "windows, which say nothing of corpora"
            )
    blind = params.listen.blind if params.listen else []
    for position, name in enumerate(blind):
        if name not in params.models:
            yield f"  listen.blind.{position}: given {name!r}; allowed: {', '.join(params.models)}"
        elif name in blind[:position]:
            yield f"  listen.blind.{position}: given {name!r} again; allowed: each model once"
    for position, name in enumerate(params.sample.from_nothing):
        if name not in params.models:
            allowed = ", ".join(params.models)
            yield f"  sample.from_nothing.{position}: given {name!r}; allowed: {allowed}"
    if params.download.archive and not {"auto", "nottingham"} & set(params.download.corpora):
        yield (
            f"  download.archive: given {params.download.archive!r}; allowed with "
            "nottingham among download.corpora; else null"
        )


def _describe(item: Any) -> str:
    """Return one line for one wrong key: its full name, what was given, what is allowed."""
    name = ".".join(str(part) for part in item["loc"]) or "the file"
    if item["type"] == "missing":
        return f"  {name}: missing; put it back, as in the params.yaml of this version"
    if item["type"] == "extra_forbidden":
        return f"  {name}: unknown key; allowed here: {', '.join(_keys(item['loc'][:-1]))}"
    allowed = "keys and values" if item["type"] == "model_type" else item["msg"]
    allowed = allowed.removeprefix("Value error, ")
    if item["type"] == "string_type":
        key = name.removesuffix(".0")  # of a list, which may be given as one text
        allowed = f"text; on a command line in two pairs of quotes: -S \"{key}='…'\""
    return f"  {name}: given {_SHOWN.repr(item['input'])}; allowed: {allowed}"


def _keys(location: tuple[int | str, ...]) -> list[str]:
    """Name the keys of the section at ``location``."""
    section: Any = Params
    for part in location:
        if get_origin(section) is dict:
            section = get_args(section)[1]
        else:
            section = section.model_fields[part].annotation
    return list(section.model_fields)
