"""Tunes as engraved scores: SVG pictures by Verovio, with all that they need inside."""

import re
from pathlib import Path
from typing import Any

import verovio

from nottingham.files import write_text
from nottingham.formats.musicxml import writer as musicxml
from nottingham.music.tune import Tune

_OPTIONS = {
    "pageHeight": 60000,  # one page, however long
    "adjustPageHeight": True,
    "scale": 40,
    "footer": "none",
    "header": "none",
    "svgViewBox": True,
    "xmlIdSeed": 1,  # the same bytes every time
}
_WIDTH = 1900
_OF_FILES = {"header": "auto", "breaks": "encoded", "pageWidth": _WIDTH}
_MEASURE = 'class="measure">'
_GIVEN = "#667080"  # on white, 5 : 1
_GIVEN_MEASURE = f'class="measure given" color="{_GIVEN}" fill="{_GIVEN}"><title>given</title>'
_BARLINE = re.compile(r'(class="barLine">\s*<path [^>]*stroke-width=")\d+')
_THICK = 90  # half the distance of two staff lines


def write(tune: Tune, path: Path | str) -> None:
    """Engrave a tune as an SVG file, with its title, dance and tempo."""
    write_text(path, titled(tune))


def titled(tune: Tune, *, number: int = 1) -> str:
    """Engrave a tune with its title, dance and tempo, and with repeat signs.

    Args:
        tune: what is engraved.
        number: another one for each drawing of a page, from 1 on, for the names inside.

    Raises:
        ValueError: if Verovio cannot read what music21 wrote.
    """
    return _engraved(tune, musicxml.content(tune), _OF_FILES | {"xmlIdSeed": number})


def svg(tune: Tune, *, given: int = 0, width: int = _WIDTH) -> str:
    """Engrave the music of a tune in playing order, measure by measure, without its title.

    Args:
        tune: what is engraved.
        given: its first measures, an upbeat's among them, which are grey and end with a thick
            barline, where others follow.
        width: of the page, in tenths of a millimetre.

    Raises:
        ValueError: if Verovio cannot read what music21 wrote.
    """
    content = musicxml.content(tune, repeats=False)
    return _marked(_engraved(tune, content, {"pageWidth": width}), given)


def _engraved(tune: Tune, content: bytes, options: dict[str, Any]) -> str:
    verovio.enableLog(verovio.LOG_OFF)
    engraver = verovio.toolkit()
    engraver.setOptions(_OPTIONS | options)
    if not engraver.loadData(content.decode()):
        raise ValueError(f"Verovio cannot engrave {tune.id}")
    drawing: str = engraver.renderToSVG(1)
    return drawing


def _marked(drawing: str, given: int) -> str:
    head, *measures = drawing.split(_MEASURE)
    if 0 < given < len(measures):
        measures[given - 1] = _BARLINE.sub(rf"\g<1>{_THICK}", measures[given - 1])
    marks = [_GIVEN_MEASURE if number < given else _MEASURE for number in range(len(measures))]
    return head + "".join(map("".join, zip(marks, measures, strict=True)))
