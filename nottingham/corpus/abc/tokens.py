"""The text of an ABC tune as tokens (ABC 2.1, sections 2 to 4).

Fields come out as they stand, on lines of their own or inside the music; of the music, everything
that has a bearing on pitch, time and order. The rest is layout or expression: comments, lyrics,
slurs, beams, decorations, line breaks, spaces, and signs that no version of ABC knows.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Token(NamedTuple):
    """A piece of ABC."""

    kind: str
    """``field``, or the name of a group in `_MUSIC`."""
    text: str
    """A field's text starts with its letter and a colon."""


LENGTH = r"\d*(?:/+\d*)?"
NOTE = rf"(?:\^{{1,2}}|_{{1,2}}|=)?[A-Ga-g][,']*{LENGTH}"

_FIELD_LINE = re.compile(r"[A-Ga-gXxZz]:(?![|:])|[H-WYh-wy]:")
_DIRECTIVE = re.compile(r"%%(?=propagate-accidentals)")
_COMMENT = re.compile(r"(?<!\\)%.*")
_MUSIC = re.compile(
    rf"""
      \[(?P<field>[A-Za-z]:[^\]]{{0,200}})\]
    | "(?P<quoted>[^"]{{0,500}})"
    | (?P<ignored>\{{[^}}]{{0,500}}\}} | ![^!|\[\]"]{{1,40}}! | \+[a-z][^+|\[\]"]{{0,40}}\+)
    | (?P<bar>(?:\[\||\|\]|[|:])+)
    | (?P<ending>(?:\[[ ]?|(?<=[|:\]])|(?<=[|:\]][ ]))\d[\d,.-]*)
    | (?P<chord>\[[^\]|]{{0,200}}\]{LENGTH} | \+(?:{NOTE}){{1,9}}\+)
    | \((?P<tuplet>\d(?::\d?){{0,2}})
    | (?P<note>{NOTE})
    | (?P<rest>[zx]{LENGTH})
    | (?P<measures>[ZX]\d*)
    | (?P<broken><+|>+)
    | (?P<tie>-)
    | (?P<overlay>&)
    """,
    re.VERBOSE,
)


def tokens(text: str) -> Iterator[Token]:
    """Cut a tune into tokens; it ends at the first blank line after music."""
    music = False
    for line in text.split("\n"):  # splitlines would cut at other characters, too
        if music and not line.strip():
            return
        line = _COMMENT.sub("", _DIRECTIVE.sub("I:", line))
        if _FIELD_LINE.match(line):
            yield Token("field", line)
            continue
        for found in _MUSIC.finditer(line):
            music = True
            if found.lastgroup is not None and found.lastgroup != "ignored":
                yield Token(found.lastgroup, found.group(found.lastgroup))
