"""The signs and words that send a player elsewhere: segno, coda, fine, D.C., D.S.

ABC writes them as decorations, annotations and letters, MusicXML as words; both mean the same.
"""

import re
from typing import Literal

from nottingham.corpus.score import Jump

Sign = Literal["segno", "coda", "to coda", "fine"] | Jump

_SIGNS: dict[str, Sign] = {
    "segno": "segno",
    "coda": "coda",
    "tocoda": "to coda",
    "dacoda": "to coda",
    "alcoda": "to coda",
    "fine": "fine",
    "fin": "fine",
}
_JUMP = re.compile(r"(?P<to>dc|ds|dacapo|dalsegno)(?:(?:al|alla|ala|a|to)?(?P<until>fine|coda))?")


def read(words: str) -> Sign | None:
    """Read a sign, as in ``To Coda`` or ``D.S. al Fine``; None if the words are none.

    Case, dots, spaces and other punctuation do not count.
    """
    plain = re.sub(r"[\W_]+", "", words.lower())
    found = _JUMP.fullmatch(plain)
    if not found:
        return _SIGNS.get(plain)
    until: Literal["end", "fine", "coda"] = "end"
    if found["until"]:
        until = "fine" if found["until"] == "fine" else "coda"
    return Jump("start" if found["to"] in ("dc", "dacapo") else "segno", until)
