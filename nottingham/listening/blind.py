"""The blind test: a person's eight measures and a model's, under neutral names."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nottingham.formats import writers
from nottingham.generation import samples
from nottingham.listening.page_data import FILES, PageData
from nottingham.listening.selection import Pair
from nottingham.models.names import REAL
from nottingham.music import dances, measures
from nottingham.music.tune import Note, Tune

_MEASURES = 8
_SIDES = ("a", "b")


def write(folder: Path, pairs: Sequence[Pair], data: PageData) -> dict[str, Any]:
    """Write the excerpts: the first measures after the primer.

    Args:
        folder: where.
        pairs: whose excerpts are compared.
        data: the tunes.

    Returns:
        The page's data: the pairs, and a hash of these excerpts in this order, so that answers to
        another test are told apart.
    """
    shown, content = [], []
    for number, pair in enumerate(pairs, start=1):
        id_ = data.samples.ids[pair.tune]
        by = [REAL, pair.model] if pair.person_first else [pair.model, REAL]
        for side, writer in zip(_SIDES, by, strict=True):
            excerpt = _excerpt(data.samples.tunes[writer][pair.tune], data.tunes[id_])
            stem = folder / _name(number, side)
            writers.write(excerpt, stem, ["wav"], synthesizer=data.synthesizer)
            content.append([id_, writer, [_written(note) for note in excerpt.notes]])
        shown.append(
            {
                "pair": number,
                "model": pair.model,
                "tune": id_,
                "title": data.tunes[id_].title,
                "person": _SIDES[by.index(REAL)],
                "sounds": {
                    side: f"{FILES}/{folder.name}/{_name(number, side)}.wav" for side in _SIDES
                },
            }
        )
    name = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
    return {"page": name, "measures": _MEASURES, "pairs": shown}


def _excerpt(tune: Tune, begun_as: Tune) -> Tune:
    """Return the measures after the given ones; only its notes tell the writer.

    The dance decides the tempo, also where it is the name of the corpus's file alone that names it.
    """
    return Tune(
        id="excerpt",
        title="An excerpt",
        meter=begun_as.meter,
        key=begun_as.key,
        notes=measures.cut(measures.after(tune, samples.GIVEN), _MEASURES).notes,
        chords=(),
        source="excerpt",
        rhythm=dances.named(begun_as),
    )


def _written(note: Note) -> list[str | int]:
    return [str(note.onset), str(note.duration), note.pitch]


def _name(number: int, side: str) -> str:
    return f"{number:02d}-{side}"
