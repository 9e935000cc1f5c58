"""Progress bars that suit a terminal and do not flood a log file."""

import sys
from collections.abc import Iterable
from typing import Any, TypeVar

from tqdm import tqdm

_Item = TypeVar("_Item")
_SECONDS_BETWEEN_LOG_LINES = 30


def bar(
    items: Iterable[_Item] = (), *, label: str, unit: str, total: int | None = None
) -> "tqdm[_Item]":
    """Show how far a loop has come; an empty label shows nothing.

    Without items the bar moves by its ``update``.
    """
    settings: dict[str, Any] = {}
    if not sys.stderr.isatty():
        settings = {"mininterval": _SECONDS_BETWEEN_LOG_LINES, "maxinterval": float("inf")}
    return tqdm(items, desc=label, unit=unit, total=total, disable=not label, **settings)
