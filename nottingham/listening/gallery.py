"""The tunes that are shown: each primer, and every model's continuation of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nottingham.errors import InputError
from nottingham.files import write_text
from nottingham.formats import engraving, pianoroll, writers
from nottingham.generation import samples
from nottingham.listening.page_data import FILES, PageData
from nottingham.models.names import REAL
from nottingham.music import dances
from nottingham.music.tune import Tune

_NARROW = 950  # tenths of a millimetre: two measures or three a line, on a telephone


def write(folder: Path, shown: Sequence[int], data: PageData) -> dict[str, Any]:
    """Write the files of the shown tunes.

    Args:
        folder: where; each model has a folder in it.
        shown: the indices of the tunes among the samples.
        data: the tunes and their measures.

    Returns:
        The page's data: the primers, each with its versions, first the real one and then the
        models', in reverse order of the settings.
    """
    models = [REAL, *(name for name in reversed(list(data.bits)) if name != REAL)]
    return {
        "real": REAL,
        "models": models,
        "baselines": [name for name in models if name in data.baselines],
        "given": samples.GIVEN,
        "tunes": [
            _primer(data.tunes[data.samples.ids[index]], number)
            | {"versions": [_version(folder, m, number, index, data) for m in models]}
            for number, index in enumerate(shown, start=1)
        ],
    }


def _primer(tune: Tune, number: int) -> dict[str, Any]:
    return {
        "number": number,
        "id": tune.id,
        "title": tune.title,
        "meter": tune.meter,
        "key": tune.key,
    }


def _version(folder: Path, model: str, number: int, index: int, data: PageData) -> dict[str, Any]:
    id_ = data.samples.ids[index]
    begun_as = data.tunes[id_]
    tune = samples.titled(data.samples.tunes[model][index], begun_as, model=model)
    tune = replace(tune, rhythm=dances.named(begun_as) or tune.rhythm)  # all in one tempo
    _write(folder / model / str(number), tune, data)
    bits = [round(value, 1) for value in data.bits[model][number - 1]]
    return {
        "model": model,
        "stem": f"{FILES}/{model}/{number}",
        "judge": data.judge if model == REAL else model,
        "first": 0 if tune.upbeat else 1,
        "bits": bits,
        "match": _match(data.matches.get(model, ()), id_),
    }


def _write(stem: Path, tune: Tune, data: PageData) -> None:
    """Write a tune in every format, and a narrow score; the pictures mark the given measures."""
    endings = [ending for ending in writers.FORMATS if ending not in ("svg", "png")]
    writers.write(tune, stem, endings, synthesizer=data.synthesizer)
    write_text(stem.with_suffix(".svg"), engraving.svg(tune, given=samples.GIVEN))
    narrow = stem.with_name(f"{stem.name}-narrow.svg")
    write_text(narrow, engraving.svg(tune, given=samples.GIVEN, width=_NARROW))
    pianoroll.write(tune, stem.with_suffix(".png"), primer=samples.given(tune.meter))


def _match(found: Sequence[Mapping[str, Any]], id_: str) -> dict[str, Any]:
    for match in found:
        if match["id"] == id_:
            return {name: match[name] for name in ("nearest", "run", "share", "above_limit")}
    raise InputError(f"originality.json: sample {id_} is missing; make it again: dvc repro judge")
