"""The documents of the project, taken apart: blocks, commands, links, headings.

Fenced blocks without a language hold commands, one a line; where some begin with a dollar sign, the
other lines are what was printed. ``text`` is what programs print or files hold. Commands in running
text stand between backticks; settings such as ``-S train.lstm.units=384`` count as experiments.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.closure import ROOT

DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "splits/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
COMMANDS = ""
OTHERS = {"text", "json", "yaml", "python", "mermaid"}

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROGRAMS = "make|dvc|nottingham|python -m|srun|rm|ps|apt|pip|grep|git"
_SPOKEN = re.compile(rf"([A-Z_]+=\S+ )?(\.venv/bin/)?({_PROGRAMS}) \S")


@dataclass(frozen=True)
class Block:
    """A fenced block: where it is, its language, its text."""

    document: Path
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"


def blocks(document: Path) -> list[Block]:
    """List the fenced blocks of a document."""
    text = document.read_text()
    return [
        Block(document, text.count("\n", 0, found.start()) + 1, found[1], found[2])
        for found in _FENCED.finditer(text)
    ]


def prose(document: Path) -> str:
    """Give a document without its fenced blocks."""
    return _FENCED.sub("", document.read_text())


def commands() -> list[str]:
    """List every command of the documents once, without the remark behind it."""
    found = [command for document in DOCUMENTS for command in _commands(document)]
    return [c for c in dict.fromkeys(found) if c and not _is_pattern(c)]


def _commands(document: Path) -> Iterator[str]:
    lines = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose(document))]
    lines = [f"dvc exp run {line}" if line.startswith("-S ") else line for line in lines]
    lines = [line for line in lines if _SPOKEN.match(line)]
    for block in blocks(document):
        if block.language == COMMANDS:
            written = block.text.replace("\\\n", " ").splitlines()
            prompted = [line.removeprefix("$ ") for line in written if line.startswith("$ ")]
            lines += prompted or written
    for line in lines:
        yield from re.sub(r"(^|\s+)#.*", "", line).strip().split(" && ")


def _is_pattern(command: str) -> bool:
    """Say whether a command has a place to fill in, as in ``FILE…`` or ``<model>``."""
    return "…" in command or "<" in command


def words(command: str) -> tuple[list[str], list[str]]:
    """Split a command into the names of variables set for it, and its words."""
    left = shlex.split(command)
    names = []
    while left and re.match(r"[A-Z_]+=", left[0]):
        names.append(left.pop(0).partition("=")[0])
    if left and left[0].startswith(".venv/bin/"):
        left[0] = Path(left[0]).name
    return names, left[2:] if left[:3] in (["python", "-m", "pip"],) else left


def links(document: Path) -> list[str]:
    """List where a document's links and pictures lead, within the project."""
    found = re.findall(r"\]\(([^)\s]+)\)", prose(document))
    return [target for target in found if not target.startswith(("https://", "http://"))]


def anchors(document: Path) -> set[str]:
    """Name the headings of a document as GitHub does in addresses."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
