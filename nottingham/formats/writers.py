"""The files a tune can be written as, by their endings."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nottingham.music.tune import Tune

if TYPE_CHECKING:
    from nottingham.formats.audio import Synthesizer

FORMATS = ("mid", "abc", "musicxml", "wav", "svg", "png")


def write(
    tune: Tune, stem: Path, endings: list[str], *, synthesizer: "Synthesizer" = "best"
) -> list[Path]:
    """Write a tune in some formats.

    Args:
        tune: what is written.
        stem: the path without its ending, whose folder is made.
        endings: some of `FORMATS`.
        synthesizer: of sounds.

    Returns:
        The files.
    """
    paths = []
    for ending in endings:
        path = stem.with_name(f"{stem.name}.{ending}")
        _writer(ending, synthesizer)(tune, path)
        paths.append(path)
    return paths


def _writer(ending: str, synthesizer: "Synthesizer") -> Callable[[Tune, Path], None]:
    """Return what writes a format, imported only when it is wanted: some take a while."""
    match ending:
        case "mid":
            from nottingham.formats.midi import writer as midi

            return midi.write
        case "abc":
            from nottingham.formats.abc import writer as abc

            return abc.write
        case "musicxml":
            from nottingham.formats.musicxml import writer as musicxml

            return musicxml.write
        case "wav":
            from nottingham.formats import audio

            return partial(audio.write, synthesizer=synthesizer)
        case "svg":
            from nottingham.formats import engraving

            return engraving.write
        case "png":
            from nottingham.formats import pianoroll

            return pianoroll.write
    raise ValueError(f"there is no format {ending!r}")
