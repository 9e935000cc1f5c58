"""The options of the command line as values; a wrong one is refused with what was given."""

import argparse
import warnings
from pathlib import Path

from nottingham.corpus import collection
from nottingham.errors import InputError
from nottingham.formats import unfold, writers
from nottingham.generation.constraints import Constraints
from nottingham.generation.request import MOST_BARS, TEMPERATURE, Request
from nottingham.models.sampling import SamplingConfig
from nottingham.music import dances, forms, keys, limits, pitches
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.timeline import SECTION
from nottingham.music.tune import Tune, measure_length

_WHOLE_NUMBERS = {
    "bars": (2, MOST_BARS),
    "count": (1, 10_000),
}


def request(chosen: argparse.Namespace) -> Request:
    """Read the options that describe the tunes to generate.

    Raises:
        InputError: if an option is out of range, or two do not go together.
    """
    _check_numbers(chosen)
    return Request(
        bars=chosen.bars,
        count=chosen.count,
        seed=chosen.seed,
        meter=_meter(chosen.meter),
        dance=_dance(chosen.dance),
        form=_form(chosen.form, chosen.bars),
        constraints=_constraints(chosen),
        sampling=SamplingConfig(
            TEMPERATURE if chosen.temperature is None else chosen.temperature,
            chosen.top_k,
            chosen.top_p,
            chosen.guidance,
        ),
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


def primer(path: Path) -> Tune:
    """Read a primer.

    Raises:
        InputError: if there is no such file, or not one tune in it, or one that cannot be read.
    """
    tunes = list(collection.read_all(path))
    if len(tunes) != 1:
        raise InputError(
            f"{path}: it holds {len(tunes)} tunes; a primer is one: give a file of that alone"
        )
    (tune,) = tunes
    if isinstance(tune, collection.Skipped):
        raise InputError(f"{path}: its tune cannot be read: {tune.reason}")
    for remark in tune.remarks:
        warnings.warn(f"{tune.id} in {tune.source}: {remark}", stacklevel=2)
    return tune


def folder(path: Path) -> Path:
    """Read the folder for the files.

    Raises:
        InputError: if that is a file.
    """
    if path.exists() and not path.is_dir():
        raise InputError(f"--out {path}: there is a file of this name; name a folder")
    return path


def _check_numbers(chosen: argparse.Namespace) -> None:
    for name, (least, most) in _WHOLE_NUMBERS.items():
        value = getattr(chosen, name)
        if not least <= value <= most:
            option = name.replace("_", "-")
            raise InputError(f"--{option} {value}: from {least} to {most:,}, please")
    if chosen.top_k is not None and chosen.top_k < 1:
        raise InputError(f"--top-k {chosen.top_k}: 1 or more, please")
    if chosen.temperature is not None and not 0.01 <= chosen.temperature <= 100:
        raise InputError(f"--temperature {chosen.temperature:g}: from 0.01 to 100, please")
    if not 0 <= chosen.guidance <= 10:
        raise InputError(f"--guidance {chosen.guidance:g}: from 0 to 10, please")
    if not 0 < chosen.top_p <= 1:
        raise InputError(f"--top-p {chosen.top_p:g}: above 0 and at most 1, please")
    if chosen.seed < 0:
        raise InputError(f"--seed {chosen.seed}: 0 or more, please")


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
            f"--form {text}: of {bars} measures a form names {sections} sections of "
            f"{SECTION}; write as many letters, or ask for other --bars"
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
