"""The files a tune can be written as, by their endings."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from nottingham.corpus.tune import Tune

FORMATS: Mapping[str, str] = {
    "mid": "midi",
    "abc": "abc",
    "musicxml": "musicxml",
    "wav": "audio",
    "svg": "score",
    "png": "pianoroll",
}
"""Each ending, and the module of this room that writes it. Some take a while to import."""


def write(tune: Tune, stem: Path, endings: list[str]) -> list[Path]:
    """Write a tune in some formats.

    Args:
        tune: what is written.
        stem: the path without its ending, whose folder is made.
        endings: keys of `FORMATS`.

    Returns:
        The files.
    """
    paths = []
    for ending in endings:
        path = stem.with_name(f"{stem.name}.{ending}")
        import_module(f"nottingham.generation.{FORMATS[ending]}").write(tune, path)
        paths.append(path)
    return paths
