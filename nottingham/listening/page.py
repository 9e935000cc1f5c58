"""The page as one HTML file: its frame, style and script from ``web/``, and its data.

Titles come from the wild. The data lies in the page as JSON that no HTML parser can take for
anything else, and the script makes elements of it, never markup. A content security policy allows
this style and this script by their hashes, files from where the page is, and nothing else.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

from nottingham.files import atomic_folder, write_text
from nottingham.listening import blind, gallery
from nottingham.listening.page_data import FILES, PageData
from nottingham.listening.selection import Selection

_SCRIPTS = ("page.js", "gallery.js", "blind.js")


def write_page(folder: Path, chosen: Selection, data: PageData) -> None:
    """Write ``index.html`` and all that it refers to; a page that is there is whole.

    Args:
        folder: where; it replaces what an earlier page left there, once all files are written.
        chosen: which tunes are heard.
        data: the tunes and what is known of them.
    """
    index, files = folder / "index.html", folder / FILES
    with atomic_folder(files) as new:
        contents = {
            "gallery": gallery.write(new, chosen.shown, data),
            "blind": blind.write(new / "blind", chosen.pairs, data),
        }
        index.unlink(missing_ok=True)
    write_text(index, html(contents))


def html(data: Mapping[str, Any]) -> str:
    """Put the page together.

    Args:
        data: what `gallery.write` and `blind.write` give, under their names.
    """
    style = _part("page.css")
    script = '"use strict";\n' + "\n".join(map(_part, _SCRIPTS))
    return Template(_part("page.html")).substitute(
        policy=_policy(style, script), style=style, script=script, data=embedded(data)
    )


def embedded(data: Any) -> str:
    """Write JSON that may stand in a ``<script>`` element, whatever its strings hold."""
    text = json.dumps(data, allow_nan=False)  # in ASCII, so without line separators
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _policy(style: str, script: str) -> str:
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src {_hash(style)}",
            f"script-src {_hash(script)}",
            "img-src 'self' file: data:",
            "media-src 'self' file:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _part(name: str) -> str:
    return resources.files(__package__).joinpath("web", name).read_text("utf-8")
