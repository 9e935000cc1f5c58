"""Progress bars that suit a terminal and do not flood a log file."""

import sys
from typing import Any

from tqdm import tqdm

_SECONDS_BETWEEN_LOG_LINES = 30


def bar(*, label: str, unit: str, total: int, initial: int = 0) -> "tqdm[None]":
    """Show how far something has come, by its ``update``; an empty label shows nothing."""
    settings: dict[str, Any] = {}
    if not sys.stderr.isatty():
        settings = {"mininterval": _SECONDS_BETWEEN_LOG_LINES, "maxinterval": float("inf")}
    return tqdm(desc=label, unit=unit, total=total, initial=initial, disable=not label, **settings)
