"""Segno, coda, *to coda*, *fine*, D.C. and D.S., as ``<direction>``, ``<sound>`` and barlines say.

Programs write them as attributes of ``<sound>``, as symbols, or as words alone: all three are read.
A fermata on a barline is a *fine*.
"""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from nottingham.formats import signs
from nottingham.formats.notated import Jump


@dataclass(frozen=True)
class Marks:
    """The signs of one element."""

    segno: bool = False
    coda: bool = False
    to_coda: bool = False
    fine: bool = False
    jump: Jump | None = None


def read(element: Element) -> Marks:
    """Read the signs of a ``<direction>``, a ``<sound>`` or a ``<barline>``."""
    sounds = [element] if element.tag == "sound" else element.findall("sound")
    said = {name for sound in sounds for name, value in sound.items() if value != "no"}
    symbols = {child.tag for child in (*element, *element.iterfind("direction-type/*"))}
    words = [
        e.text or ""
        for tag in ("words", "rehearsal")
        for e in element.iterfind(f"direction-type/{tag}")
    ]
    sign = signs.read(" ".join([*words, *sorted(symbols & {"coda", "segno"})]))
    if isinstance(sign, Jump) or said & {"dalsegno", "dacapo"}:
        until = sign.until if isinstance(sign, Jump) else "end"
        segno = "dalsegno" in said or (isinstance(sign, Jump) and sign.to == "segno")
        return Marks(jump=Jump("segno" if segno else "start", until))
    to_coda = sign == "to coda" or "tocoda" in said
    return Marks(
        segno=sign == "segno" or "segno" in said | symbols,
        coda=not to_coda and (sign == "coda" or "coda" in said | symbols),
        to_coda=to_coda,
        fine=sign == "fine"
        or "fine" in said
        or (element.tag == "barline" and "fermata" in symbols),
    )
