"""``nottingham evaluate``: how likely a model finds tunes, bar by bar."""

import argparse
from pathlib import Path
from typing import Any

from nottingham import corpus
from nottingham.cli.project import Project, add_model
from nottingham.errors import InputError
from nottingham.evaluation import surprisal
from nottingham.models.base import Model
from nottingham.music.tune import Tune

_WIDTH = 40  # characters of the longest bar


def add_to(commands: Any) -> None:
    """Add the command to a parser's commands."""
    parser = commands.add_parser(
        "evaluate",
        help="say how likely a model finds tunes, bar by bar",
        description="Say how many bits each bar of a tune tells a model that has heard the bars "
        "before: few where it goes on as expected, many where it surprises.",
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="ABC, MIDI or MusicXML, or a folder"
    )
    add_model(parser)


def run(chosen: argparse.Namespace) -> None:
    """Print each tune's bars.

    Raises:
        InputError: at the end, if a file has no tune that can be read.
    """
    project = Project(chosen.project)
    model = project.model(chosen.model)
    unread = []
    for path in chosen.files:
        tune = None
        for tune in corpus.read(path):
            print(_told(tune, model))
        if not tune:
            unread.append(str(path))
    if unread:
        raise InputError(f"no tune could be read from {', '.join(unread)}; give other files")


def _told(tune: Tune, model: Model) -> str:
    tokens = model.representation.encode(tune)
    (bits,) = surprisal.bits(model, [tokens])
    lines = [
        f"{tune.title} ({tune.source}), {tune.meter}, {tune.key or 'no key'}: "
        f"{bits.sum() / len(tokens):.2f} bits a step"
    ]
    for number, value in enumerate(bits, start=0 if tune.upbeat else 1):
        lines.append(f"{number:5d} {value:7.1f} {'█' * round(_WIDTH * value / bits.max())}")
    return "\n".join(lines) + "\n"
