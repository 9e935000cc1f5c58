"""The text of an ABC tune as tokens (ABC 2.1, sections 2 to 4 and 7.4).

Fields come out as they stand, on lines of their own or inside the music; of the music, everything
that has a bearing on pitch, time and order. The rest is layout or expression: comments, lyrics,
slurs, beams, most decorations, line breaks, spaces, and signs that no version of ABC knows. So are
blocks of text (``%%begintext``) and, before the first ``K:``, lines that are no field, as older
books have them after ``H:``.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Token(NamedTuple):
    """A piece of ABC."""

    kind: str
    """``field``, ``unread`` (music after the tune's end), or the name of a group in `_MUSIC`."""
    text: str
    """A field's text starts with its letter and a colon."""


LENGTH = r"\d*(?:/+\d*)?"
NOTE = rf"(?:\^{{1,2}}|_{{1,2}}|=)?[A-Ga-g][,']*{LENGTH}"
TEXT_BLOCK = re.compile(
    r"^%%[ \t]*begin(\w+)(?:(?!\n%%[ \t]*begin).)*?\n%%[ \t]*end\1\b[^\n]*\n?",
    re.MULTILINE | re.DOTALL,
)
"""Text, PostScript or SVG between ``%%begin…`` and ``%%end…``."""
_UNENDED_BLOCK = re.compile(r"^%%[ \t]*begin(?:text|ps|svg|ml|js)\b.*", re.MULTILINE | re.DOTALL)

_HEADING_FIELD = re.compile(r"[ \t]*([A-Za-z])[ \t]*:(?![|:])")
_FIELD_LINE = re.compile(r"[ \t]*([A-Ga-gXxZz]:(?![|:])|[H-WYh-wy]:)")
_KEY_LINE = re.compile(r"^[ \t]*K[ \t]*:", re.MULTILINE)
_PLAYABLE = re.compile(rf"(?:[ |:\[\]]*(?:{NOTE}[-~.() ]*)+\|){{2}}")
_CONTINUATION = "+:"
_DIRECTIVE = re.compile(r"%%(?=propagate-accidentals)")
_COMMENT = re.compile(r"(?<!\\)%.*")
_MUSIC = re.compile(
    rf"""
      \[(?P<field>[A-Za-z]:[^\]]{{0,200}})\]
    | "(?P<quoted>[^"]{{0,500}})"
    | (?P<ignored>\{{[^}}]{{0,500}}\}})
    | (?P<fine>(?:H|!fermata!)(?=[xy ]*\[?\|))   # on a barline
    | !(?P<decoration>D\.[CS]\.[^!|\[\]"]{{0,20}} | [^!|\[\]"\s]{{1,40}})!
    | \+(?P<plus>f{{1,4}} | (?!(?:{NOTE})+\+)[a-z][^+|\[\]"]{{0,40}})\+
    | (?P<sign>[SO])
    | (?P<overlay>&+\)? | \(&)
    | (?P<bar>(?::[ ]+(?=\|))?(?:\[\|\]|\[\||\|\]|[|:])+(?:(?<=\|)[ ]+:(?![|:]))?)
    | (?P<ending>(?:\[[ ]?|(?<=[|:\]])|(?<=[|:\]][ ]))\d[\d,.-]*)
    | (?P<chord>\[[^\]|]{{0,200}}\]{LENGTH} | \+(?:{NOTE}){{1,9}}\+{LENGTH})
    | \((?P<tuplet>\d{{1,3}}(?::\d{{0,3}}){{0,2}})
    | (?P<note>{NOTE})
    | (?P<rest>[zx]{LENGTH})
    | (?P<measures>[ZX]\d*)
    | (?P<broken><+|>+)
    | (?P<tie>-)
    """,
    re.VERBOSE,
)


def tokens(text: str) -> Iterator[Token]:
    """Cut a tune into tokens; it ends at the first blank line after music."""
    for kind, line in _lines(text):
        if kind != "music":
            yield Token(kind, line)
            continue
        for found in _MUSIC.finditer(line):
            group = found.lastgroup
            if group is not None and group != "ignored":
                yield Token("decoration" if group == "plus" else group, found.group(group))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield each line of a tune, without comments, and what it is: ``field`` or ``music``.

    The first line of music after the empty one that ends the tune comes as ``unread``.
    """
    text = _UNENDED_BLOCK.sub("", TEXT_BLOCK.sub("", text))
    heading = _KEY_LINE.search(text) is not None
    field, music, ended = "", False, False
    for line in text.split("\n"):  # splitlines would cut at other characters, too
        ended = ended or (music and not line.strip())
        if ended:
            if _PLAYABLE.match(line):
                yield "unread", line
                break
            continue
        line = _COMMENT.sub("", _DIRECTIVE.sub("I:", line))
        if line.startswith(_CONTINUATION):
            field = field and f"{field.rstrip()} {line.removeprefix(_CONTINUATION).strip()}"
            continue
        found = (_HEADING_FIELD if heading else _FIELD_LINE).match(line)
        if heading and not found and field.endswith("\\"):
            field = field[:-1] + line.strip()
        elif field and (found or line.strip()):
            yield "field", field
            field = ""
        if found:
            letter = found.group(1)[0]
            field = f"{letter}:{line.partition(':')[2]}"
            heading = heading and letter != "K"
        elif not heading:
            music = music or _MUSIC.search(line) is not None
            yield "music", line
    if field:
        yield "field", field
