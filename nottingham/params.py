"""The settings of every stage, validated as a whole before any work is done.

``params.yaml`` has one section per stage. A key that is unknown, missing, there twice, of the wrong
type, out of range or at odds with another raises `InputError` with the key's full name, what was
given and what is allowed.
"""

from collections.abc import Iterator
from pathlib import Path
from reprlib import Repr
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from nottingham import yamlfile
from nottingham.errors import InputError

COUNTING = ("random", "hold", "ngram", "kneser-ney", "copy")
"""The models that no section of ``train`` describes."""
_TAKEN = (*COUNTING, "real")  # which is what real tunes are called beside models

_GIVEN = Repr()  # what was given, but not all of a thousand numbers
_GIVEN.maxstring = _GIVEN.maxother = 120
_GIVEN.maxlong = 40
_GIVEN.maxlist = _GIVEN.maxdict = 8


def _whole(value: Any) -> Any:
    """Take 200.0, which is how ``dvc exp run -S key=2e2`` arrives, as the integer 200."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _number(value: Any) -> Any:
    """Take the text "1e-05" as the number it spells."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _track(value: Any) -> Any:
    """Take a place from 1 on, a name, or nothing."""
    value = _whole(value)
    place = isinstance(value, int) and not isinstance(value, bool) and value > 0
    if place or value is None or (isinstance(value, str) and value):
        return value
    raise ValueError("give a track's place, from 1 on, or its name")


Int = Annotated[int, BeforeValidator(_whole), BeforeValidator(_number)]
Float = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_number)]
Seed = Annotated[Int, Field(ge=0, lt=2**32)]
Place = Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^[^\x00]*$")]
"""A path, or a name that may stand where a path does."""
Name = Annotated[str, Field(max_length=64, pattern=r"^[a-z][a-z0-9-]*$")]
"""A model's, which is also that of a folder."""


class Settings(BaseModel):
    """A section: frozen, complete, nothing unknown, nothing coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Download(Settings):
    """Where the tunes come from."""

    corpus: Place
    """A corpus by name, as in `nottingham.corpus.sources`; or the path of a file or folder."""
    archive: Place | None
    """A local archive or folder of the corpus; null: ``NOTTINGHAM_ARCHIVE``, then the network."""


class Parse(Settings):
    """How notation is read."""

    max_skipped_share: Annotated[Float, Field(ge=0, le=1)]
    """The stage fails when a larger share of the tunes cannot be read."""
    melody_track: Annotated[int | str | None, BeforeValidator(_track)]
    """Where MIDI files have the melody, by place from 1 on or by name; null: by rule."""
    jumps: Literal["play", "leave"]
    """Whether D.C., D.S., fine and codas are played, as by `order.playing_order`."""
    scheduler: Annotated[str, Field(pattern=r"^(tcp|tls|ws|wss|ucx)://.+")] | None
    """The address of a Dask cluster that reads the tunes; null: this machine's processes."""


class Window(Settings):
    """The grid, and which tunes train, validate and test."""

    steps_per_measure: Annotated[Int, Field(ge=1, le=96)]
    train_share: Annotated[Float, Field(gt=0, lt=1)]
    """Share of the tunes that train, validation included; the rest tests."""
    valid_share: Annotated[Float, Field(gt=0, lt=1)]
    """Share of the training tunes that validates instead."""
    used_share: Annotated[Float, Field(gt=0, le=1)]
    """Share of the remaining training tunes that train; the others sit out: a learning curve."""
    split: Literal["grouped", "random"]
    """Whether duplicates stay on one side, or fall where they may, as on the poster."""
    seed: Seed
    split_file: Place | None
    """A YAML or JSON file with lists of tune ids under train, valid and test; null: hashed."""


class Network(Settings):
    """One recurrent network and its training."""

    cell: Literal["tanh", "gru", "lstm"]
    units: Annotated[Int, Field(ge=1, le=8192)]
    embedding: Annotated[Int, Field(ge=1, le=8192)]
    """Size of the vectors that stand for what a step is told: its token, interval, candidates …"""
    context: Literal["window", "tune"]
    """What it sees when it predicts: the last 32 steps, or the tune from its start."""
    metrical_position: bool
    """Whether the network is also told which step of the measure comes next."""
    phrase: Annotated[Int, Field(ge=0, le=64)]
    """Told too, in a tune: in which measure of so many, counted from the start; 0: not told."""
    intervals: bool
    """Whether it is told the last interval, and its logits are of intervals as well as tokens."""
    lookbacks: Annotated[list[Annotated[Int, Field(ge=1, le=64)]], Field(max_length=64)]
    """It may copy from so many measures before (those within its context), and from the step
    before. None of them: from nowhere, but for ``longest_match``."""
    longest_match: bool
    """It may copy from the step before, from behind the longest passage that equals the last steps,
    and from behind the longest of those that went on otherwise."""
    precision: Literal["float32", "bfloat16"]
    """In which the recurrence multiplies matrices; all else is float32."""
    objective: Literal["last-step", "every-step"]
    """Loss on the 33rd step of 32-step windows only, or on every step of longer stretches."""
    stretch: Annotated[Int, Field(ge=2, le=4096)]
    """Steps in a training stretch of the every-step objective."""
    batch: Annotated[Int, Field(ge=1, le=65536)]
    """Windows or stretches in an update."""
    epochs: Annotated[Int, Field(ge=1, le=100_000)]
    """An epoch takes as many loss terms as the training tunes have targets."""
    learning_rate: Annotated[Float, Field(gt=0, le=1)]
    """The peak of a schedule that warms up and then falls along a cosine."""
    dropout: Annotated[Float, Field(ge=0, lt=1)]
    """The share of units that each training stretch does without."""
    transpose: Annotated[Int, Field(ge=0, le=24)]
    """Each training stretch is shifted by up to this many semitones either way."""
    keep: Literal["best", "last"]
    """Whether the weights of the epoch with the best validation log-loss are kept, or the last."""
    seed: Seed

    @field_validator("phrase")
    @classmethod
    def _count_from_a_start(cls, phrase: int, info: ValidationInfo) -> int:
        if phrase and info.data.get("context") == "window":
            raise ValueError("0 with context window, which does not see a tune's start")
        return phrase


class Ngram(Settings):
    """The candidates among which validation chooses."""

    max_order: Annotated[Int, Field(ge=1, le=8)]
    """Every n from 1 to this is counted."""
    smoothing: Annotated[
        list[Annotated[Float, Field(ge=1e-9, le=1e9)]], Field(min_length=1, max_length=100)
    ]
    """Values of c in (count + c) / (total + c k)."""


class Evaluate(Settings):
    """The evaluation."""

    seed: Seed
    """Seeds the free continuations of ``rollout_accuracy``, and the draws behind all intervals."""


class Sample(Settings):
    """The tunes that the models write."""

    tunes: Annotated[Int, Field(ge=1, le=1000)]
    """How many test tunes are continued by each model, if there are as many."""
    steps: Annotated[Int, Field(ge=1, le=100_000)]
    """New steps after the first 32 of a test tune."""
    temperature: Annotated[Float, Field(ge=0.01, le=100)]
    """Below 1 the likely gets likelier, above 1 the unlikely."""
    seed: Seed


class Listen(Settings):
    """The page on which the tunes are heard, and its blind test."""

    tunes: Annotated[Int, Field(ge=1, le=100)]
    """How many tunes are shown of each model, begun alike, if there are as many."""
    pairs: Annotated[Int, Field(ge=0, le=100)]
    """How many pairs the blind test has, of the tunes that are left; 0: there is none."""
    blind: Annotated[list[Name], Field(min_length=1, max_length=100)]
    """The models that are set against people there: each in as many pairs, or one more."""
    seed: Seed
    """Draws the tunes, the pairs, and which of a pair comes first."""


class Params(Settings):
    """All of ``params.yaml``."""

    download: Download
    parse: Parse
    window: Window
    train: Annotated[dict[Name, Network], Field(min_length=1)]
    """The networks; each key is a model's name."""
    ngram: Ngram
    evaluate: Evaluate
    sample: Sample
    listen: Listen

    def network(self, name: str) -> Network:
        """Give the section of one network.

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
    """One line for each key that is at odds with one of another section."""
    for name in params.train:
        if name in _TAKEN:
            yield f"  train.{name}: another name, please: there is a model of this one already"
    models = [*COUNTING, *params.train]
    for place, name in enumerate(params.listen.blind):
        if name not in models:
            yield f"  listen.blind.{place}: given {name!r}; allowed: {', '.join(models)}"
        elif name in params.listen.blind[:place]:
            yield f"  listen.blind.{place}: given {name!r} again; allowed: each model once"
    if params.download.archive and params.download.corpus not in ("auto", "nottingham"):
        yield (
            f"  download.archive: given {params.download.archive!r}; allowed with "
            f"download.corpus {params.download.corpus!r}: null, as this corpus has no archive"
        )


def _describe(item: Any) -> str:
    """One line for one wrong key: its full name, what was given, what is allowed."""
    name = ".".join(str(part) for part in item["loc"]) or "the file"
    if item["type"] == "missing":
        return f"  {name}: missing; put it back, as in the params.yaml of this version"
    if item["type"] == "extra_forbidden":
        return f"  {name}: unknown key; allowed here: {', '.join(_keys(item['loc'][:-1]))}"
    allowed = "keys and values" if item["type"] == "model_type" else item["msg"]
    allowed = allowed.removeprefix("Value error, ")
    if item["type"] == "string_type":
        allowed = f"text; on a command line in two pairs of quotes: -S \"{name}='…'\""
    return f"  {name}: given {_GIVEN.repr(item['input'])}; allowed: {allowed}"


def _keys(location: tuple[int | str, ...]) -> list[str]:
    """Name the keys of the section at ``location``."""
    section: Any = Params
    for part in location:
        if get_origin(section) is dict:
            section = get_args(section)[1]
        else:
            section = section.model_fields[part].annotation
    return list(section.model_fields)
