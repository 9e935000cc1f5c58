"""Tunebooks: several tunes in one ABC file, or engraved on A4 pages."""

import re
from collections.abc import Iterator, Sequence
from glob import escape
from pathlib import Path

from nottingham.errors import InputError
from nottingham.files import write_text
from nottingham.formats.abc import writer as abc
from nottingham.music.tune import Tune

ENDINGS = (".abc", ".svg")
"""Those of a tunebook's file."""

_WIDTH, _HEIGHT, _MARGIN = 2100, 2970, 100  # tenths of a millimetre
_BETWEEN, _FOOT = 60, 80
_SIZE = re.compile(r'<svg viewBox="0 0 (\d+) (\d+)"')


def check(path: Path) -> None:
    """Refuse the path of a book of an unknown kind, or that is taken: nothing is written over.

    Raises:
        InputError: saying which kinds there are, or what is there.
    """
    if path.suffix.lower() not in ENDINGS:
        raise InputError(
            f"{path}: a tunebook ends in {' or '.join(ENDINGS)}; name one, as in tunes.abc"
        )
    pages = path.parent.glob(f"{escape(path.stem)}-[0-9]*{path.suffix}")
    taken = next(pages, None) if path.suffix.lower() == ".svg" else path
    if taken and taken.exists():
        raise InputError(f"{taken} is there already; name another tunebook, or move this one away")


def write(tunes: Sequence[Tune], path: Path) -> list[Path]:
    """Write a tunebook.

    Args:
        tunes: at least one.
        path: ``book.abc``, or ``book.svg``, of which the pages are ``book-1.svg`` and so on.

    Returns:
        The files.

    Raises:
        InputError: if the path has another ending, or is taken.
    """
    check(path)
    if path.suffix.lower() == ".abc":
        write_text(
            path, "\n".join(abc.text(tune, number=k) for k, tune in enumerate(tunes, start=1))
        )
        return [path]
    files = []
    for number, page in enumerate(_pages(tunes), start=1):
        files.append(path.with_name(f"{path.stem}-{number}.svg"))
        write_text(files[-1], page)
    return files


def _pages(tunes: Sequence[Tune]) -> Iterator[str]:
    """Yield the pages, each with as many tunes as it has room for."""
    from nottingham.formats import engraving  # here: Verovio takes a while to import

    drawings = [engraving.titled(tune, number=k) for k, tune in enumerate(tunes, start=1)]
    room, inner = _HEIGHT - 2 * _MARGIN - _FOOT, _WIDTH - 2 * _MARGIN
    placed: list[str] = []
    top, number = _MARGIN, 1
    for drawing in drawings:
        size = _SIZE.search(drawing)
        assert size, "Verovio draws no size"
        height = min(room, round(int(size[2]) * inner / int(size[1])))
        if placed and top + height > _MARGIN + room:
            yield _page(placed, number)
            placed, top, number = [], _MARGIN, number + 1
        place = f'<svg x="{_MARGIN}" y="{top}" width="{inner}" height="{height}" viewBox="0 0 '
        placed.append(drawing.replace('<svg viewBox="0 0 ', place, 1))
        top += height + _BETWEEN
    yield _page(placed, number)


def _page(drawings: Sequence[str], number: int) -> str:
    head = (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="210mm" height="297mm" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">\n'
        '<rect width="100%" height="100%" fill="white"/>\n'
    )
    foot = f'<text x="{_WIDTH // 2}" y="{_HEIGHT - _MARGIN}" font-family="serif" font-size="40" '
    foot += f'text-anchor="middle">{number}</text>\n</svg>\n'
    return head + "\n".join(drawings) + foot
