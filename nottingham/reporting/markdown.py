"""Figures and tables as text.

Names of corpora and files come from outside: what Markdown, HTML and spreadsheets would take for
more than a name is made plain here.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def sure(
    value: float | None, interval: Sequence[float] | None, *, digits: int = 4, sign: str = ""
) -> str:
    """Write a figure with its interval, where it has one, of at most three decimals."""
    if value is None or interval is None:
        return number(value, digits=digits, sign=sign)
    low, high = (number(end, digits=min(digits, 3), sign=sign) for end in interval)
    return f"{number(value, digits=digits, sign=sign)} [{low}, {high}]"


def number(value: float | None, *, digits: int = 4, sign: str = "") -> str:
    """Write a figure; a dash stands for none."""
    return "–" if value is None else f"{value:{sign}.{digits}f}".replace("-", "−")


def warning(origin: Iterable[Mapping[str, Any]]) -> list[str]:
    """Write that a corpus was substituted, if its provenance says so: lines with one to part."""
    said = [line for record in origin for line in (record["substituted"] or "").splitlines()]
    return [*(f"> **{plain(line)}**  " for line in said), ""] if said else []


def plain(text: str) -> str:
    """Write a text from outside in Markdown so that it stands there as it is."""
    return re.sub(r"([\\`*\[\]<>|&~$])", r"\\\1", text)


def for_spreadsheets(text: str) -> str:
    """Write a text from outside in a table that a spreadsheet may open, where it is no formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
