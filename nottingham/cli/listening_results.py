"""``nottingham listening-results``: the answers of the blind test, summed up."""

import argparse
from pathlib import Path
from typing import Any


def add_to(commands: Any) -> None:
    """Add the command to a parser's commands."""
    parser = commands.add_parser(
        "listening-results",
        help="sum up the blind test's answers",
        description="Sum up the files that listeners saved at the end of the blind test on the "
        "listening page: how often they recognised the person, and whose tune they would rather "
        "play.",
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="one listener's answers"
    )


def run(chosen: argparse.Namespace) -> None:
    """Print the table."""
    from nottingham.listening import answers  # here: SciPy takes a while to import

    print(answers.markdown(answers.results(answers.read(chosen.files))), end="")
