"""``nottingham evaluate``: the surprisal of tunes under a model, measure by measure."""

import argparse
from pathlib import Path
from typing import Any

from nottingham import corpus
from nottingham.cli.project import Project, add_model
from nottingham.errors import InputError
from nottingham.evaluation import surprisal
from nottingham.models.base import Model
from nottingham.music import keys
from nottingham.music.tune import Tune

_WIDTH = 40  # characters of the longest bar


def add_to(commands: Any) -> None:
    """Add the command to a parser's commands."""
    parser = commands.add_parser(
        "evaluate",
        help="print how surprising tunes are to a model, measure by measure",
        description="Print the surprisal of each measure of a tune, given the measures before: few "
        "bits where the tune goes on as the model predicts, many where it does not.",
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="ABC, MIDI or MusicXML, or a folder"
    )
    add_model(parser)


def run(chosen: argparse.Namespace) -> None:
    """Print the surprisal of each tune's measures.

    Raises:
        InputError: at the end, if a file has no tune that can be read.
    """
    project = Project(chosen.project)
    model = project.model(chosen.model)
    unread = []
    for path in chosen.files:
        tune = None
        for tune in corpus.read(path):
            print(_table(tune, model))
        if not tune:
            unread.append(str(path))
    if unread:
        raise InputError(f"no tune could be read from {', '.join(unread)}; give other files")


def _table(tune: Tune, model: Model) -> str:
    tokens = model.representation.encode(tune)
    (bits,) = surprisal.bits(model, [tokens])
    notes = max(1, int(model.representation.begins_note(tokens).sum()))
    lines = [
        f"{tune.title} ({tune.source}), {tune.meter}, {_key(tune)}: "
        f"{bits.sum() / notes:.2f} bits a note"
    ]
    for number, value in enumerate(bits, start=0 if tune.upbeat else 1):
        lines.append(f"{number:5d} {value:7.1f} {'█' * round(_WIDTH * value / bits.max())}")
    return "\n".join(lines) + "\n"


def _key(tune: Tune) -> str:
    """Name the key, and say so where it is estimated."""
    return tune.key or f"{keys.find(tune.notes)} (estimated: it names no key)"
