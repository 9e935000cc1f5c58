"""ABC tune books as text: which tunes a file holds.

A tune starts at a line ``X:`` with its reference number and lasts until the next one.
"""

import re

_REFERENCE_NUMBER = re.compile(r"^X:[ \t]*([0-9]*)", re.MULTILINE)
_MAX_DIGITS = 9


def split_tunes(book: str) -> list[tuple[str, str]]:
    """Cut a tune book into tunes.

    Args:
        book: the text of an ABC file.

    Returns:
        Number and text of each tune, in order. A tune without a number, with one already taken in
        this file or with one of more than nine digits is numbered by its place, as in ``#3``, so
        that numbers are unique. What stands before the first ``X:`` (a file header) belongs to no
        tune.
    """
    starts = list(_REFERENCE_NUMBER.finditer(book))
    ends = [*(start.start() for start in starts), len(book)][1:]
    tunes: list[tuple[str, str]] = []
    taken: set[str] = set()
    for place, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        number = start.group(1)
        if not number or number in taken or len(number) > _MAX_DIGITS:
            number = f"#{place}"
        taken.add(number)
        tunes.append((number, book[start.start() : end]))
    return tunes
