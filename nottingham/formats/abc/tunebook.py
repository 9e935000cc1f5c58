"""ABC tune books as text: which tunes a file holds (ABC 2.1, 2.2).

A tune starts at a line ``X:`` with its reference number and lasts until the next one. Titles right
above that line are its own. What the file's header sets holds for all of its tunes.
"""

import re
from itertools import dropwhile, takewhile

from nottingham.formats.abc.tokens import TEXT_BLOCK

_REFERENCE_NUMBER = re.compile(
    r"^(?:T:.*\n)*(?:X:(?![|:])[ \t]*|[ \t]*X[ \t]*:[ \t]*(?=\d))([0-9]*).*$", re.MULTILINE
)
_MAX_DIGITS = 9
_DEFAULT = re.compile(r"[MLI]:|%%propagate-accidentals")
"""The fields of a file's header that affect pitch and time."""


def split_tunes(book: str) -> list[tuple[str, str]]:
    """Cut a tune book into tunes.

    Args:
        book: the text of an ABC file.

    Returns:
        Number and text of each tune, in order, with the defaults of the file's header after its
        ``X:``. A tune without a number, with one already taken in this file or with one of more
        than nine digits is numbered by its position, as in ``#3``, so that numbers are unique. What
        else stands before the first ``X:`` belongs to no tune.
    """
    searched = TEXT_BLOCK.sub(lambda block: "\n" * len(block.group()), book)
    starts = list(_REFERENCE_NUMBER.finditer(searched))
    ends = [*(start.start() for start in starts), len(book)][1:]
    defaults = _defaults(book[: starts[0].start()]) if starts else ""
    tunes: list[tuple[str, str]] = []
    taken: set[str] = set()
    for position, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        number = start.group(1)
        if not number or number in taken or len(number) > _MAX_DIGITS:
            number = f"#{position}"
        taken.add(number)
        tunes.append((number, start.group() + defaults + book[start.end() : end]))
    return tunes


def _defaults(before: str) -> str:
    """Return what the header of a file, which an empty line ends, sets for its tunes."""
    lines = dropwhile(lambda line: not line.strip(), before.split("\n"))
    header = takewhile(str.strip, lines)
    return "".join(f"\n{line}" for line in header if _DEFAULT.match(line))
