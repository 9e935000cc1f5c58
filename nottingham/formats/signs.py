"""The signs and words that send a player elsewhere: segno, coda, fine, D.C., D.S.

ABC writes them as decorations, annotations and letters, MusicXML as words, symbols and sounds; the
words mean the same in both.
"""

import re
from typing import Literal

from nottingham.formats.notated import Jump

Sign = Literal["segno", "coda", "to coda", "fine"] | Jump

_SYMBOLS = str.maketrans(
    {"\U0001d10b": " segno ", "\ue047": " segno ", "\U0001d10c": " coda ", "\ue048": " coda "}
)
"""The signs as characters, of Unicode and of music fonts."""
_DA_CAPO = re.compile(r"\b(d ?c|da ?capo)\b")
_DAL_SEGNO = re.compile(r"\b(d ?s|d(al|el)? ?segno)\b")
_UNTIL = re.compile(r"\b(?:al ?|alla ?|a ?|to ?)?(fine|coda)\b")
_FINE = re.compile(r"fine?( (on )?(the )?(last|final|nd|rd|th)( time)?)?")
_ALONE: dict[str, Sign] = {"segno": "segno", "coda": "coda"}
_TO_CODA = re.compile(r"\b(to|da|al|alla) ?(the )?coda\b")


def read(words: str) -> Sign | None:
    """Read a sign, as in ``To Coda`` or ``D.S. al Fine``; None if the words are none.

    Case, dots, spaces and other punctuation do not count. A jump may have more words around it.
    """
    text = re.sub("[^a-z]+", " ", words.translate(_SYMBOLS).lower()).strip()
    ends = set(_UNTIL.findall(text))
    until: Literal["end", "fine", "coda"] = "end"
    if ends:
        until = "fine" if "fine" in ends else "coda"
    if _DAL_SEGNO.search(text):
        return Jump("segno", until)
    if _DA_CAPO.search(text):
        return Jump("start", until)
    if _TO_CODA.search(text):
        return "to coda"
    return "fine" if _FINE.fullmatch(text) else _ALONE.get(text)
