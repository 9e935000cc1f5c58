"""Titles, file names and reasons out of files that nobody vouches for, fit to be shown anywhere.

They end up in terminals, tables, pages and other programs' files. What cannot be printed (line
breaks, control characters, marks that turn the direction of writing, halves of characters) could
do harm there, and is no part of a name.
"""

_LONGEST = 200
"""Characters; of a longer text the beginning says enough."""


def line(text: str) -> str:
    """Return a text as one line: signs that cannot be printed become spaces, long text is cut."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text[: _LONGEST + 1]).strip()
    return plain if len(text) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def path(text: str) -> str:
    r"""Return a path with all that cannot be printed written out, as in ``\x1b``.

    Paths that differ stay different, unless somebody sets a trap with backslashes.
    """
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )
