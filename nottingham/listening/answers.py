"""The blind test's answers, summed up by model.

Answers are counted as if they were independent. Those of one listener resemble each other, so that
intervals from few listeners are narrower than they ought to be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from scipy.stats import binomtest

from nottingham.errors import InputError
from nottingham.reporting.markdown import sure, table

_LEGEND = """\
In brackets: 95 % intervals (Wilson). Who guesses recognises the person in half of the pairs: where
the interval holds 0.5, these listeners could not tell the model from people."""

_REMEDY = "give files that the page saved"


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class Answer(_Form):
    """An answer to a pair: a person's excerpt and a model's."""

    pair: Annotated[int, Field(ge=1)]
    """Its number on the page."""
    model: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    tune: str
    """The id of the person's tune."""
    person: bool
    """Whether the person's excerpt was recognised as one."""
    play: bool
    """Whether the listener would rather play the person's."""


class Answers(_Form):
    """A file that the listening page saved."""

    nottingham: Literal["listening"]
    version: Literal[1]
    page: str
    """The name of the page's blind test."""
    listener: Annotated[str, Field(min_length=1)]
    """Drawn when the listener began."""
    answers: Annotated[tuple[Answer, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Share:
    """A share of some answers, with its 95 % interval by Wilson (1927)."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """The count divided by the total."""
        return self.count / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval."""
        found = binomtest(self.count, self.of).proportion_ci(method="wilson")
        return float(found.low), float(found.high)


@dataclass(frozen=True)
class Result:
    """The answers of all listeners about one model."""

    model: str
    listeners: int
    recognised: Share
    """Pairs in which the person was recognised."""
    preferred: Share
    """Pairs in which the listener would rather play the person's."""


def read(paths: Sequence[Path]) -> list[Answers]:
    """Read files of answers to the same blind test, each of another listener.

    Raises:
        InputError: naming the file, if it is no such file or does not belong to the others.
    """
    found: dict[Path, Answers] = {}
    for path in paths:
        answers = _read(path)
        for earlier, known in found.items():
            if known.page != answers.page:
                raise InputError(
                    f"{path}: answers to another page's test than {earlier}; sum them up apart"
                )
            if known.listener == answers.listener:
                raise InputError(f"{path}: the same listener's answers as {earlier}; leave one out")
        found[path] = answers
    return list(found.values())


def results(files: Sequence[Answers]) -> list[Result]:
    """Sum up answers, by model in alphabetical order."""
    by_model: dict[str, list[tuple[str, Answer]]] = {}
    for file in files:
        for answer in file.answers:
            by_model.setdefault(answer.model, []).append((file.listener, answer))
    return [
        Result(
            model=model,
            listeners=len({listener for listener, _ in said}),
            recognised=Share(sum(answer.person for _, answer in said), len(said)),
            preferred=Share(sum(answer.play for _, answer in said), len(said)),
        )
        for model, said in sorted(by_model.items())
    ]


def markdown(found: Sequence[Result]) -> str:
    """Write results as a table, and how to read it."""
    header = ["model", "listeners", "pairs", "person recognised", "would rather play the person's"]
    rows = [
        [
            result.model,
            str(result.listeners),
            str(result.recognised.of),
            *(
                sure(share.value, share.interval, digits=3)
                for share in (result.recognised, result.preferred)
            ),
        ]
        for result in found
    ]
    return f"{table(header, rows)}\n\n{_LEGEND}\n"


def _read(path: Path) -> Answers:
    try:
        answers = Answers.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); {_REMEDY}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(
            f"{path}: no answers of the listening page in it ({where}: {first['msg']}); {_REMEDY}"
        ) from error
    pairs = [answer.pair for answer in answers.answers]
    if len(set(pairs)) < len(pairs):
        raise InputError(f"{path}: a pair is answered twice; give the file as the page saved it")
    return answers
