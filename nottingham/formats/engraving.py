"""Tunes as engraved scores: SVG pictures by Verovio, with all that they need inside."""

from pathlib import Path

import verovio

from nottingham.files import write_text
from nottingham.formats.musicxml import writer as musicxml
from nottingham.music.tune import Tune

_OPTIONS = {
    "pageWidth": 1900,
    "pageHeight": 60000,  # one page, however long
    "adjustPageHeight": True,
    "scale": 40,
    "footer": "none",
    "header": "none",
    "svgViewBox": True,
    "xmlIdSeed": 1,  # the same bytes every time
}


def write(tune: Tune, path: Path | str) -> None:
    """Engrave a tune as an SVG file."""
    write_text(path, svg(tune))


def svg(tune: Tune) -> str:
    """Engrave a tune.

    Raises:
        ValueError: if Verovio cannot read what music21 wrote.
    """
    verovio.enableLog(verovio.LOG_OFF)
    engraver = verovio.toolkit()
    engraver.setOptions(_OPTIONS)
    if not engraver.loadData(musicxml.content(tune).decode()):
        raise ValueError(f"Verovio cannot engrave {tune.id}")
    drawing: str = engraver.renderToSVG(1)
    return drawing
