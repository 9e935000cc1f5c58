"""The blind test: a person's eight measures and a model's, under names that tell nothing."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Integer

from nottingham.formats import writers
from nottingham.listening.page_data import FILES, Material
from nottingham.listening.selection import Pair
from nottingham.models.base import REAL
from nottingham.music.tune import Tune
from nottingham.representation import Representation

_MEASURES = 8
_SIDES = ("a", "b")


def write(folder: Path, pairs: Sequence[Pair], material: Material) -> dict[str, Any]:
    """Write the excerpts, the first measures that nobody gave.

    Args:
        folder: where.
        pairs: who is heard with whom.
        material: the tunes.

    Returns:
        What the page needs to know: the pairs, and a name for just these excerpts in just this
        order. Only answers under one name are answers to the same questions.
    """
    asked, heard = [], []
    for number, pair in enumerate(pairs, start=1):
        id_ = material.samples.ids[pair.tune]
        by = [REAL, pair.model] if pair.person_first else [pair.model, REAL]
        for side, writer in zip(_SIDES, by, strict=True):
            tokens = _excerpt(material.samples.tokens[writer][pair.tune], material)
            tune = _nameless(tokens, material.tunes[id_], material.representation)
            writers.write(tune, folder / _name(number, side), ["wav"])
            heard.append([id_, writer, tokens.tolist()])
        asked.append(
            {
                "pair": number,
                "model": pair.model,
                "tune": id_,
                "title": material.tunes[id_].title,
                "person": _SIDES[by.index(REAL)],
                "sounds": {
                    side: f"{FILES}/{folder.name}/{_name(number, side)}.wav" for side in _SIDES
                },
            }
        )
    name = hashlib.sha256(json.dumps(heard).encode()).hexdigest()[:16]
    return {"page": name, "measures": _MEASURES, "pairs": asked}


def _excerpt(
    tokens: Integer[np.ndarray, " time"], material: Material
) -> Integer[np.ndarray, " excerpt"]:
    first, length = (n * material.representation.measure_ticks for n in (material.given, _MEASURES))
    return tokens[first : first + length]


def _nameless(
    tokens: Integer[np.ndarray, " excerpt"], begun_as: Tune, representation: Representation
) -> Tune:
    heading = Tune("excerpt", "An excerpt", begun_as.meter, begun_as.key, (), (), "excerpt")
    return representation.decode(tokens, heading)


def _name(number: int, side: str) -> str:
    return f"{number:02d}-{side}"
