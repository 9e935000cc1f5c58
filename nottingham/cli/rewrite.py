"""``nottingham rewrite``: measures of one's own tune, written again to fit before and behind."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from nottingham.cli import options
from nottingham.cli.project import choose
from nottingham.errors import InputError
from nottingham.formats import writers
from nottingham.generation import rewriting
from nottingham.generation.request import TEMPERATURE_CONTINUED
from nottingham.generation.rewriting import Suggestion

_EXAMPLES = """\
examples:
  nottingham rewrite my.abc --bars 5-8               three suggestions for measures 5 to 8
  nottingham rewrite my.abc --bars 31-32 --count 10  ten endings
"""


def add_to(commands: Any) -> None:
    """Add the command to a parser's commands."""
    parser = commands.add_parser(
        "rewrite",
        help="write measures of a tune again",
        description="Write measures of a tune again, so that they fit what stands before and "
        "behind; the rest stays to the note. Where the section comes again with the same "
        "measures, as a repeat brings them, they are written alike.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    parser.add_argument("file", type=Path, metavar="FILE", help="a tune: ABC, MIDI or MusicXML")
    parser.add_argument(
        "--bars",
        required=True,
        metavar="FIRST-LAST",
        help="the measures to write, as in 5-8, in playing order; the first full one is 1",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="write these measures only, not where the section comes again",
    )
    options.add_manner(parser, temperature=f"{TEMPERATURE_CONTINUED:g}")
    parser.add_argument("--count", type=int, default=3, help="different suggestions (3)")
    options.add_files(parser)


def run(chosen: argparse.Namespace) -> None:
    """Write the suggestions, the least surprising first, and name each file.

    Raises:
        InputError: at the end, if there are fewer than asked for.
    """
    options.check_numbers(chosen, "count")
    bars, endings = options.measures(chosen.bars), options.endings(chosen.formats)
    options.check_sampling(chosen)
    folder, tune = options.folder(chosen.out), options.tune(chosen.file)
    used = choose(chosen.model, chosen.project)
    model = used.model
    sampling = options.sampling(chosen, model.representation, primed=True)
    found = rewriting.rewrite(
        model,
        tune,
        bars,
        count=chosen.count,
        seed=chosen.seed,
        sampling=sampling,
        everywhere=not chosen.once,
    )
    own, notes = rewriting.surprisal(model, tune), len(tune.notes)
    print(used.description)
    print(f"{tune.title}: {own / notes:.2f} bits a note as it is")
    for number, suggestion in enumerate(found, start=1):
        name = f"{chosen.file.stem}-{bars[0]}-{bars[1]}-{number}"
        credit = f"measures {chosen.bars} by {used.name}, seed {chosen.seed}"
        named = replace(suggestion.tune, id=name, source=used.name, credit=credit)
        paths = writers.write(named, folder / options.free_name(folder, name), endings)
        print(_line(suggestion, number, bars))
        print("".join(f"  {path}\n" for path in paths), end="")
    if len(found) < chosen.count:
        raise InputError(
            f"{len(found)} of the {chosen.count} suggestions asked for were found that differ; try "
            "a higher --temperature, a larger --top-p, or other --bars"
        )


def _line(suggestion: Suggestion, number: int, bars: tuple[int, int]) -> str:
    """Describe a suggestion: how likely it is, and its new measures."""
    from nottingham.formats.abc import writer as abc

    music = abc.excerpt(suggestion.tune, *bars)
    return f"suggestion {number}: {suggestion.bits_a_note:.2f} bits a note\n    " + "    ".join(
        music.splitlines(True)
    )
