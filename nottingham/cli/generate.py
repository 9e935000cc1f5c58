"""``nottingham generate``: new tunes, from a primer or from nothing, as files to open."""

import argparse
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from nottingham.cli import options
from nottingham.cli.project import Project, choose
from nottingham.cli.writer import Writer
from nottingham.errors import InputError
from nottingham.formats import book, writers
from nottingham.generation import titles
from nottingham.generation.request import TEMPERATURE, TEMPERATURE_CONTINUED, usual_corpus
from nottingham.music import dances
from nottingham.music.tune import Tune

_RANDOM = Path("random")
_ANY = "any"
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
        "--corpus",
        metavar="NAME",
        help="whose style it has, for models of several corpora: one of these, or any (the first)",
    )
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
        help="end on the tonic; of models of a grid, that of --key for the last half measure",
    )


def _add_manner(how: Any) -> None:
    options.add_manner(
        how,
        temperature=f"{TEMPERATURE:g}; of models of notes with a primer {TEMPERATURE_CONTINUED:g}",
        for_new=True,
    )
    how.add_argument(
        "--original",
        action="store_true",
        help="leave out tunes that share more with a training tune than 95 %% of real tunes do",
    )


def _add_files(files: Any) -> None:
    files.add_argument("--count", type=int, default=1, help="how many different tunes (1)")
    options.add_files(files)
    files.add_argument(
        "--book",
        type=Path,
        metavar="FILE",
        help="a tunebook of all the tunes: an .abc file, or an .svg of several pages",
    )


def run(chosen: argparse.Namespace) -> None:
    """Write the tunes, and name each file.

    Raises:
        InputError: at the end, if there are fewer than asked for.
    """
    request, endings = options.request(chosen), options.endings(chosen.formats)
    folder = options.folder(chosen.out)
    if chosen.book:
        book.check(chosen.book)
    name, model, project = used = choose(chosen.model, chosen.project, for_new=True)
    corpus = usual_corpus(model.representation) if chosen.corpus is None else chosen.corpus
    request = replace(request, corpus="" if corpus == _ANY else corpus)
    primer = _primer(chosen, project, request.corpus)
    sampling = options.sampling(chosen, model.representation, primed=primer is not None)
    request = replace(request, sampling=sampling)
    writer = Writer(used, primer)
    print(used.description)
    if primer:
        print(f"continues {primer.title} ({primer.id})")
    written: list[Tune] = []

    def write(tune: Tune) -> None:
        number, first = len(written) + 1, written[0] if written else tune
        series = zlib.crc32(repr(first.notes).encode())  # other titles for other requests
        named = replace(
            tune,
            id=f"{name}-{chosen.seed}-{number}",
            title=titles.title(series, number, dances.named(tune)),
            source=name,
            credit=f"written by {name}, seed {chosen.seed}, tune {number}",
        )
        written.append(named)
        paths = writers.write(named, folder / options.free_name(folder, named.id), endings)
        dance = f"{named.rhythm}, " if named.rhythm else ""
        print(f"{named.title}: {dance}{tune.meter}, {tune.key}; {writer.origin(tune)}")
        print("".join(f"  {path}\n" for path in paths), end="", flush=True)

    drawn = writer.tunes(request, original=chosen.original, keep=write)
    if chosen.book and written:
        print("".join(f"{path}\n" for path in book.write(written, chosen.book)), end="")
    if shortfall := drawn.shortfall(request):
        raise InputError(shortfall)


def _primer(chosen: argparse.Namespace, project: Project, corpus: str) -> Tune | None:
    if not chosen.primer:
        return None
    if chosen.primer == _RANDOM:
        return project.random_primer(chosen.seed, corpus)
    return options.tune(chosen.primer)
