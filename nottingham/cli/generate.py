"""``nottingham generate``: new tunes, from a primer or from nothing, as files to open."""

import argparse
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import Any

from nottingham.cli import options
from nottingham.cli.project import Project, add_model
from nottingham.cli.writer import Writer
from nottingham.errors import InputError
from nottingham.formats import writers
from nottingham.generation.request import TEMPERATURE, TEMPERATURE_CONTINUED, usual_temperature
from nottingham.music import dances
from nottingham.music.tune import Tune

_RANDOM = Path("random")
_FORMATS = "mid,abc,musicxml,wav,svg"
_EXAMPLES = """\
examples:
  nottingham generate --dance jig --key D --form AABB      a jig in D, from nothing
  nottingham generate --primer my.abc --bars 32 --count 5  five continuations of your own beginning
  nottingham generate --primer random --original           continues a test tune, and not by heart
  nottingham generate --temperature 0.8 --end-on-tonic --key Em
"""


def add_to(commands: Any) -> None:
    """Add the command to a parser's commands."""
    parser = commands.add_parser(
        "generate",
        help="write new tunes",
        description="Write new tunes and save them as MIDI, ABC, MusicXML, sound and score.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    _add_tune(parser.add_argument_group("the tune"))
    _add_manner(parser.add_argument_group("how it is written"))
    _add_files(parser.add_argument_group("files"))


def _add_tune(what: Any) -> None:
    what.add_argument(
        "--primer",
        type=Path,
        metavar="FILE",
        help="a tune's beginning, to be continued: ABC, MIDI or MusicXML; or random: the first "
        "four measures of a test tune",
    )
    what.add_argument(
        "--bars", type=int, default=32, help="measures in all, the primer's included (32)"
    )
    what.add_argument(
        "--dance", default="", help=f"one of {', '.join(dances.NAMES)}; for models of notes"
    )
    what.add_argument(
        "--form",
        default="",
        help="as in AABB, a letter for each section of eight measures, of the first four at most; "
        "for models of notes",
    )
    what.add_argument("--meter", default="", help="as in 6/8; a primer keeps its own")
    what.add_argument(
        "--key",
        default="",
        help="as in D, Em or 'A dorian'; models of a grid draw only its notes; a primer is "
        "transposed to it",
    )
    what.add_argument(
        "--range",
        default="",
        metavar="LOW-HIGH",
        help="as in A3-B5: the lowest and the highest note",
    )
    what.add_argument(
        "--end-on-tonic",
        action="store_true",
        help="end on the tonic of --key, for the last half measure",
    )


def _add_manner(how: Any) -> None:
    add_model(how)
    how.add_argument(
        "--temperature",
        type=float,
        help=f"below 1 safer, above 1 bolder ({TEMPERATURE:g}; of models of notes with a "
        f"primer {TEMPERATURE_CONTINUED:g})",
    )
    how.add_argument(
        "--guidance",
        type=float,
        default=1.3,
        help="weight of dance, form, endings and position against the notes before; 1: as trained "
        "(1.3)",
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
        default=0.95,
        metavar="P",
        help="draw from the likeliest tokens that together have probability P; 1: from all (0.95)",
    )
    how.add_argument(
        "--original",
        action="store_true",
        help="leave out tunes that share more with a training tune than 95 %% of real tunes do",
    )
    how.add_argument(
        "--seed", type=int, default=1, help="the same seed generates the same tunes (1)"
    )


def _add_files(files: Any) -> None:
    files.add_argument("--count", type=int, default=1, help="how many different tunes (1)")
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


def run(chosen: argparse.Namespace) -> None:
    """Write the tunes, and name each file.

    Raises:
        InputError: at the end, if there are fewer than asked for.
    """
    request, endings = options.request(chosen), options.endings(chosen.formats)
    folder = options.folder(chosen.out)
    project = Project(chosen.project)
    primer = _primer(chosen, project)
    model = project.model(chosen.model)
    if chosen.temperature is None:
        usual = usual_temperature(model.representation, primed=primer is not None)
        request = replace(request, sampling=replace(request.sampling, temperature=usual))
    writer = Writer(project, model, primer)
    drawn = writer.tunes(request, original=chosen.original)
    if primer:
        print(f"continues {primer.title} ({primer.id})")
    name = Path(chosen.model).name
    for number, tune in enumerate(drawn.tunes, start=1):
        named = replace(
            tune,
            id=f"{name}-{chosen.seed}-{number}",
            title=f"Tune {number} by {name}, seed {chosen.seed}",
            source=name,
        )
        paths = writers.write(named, folder / _free(folder, named.id), endings)
        print(f"{named.title}: {tune.meter}, {tune.key}; {writer.origin(tune)}")
        print("".join(f"  {path}\n" for path in paths), end="")
    if shortfall := drawn.shortfall(request):
        raise InputError(shortfall)


def _free(folder: Path, name: str) -> str:
    """Return a name that no file of the folder has, with any ending: no tune is written over."""
    taken = {path.stem for path in folder.glob("*")}
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(free for free in names if free not in taken)


def _primer(chosen: argparse.Namespace, project: Project) -> Tune | None:
    if not chosen.primer:
        return None
    if chosen.primer == _RANDOM:
        return project.random_primer(chosen.seed)
    return options.primer(chosen.primer)
