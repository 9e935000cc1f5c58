"""Segno, coda, *to coda*, *fine*, D.C. and D.S., as ``<direction>``, ``<sound>`` and barlines say.

Programs write them as attributes of ``<sound>``, as symbols, or as words alone, in whatever case
and with whatever dots and spaces: all three are read. Of a jump, "fine" or "coda" in its words
says how far it goes.
"""

import re
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

from nottingham.corpus.score import Jump

_SYMBOLS = str.maketrans(
    {"\U0001d10b": " segno ", "\ue047": " segno ", "\U0001d10c": " coda ", "\ue048": " coda "}
)
"""The signs as characters, of Unicode and of music fonts."""
_DA_CAPO = re.compile(r"\b(d ?c|da capo)\b")
_DAL_SEGNO = re.compile(r"\b(d ?s|d(al|el)? segno)\b")
_TO_CODA = re.compile(r"\b(to|al|alla) (the )?coda\b")


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
    text = _text(element)
    until = _until(f"{text} coda" if "coda" in symbols else text)
    if "dalsegno" in said or _DAL_SEGNO.search(text):
        return Marks(jump=Jump("segno", until))
    if "dacapo" in said or _DA_CAPO.search(text):
        return Marks(jump=Jump("start", until))
    to_coda = "tocoda" in said or bool(_TO_CODA.search(text)) or text == "to"
    return Marks(
        segno=text == "segno" or "segno" in symbols | said,
        coda=not to_coda and (text == "coda" or "coda" in symbols | said),
        to_coda=to_coda,
        fine=text == "fine" or "fine" in said,
    )


def _text(element: Element) -> str:
    """Return the words of a direction, in small letters, with a space for all that is no letter."""
    texts = [words.text or "" for words in element.iterfind("direction-type/words")]
    texts += [mark.text or "" for mark in element.iterfind("direction-type/rehearsal")]
    return re.sub("[^a-z]+", " ", " ".join(texts).translate(_SYMBOLS).lower()).strip()


def _until(text: str) -> Literal["end", "fine", "coda"]:
    """Say how far the words of a jump have it go."""
    words = text.split()
    if "fine" in words:
        return "fine"
    return "coda" if "coda" in words else "end"
