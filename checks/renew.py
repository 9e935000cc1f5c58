"""What programs write into docs/: the graph of the stages, and the tables of the data card.

Each part lies between two comments, the first of which names it. A test compares what is there with
what would be written now.

    python -m checks.renew    # make docs; needs make repro
"""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from checks import data_card
from nottingham.errors import InputError, exit_on_error
from nottingham.files import write_text


@dataclass(frozen=True)
class Part:
    """Something that a program writes into a document."""

    document: Path
    name: str
    """What the comment before it says."""
    write: Callable[[Path], str]
    """Gives the text for a project's folder."""


def graph(project: Path) -> str:
    """Draw the stages as a Mermaid diagram, as ``dvc dag --mermaid`` prints them."""
    drawn = subprocess.run(
        [sys.executable, "-m", "dvc", "dag", "--mermaid"],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    return f"```mermaid\n{drawn.stdout.strip()}\n```\n"


def tables(project: Path) -> str:
    """Count the tunes anew."""
    return data_card.tables(data_card.load(project))


PARTS = (
    Part(Path("docs/pipeline.md"), "dvc dag --mermaid", graph),
    Part(Path("docs/data.md"), "python -m checks.data_card", tables),
)


def between(text: str, part: Part) -> re.Match[str]:
    """Find a part in its document's text: the match's group 2.

    Raises:
        InputError: if one of its two comments is missing.
    """
    name = re.escape(part.name)
    found = re.search(f"(<!-- {name} -->\n\n)(.*?)(\n<!-- end -->\n)", text, re.DOTALL)
    if not found:
        raise InputError(f"{part.document}: no part between <!-- {part.name} --> and <!-- end -->")
    return found


def main() -> None:
    """Write every part anew, and say which were stale."""
    for part in PARTS:
        text, new = part.document.read_text(), part.write(Path())
        there = between(text, part)
        write_text(part.document, text[: there.start(2)] + new + text[there.end(2) :])
        print(f"{part.document}: {'as it was' if there[2] == new else 'written anew'}")


if __name__ == "__main__":
    with exit_on_error():
        main()
