"""The options of the command line as values; a wrong one is refused with what was given."""

import argparse
import warnings
from itertools import chain, count
from pathlib import Path
from typing import Any

from nottingham.cli.project import add_model
from nottingham.errors import InputError
from nottingham.formats import unfold, writers
from nottingham.generation.constraints import Constraints
from nottingham.generation.request import (
    GUIDANCE,
    GUIDANCE_OF_SEVERAL,
    MOST_BARS,
    TOP_P,
    TOP_P_OF_SEVERAL,
    Request,
    usual_sampling,
)
from nottingham.models.sampling import SamplingConfig
from nottingham.music import dances, forms, keys, limits, pitches
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.timeline import SECTION
from nottingham.music.tune import Tune, measure_length
from nottingham.representation import Representation

_FORMATS = "mid,abc,musicxml,wav,svg"
_WHOLE_NUMBERS = {
    "bars": (2, MOST_BARS),
    "count": (1, 10_000),
}


def add_manner(how: Any, *, temperature: str, for_new: bool = False) -> None:
    """Add the options that say how tokens are drawn.

    Args:
        how: a parser or a group of its options.
        temperature: the usual one, in words.
        for_new: as `project.choose` takes it.
    """
    add_model(how, for_new=for_new)
    how.add_argument(
        "--temperature",
        type=float,
        help=f"below 1 safer, above 1 bolder ({temperature})",
    )
    how.add_argument(
        "--guidance",
        type=float,
        help="weight of dance, form, endings and position against the notes before; 1: as trained "
        f"({GUIDANCE:g}; of models of several corpora {GUIDANCE_OF_SEVERAL:g})",
    )
    how.add_argument(
        "--top-k",
        type=int,
        default=None,
        metavar="K",
        help="draw from the K likeliest tokens only",
    )
    how.add_argument(
        "--top-p",
        type=float,
        metavar="P",
        help="draw from the likeliest tokens that together have probability P; 1: from all "
        f"({TOP_P:g}; of models of several corpora {TOP_P_OF_SEVERAL:g})",
    )
    how.add_argument(
        "--seed", type=int, default=1, help="the same seed generates the same tunes (1)"
    )


def add_files(files: Any) -> None:
    """Add the options that say which files are written, and where."""
    files.add_argument(
        "--formats", default=_FORMATS, help=f"some of {', '.join(writers.FORMATS)} ({_FORMATS})"
    )
    files.add_argument(
        "--out",
        type=Path,
        default=Path("tunes"),
        metavar="FOLDER",
        help="where to put them, beside what is there (tunes)",
    )


def request(chosen: argparse.Namespace) -> Request:
    """Read the options that describe the tunes to generate, but for the draws: `sampling`.

    Raises:
        InputError: if an option is out of range, or two do not go together.
    """
    check_numbers(chosen, "bars", "count")
    check_sampling(chosen)
    return Request(
        bars=chosen.bars,
        count=chosen.count,
        seed=chosen.seed,
        meter=_meter(chosen.meter),
        dance=_dance(chosen.dance),
        form=_form(chosen.form, chosen.bars),
        constraints=_constraints(chosen),
    )


def endings(text: str) -> list[str]:
    """Read the formats: some of `nottingham.formats.writers.FORMATS`.

    Raises:
        InputError: if there is no such format, or none is named.
    """
    found = [ending.strip().lstrip(".").lower() for ending in text.split(",") if ending.strip()]
    if unknown := sorted(set(found) - set(writers.FORMATS)):
        raise InputError(
            f"--formats {unknown[0]}: there is no such format; there are: "
            f"{', '.join(writers.FORMATS)}"
        )
    if not found:
        raise InputError(f"--formats: name some of {', '.join(writers.FORMATS)}")
    return list(dict.fromkeys(found))


def tune(path: Path) -> Tune:
    """Read the one tune of a file.

    Raises:
        InputError: if there is no such file, or not one tune in it, or one that cannot be read.
    """
    from nottingham.corpus import collection  # here: joblib takes a while to import

    tunes = list(collection.read_all(path))
    if len(tunes) != 1:
        raise InputError(
            f"{path}: it holds {len(tunes)} tunes, where one is needed: give a file of that alone"
        )
    (found,) = tunes
    if isinstance(found, collection.Skipped):
        raise InputError(f"{path}: its tune cannot be read: {found.reason}")
    for remark in found.remarks:
        warnings.warn(f"{found.id} in {found.source}: {remark}", stacklevel=2)
    return found


def folder(path: Path) -> Path:
    """Read the folder for the files.

    Raises:
        InputError: if that is a file.
    """
    if path.exists() and not path.is_dir():
        raise InputError(f"--out {path}: there is a file of this name; name a folder")
    return path


def check_numbers(chosen: argparse.Namespace, *names: str) -> None:
    """Refuse whole numbers out of range: those of some options, and the seed.

    Raises:
        InputError: naming the option, and its range.
    """
    for name in names:
        value, (least, most) = getattr(chosen, name), _WHOLE_NUMBERS[name]
        if not least <= value <= most:
            raise InputError(f"--{name} {value}: from {least} to {most:,}, please")
    if chosen.seed < 0:
        raise InputError(f"--seed {chosen.seed}: 0 or more, please")


def check_sampling(chosen: argparse.Namespace) -> None:
    """Refuse settings of the draws that are out of range.

    Raises:
        InputError: naming the option.
    """
    if chosen.top_k is not None and chosen.top_k < 1:
        raise InputError(f"--top-k {chosen.top_k}: 1 or more, please")
    if chosen.temperature is not None and not 0.01 <= chosen.temperature <= 100:
        raise InputError(f"--temperature {chosen.temperature:g}: from 0.01 to 100, please")
    if chosen.guidance is not None and not 0 <= chosen.guidance <= 10:
        raise InputError(f"--guidance {chosen.guidance:g}: from 0 to 10, please")
    if chosen.top_p is not None and not 0 < chosen.top_p <= 1:
        raise InputError(f"--top-p {chosen.top_p:g}: above 0 and at most 1, please")


def sampling(
    chosen: argparse.Namespace, representation: Representation, *, primed: bool
) -> SamplingConfig:
    """Read the options that say how tokens are drawn; see `usual_sampling`."""
    names = ("temperature", "top_k", "top_p", "guidance")
    requested = {name: getattr(chosen, name) for name in names}
    return usual_sampling(representation, primed=primed, **requested)


def _constraints(chosen: argparse.Namespace) -> Constraints:
    lowest, highest = _range(chosen.range)
    key = keys.read(chosen.key) if chosen.key else ""
    try:
        return Constraints(key, lowest=lowest, highest=highest, ends_on_tonic=chosen.end_on_tonic)
    except InputError as error:
        raise InputError(f"--range {chosen.range}, --key {chosen.key}: {error}") from error


def _meter(text: str) -> str:
    try:
        if text:
            measure_length(text)
            unfold.check_meter(text)
        return text
    except (ValueError, UnreadableTuneError) as error:
        raise InputError(
            f"--meter {text}: write it as in 6/8, with a power of 2 below and "
            f"{limits.SHORTEST_MEASURE} to {limits.LONGEST_MEASURE} quarter notes in a measure"
        ) from error


def _dance(text: str) -> str:
    name = text.strip().lower()
    if name and name not in dances.NAMES:
        raise InputError(f"--dance {text}: name one of {', '.join(dances.NAMES)}")
    return name


def measures(text: str) -> tuple[int, int]:
    """Read the first and the last of some measures, as in ``5-8``, or the one.

    Raises:
        InputError: if they are none.
    """
    first, _, last = text.partition("-")
    if not (first.isdecimal() and (last or first).isdecimal()):
        raise InputError(f"--bars {text}: write the first and the last measure, as in 5-8")
    return int(first), int(last or first)


def _form(text: str, bars: int) -> str:
    form, sections = text.strip().upper(), forms.sections(bars)
    if form and form not in forms.NAMES:
        raise InputError(
            f"--form {text}: write a letter for each section, the first is A and each new one has "
            f"the next letter, as in AABB, AABA or ABCD: {forms.MOST_SECTIONS} at most"
        )
    if form and not sections:
        raise InputError(f"--form {text}: a form takes --bars {SECTION} or more")
    if form and len(form) != sections:
        raise InputError(
            f"--form {text}: a tune of {bars} measures has {sections} section"
            f"{'s' * (sections > 1)} of {SECTION} that a form names; write as many letters, or ask "
            "for other --bars"
        )
    return form


def _range(text: str) -> tuple[int, int]:
    if not text:
        return limits.LOWEST_PITCH, limits.HIGHEST_PITCH
    low, _, high = text.partition("-")
    try:
        found = pitches.read(low), pitches.read(high)
    except ValueError as error:
        raise InputError(
            f"--range {text}: write the lowest and the highest note, as in A3-B5 (C4 is middle C)"
        ) from error
    if not limits.LOWEST_PITCH <= found[0] <= found[1] <= limits.HIGHEST_PITCH:
        raise InputError(f"--range {text}: from low to high, on a piano: A0-C8")
    return found


def free_name(folder: Path, name: str) -> str:
    """Return a name that no file of a folder has, with any ending: nothing is written over."""
    taken = {path.stem for path in folder.glob("*")}
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(free for free in names if free not in taken)
