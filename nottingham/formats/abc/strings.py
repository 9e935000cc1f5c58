"""Text strings of ABC: accents and special signs in plain characters (ABC 2.1, 8.2)."""

import html
import re
import unicodedata

_ACCENTS = {
    "`": "\N{COMBINING GRAVE ACCENT}",
    "'": "\N{COMBINING ACUTE ACCENT}",
    "^": "\N{COMBINING CIRCUMFLEX ACCENT}",
    "~": "\N{COMBINING TILDE}",
    '"': "\N{COMBINING DIAERESIS}",
    "c": "\N{COMBINING CEDILLA}",
    ",": "\N{COMBINING CEDILLA}",
    ";": "\N{COMBINING OGONEK}",
    "r": "\N{COMBINING RING ABOVE}",
    "o": "\N{COMBINING RING ABOVE}",
    "u": "\N{COMBINING BREVE}",
    "v": "\N{COMBINING CARON}",
    "H": "\N{COMBINING DOUBLE ACUTE ACCENT}",
    "=": "\N{COMBINING MACRON}",
    ".": "\N{COMBINING DOT ABOVE}",
}
_LETTERS = {
    **{"AA": "Å", "aa": "å", "AE": "Æ", "ae": "æ", "OE": "Œ", "oe": "œ", "ss": "ß"},
    **{"DH": "Ð", "dh": "ð", "TH": "Þ", "th": "þ", "ng": "ŋ", "NG": "Ŋ"},
    **{"/O": "Ø", "/o": "ø", "/D": "Đ", "/d": "đ", "/L": "Ł", "/l": "ł"},
}
_ESCAPE = re.compile(
    r"""\\(?:
        u(?P<hex>[0-9A-Fa-f]{4})
      | U(?P<long>[0-9A-Fa-f]{8})
      | (?P<octal>[0-3][0-7]{2})
      | (?P<letter>AA|aa|AE|ae|OE|oe|ss|DH|dh|TH|th|NG|ng|/[ODLodl])
      | (?P<accent>[`'^~"c,;rouvH=.])(?P<base>[A-Za-z])
      | (?P<plain>[%&\\"])
    )""",
    re.VERBOSE,
)


def decode(text: str) -> str:
    r"""Read a text string: ``Caf\'e``, ``Caf&eacute;`` and ``Caf\u00e9`` are ``Café``.

    What is no escape of the standard's stays as it is.
    """
    return _ESCAPE.sub(_sign, html.unescape(text))


def _sign(found: re.Match[str]) -> str:
    if found["hex"] or found["long"]:
        point = int(found["hex"] or found["long"], 16)
        return chr(point) if point <= 0x10FFFF else found.group()
    if found["octal"]:
        return chr(int(found["octal"], 8))
    if found["letter"]:
        return _LETTERS[found["letter"]]
    if found["plain"]:
        return found["plain"]
    composed = unicodedata.normalize("NFC", found["base"] + _ACCENTS[found["accent"]])
    return composed if len(composed) == 1 else found.group()
