"""The settings of the stages download and parse."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from nottingham.settings import Float, Place, Settings, whole


def _several(value: Any) -> Any:
    """Accept one alone, as ``-S download.corpora=ceol-rince`` gives it."""
    return value if isinstance(value, list) else [value]


class DownloadSettings(Settings):
    """Where the tunes come from."""

    corpora: Annotated[list[Place], Field(min_length=1), BeforeValidator(_several)]
    """Each by name, as in `nottingham.corpus.sources`, or as the path of a file or folder."""
    archive: Place | None
    """A local archive or folder of nottingham; null: ``NOTTINGHAM_ARCHIVE``, then the network."""


def _track(value: Any) -> Any:
    """Accept a place from 1 on, a name, or nothing."""
    value = whole(value)
    place = isinstance(value, int) and not isinstance(value, bool) and value > 0
    if place or value is None or (isinstance(value, str) and value):
        return value
    raise ValueError("give a track's place, from 1 on, or its name")


class ParseSettings(Settings):
    """How notation is read."""

    max_skipped_share: Annotated[Float, Field(ge=0, le=1)]
    """The stage fails when a larger share of the tunes cannot be read."""
    melody_track: Annotated[int | str | None, BeforeValidator(_track)]
    """Where MIDI files have the melody, by place from 1 on or by name; null: by rule."""
    jumps: Literal["play", "leave"]
    """Whether D.C., D.S., fine and codas are played, as by `order.playing_order`."""
    scheduler: Annotated[str, Field(pattern=r"^(tcp|tls|ws|wss|ucx)://.+")] | None
    """The address of a Dask cluster that reads the tunes; null: this machine's processes."""
