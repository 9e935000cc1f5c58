"""The blind test: a person's eight measures and a model's, under neutral names."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Integer

from nottingham.formats import writers
from nottingham.listening.page_data import FILES, PageData
from nottingham.listening.selection import Pair
from nottingham.models.names import REAL
from nottingham.music.tune import Tune
from nottingham.representation import Representation

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
            tokens = _excerpt(data.samples.tokens[writer][pair.tune], data)
            tune = _nameless(tokens, data.tunes[id_], data.representation)
            stem = folder / _name(number, side)
            writers.write(tune, stem, ["wav"], synthesizer=data.synthesizer)
            content.append([id_, writer, tokens.tolist()])
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


def _excerpt(
    tokens: Integer[np.ndarray, " time"], data: PageData
) -> Integer[np.ndarray, " excerpt"]:
    first, length = (n * data.representation.measure_ticks for n in (data.given, _MEASURES))
    return tokens[first : first + length]


def _nameless(
    tokens: Integer[np.ndarray, " excerpt"], begun_as: Tune, representation: Representation
) -> Tune:
    heading = Tune("excerpt", "An excerpt", begun_as.meter, begun_as.key, (), (), "excerpt")
    return representation.decode(tokens, heading)


def _name(number: int, side: str) -> str:
    return f"{number:02d}-{side}"
