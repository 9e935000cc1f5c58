"""``nottingham evaluate``: what surprises a model in a tune, and how it compares with real ones."""

import argparse
import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from nottingham import corpus
from nottingham.cli.project import add_model, choose
from nottingham.errors import InputError
from nottingham.evaluation import single
from nottingham.evaluation.percentiles import BITS
from nottingham.music import note_values
from nottingham.music.tune import Tune

_WIDTH = 40  # characters of the longest bar
_UNUSUAL = 10
"""A percentile below this, or as near to 100, is printed; that of the bits always is."""
_NAMES = {
    BITS: "bits a note from measure 5 on",
    "notes_a_measure": "notes a measure",
    "repeated_notes": "repeated notes",
    "range": "range in semitones",
    "steps": "steps",
    "leaps": "leaps",
    "repeats_4": "repeats after 4 measures",
    "repeats_8": "repeats after 8 measures",
    "sections_on_tonic": "sections that end on the tonic",
    "long_notes": "notes of a measure or longer",
}
_NUMBERS = (BITS, "notes_a_measure", "range")
"""Figures that are no shares."""


def add_to(commands: Any) -> None:
    """Add the command to a parser's commands."""
    parser = commands.add_parser(
        "evaluate",
        help="print how surprising tunes are to a model, and how they compare with real ones",
        description="Print the surprisal of each measure of a tune, given the measures before: few "
        "bits where the tune goes on as the model predicts, many where it does not; the notes that "
        "surprise most; the percentiles of what a player sees among real tunes of the dance; and "
        "the training tune that shares the longest passage. Measures are counted in playing order, "
        "repeats played out.",
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="ABC, MIDI or MusicXML, or a folder"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON document instead, for scripts"
    )
    add_model(parser)


def run(chosen: argparse.Namespace) -> None:
    """Print the evaluation of each tune.

    Raises:
        InputError: at the end, if a file has no tune that can be read, or the model cannot take
            one.
    """
    used = choose(chosen.model, chosen.project)
    model, project = used.model, used.project
    reference = project.reference(chosen.model or used.name)
    if not chosen.json:
        print(used.description)
    wrong: list[str] = []
    evaluated = []
    for path in chosen.files:
        for tune in _read(path, wrong):
            try:
                found = single.evaluate(model, tune, reference)
            except InputError as error:
                wrong.append(str(error))
                continue
            if chosen.json:
                evaluated.append(found)
            else:
                print("\n".join(_lines(found)) + "\n")
    missing = "" if reference else project.no_reference()
    if chosen.json:
        print(json.dumps({"model": used.name, "missing": missing, "tunes": evaluated}, indent=2))
    elif missing:
        print(missing)
    if wrong:
        raise InputError("\n".join(wrong))


def _read(path: Path, wrong: list[str]) -> Iterator[Tune]:
    """Yield the tunes of a file or folder, and add the messages about the others to a list."""
    try:
        yield from corpus.read(path, skipped=wrong.append)
    except InputError as error:
        wrong.append(str(error))


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is printed of a tune."""
    key = found["key"] + (" (estimated: it names no key)" if found["key_is_estimated"] else "")
    yield (
        f"{found['title']} ({found['source']}), {found['meter']}, {key}: "
        f"{found['bits_per_note']:.2f} bits a note"
    )
    most = max((one["bits"] for one in found["measures"]), default=0.0) or 1.0
    for one in found["measures"]:
        bar = "█" * round(_WIDTH * one["bits"] / most)
        yield f"{one['measure']:5d} {one['bits']:7.1f} {bar}"
    yield "the most surprising notes"
    yield from (f"  {_note(note)}" for note in found["surprising_notes"])
    if found["comparison"]:
        yield from _comparison(found["comparison"])
    if found["nearest"]:
        yield _relative(found["nearest"])


def _note(note: Mapping[str, Any]) -> str:
    """Describe a note, and what was likelier in its place: its pitch or how long it lasts."""
    what = note["note"]
    if note["duration_bits"] > note["pitch_bits"]:
        what += f" ({note_values.name(Fraction(note['duration']))})"
    if note["after"]:
        what += f" after {note['after']}"
    likeliest = f"; likeliest: {note['likeliest']}" if note["likeliest"] else ""
    return f"measure {note['measure']}: {what}, {note['bits']:.1f} bits{likeliest}"


def _comparison(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the percentile of the bits, and of other figures those that are unusual."""
    dance = found["dance"]
    many = dance + ("es" if dance.endswith(("z", "ch")) else "s") if dance else "tunes"
    yield f"beside {found['tunes']} real {many} in {found['meter']}"
    usual = []
    for figure in found["figures"]:
        name, percentile = figure["figure"], figure["percentile"]
        if name != BITS and _UNUSUAL <= percentile <= 100 - _UNUSUAL:
            usual.append(_NAMES[name])
            continue
        value = f"{figure['value']:.2f}" if name in _NUMBERS else f"{figure['value']:.0%}"
        among = f" ({figure['tunes']} test tunes)" if name == BITS else ""
        yield f"  {_NAMES[name]}: {value}, {_place(percentile)}{among}"
    if usual:
        yield f"  within the middle 80 of 100: {', '.join(usual)}"


def _place(percentile: float) -> str:
    """Describe a percentile: ``more than 74 of 100``."""
    word, most = ("more", percentile) if percentile >= 50 else ("less", 100 - percentile)
    return f"{word} than {'all' if most == 100 else f'{int(most)} of 100'}"


def _relative(found: Mapping[str, Any]) -> str:
    """Describe the nearest training tune."""
    name = f"{found['title']} ({found['id']})"
    if found["same"]:
        return f"it is a training tune, {name}, in this or another key: the model has learned it"
    return (
        f"nearest relative: {name}, a training tune: {found['notes']} notes in a row, "
        f"{_where(found['measures'])}; there {_where(found['its_measures'])}"
    )


def _where(measures: list[int]) -> str:
    first, last = measures
    return f"measure {first}" if first == last else f"measures {first} to {last}"
