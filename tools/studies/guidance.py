"""Tunes from nothing, drawn in several manners: how ``params.yaml`` was chosen.

``python -m tools.studies.guidance`` lets ``note-lstm`` write tunes of each dance, compares them
with training and validation tunes as a player would, and writes ``reports/guidance.csv``. No test
tune is read. It prints the table for docs/generation.md. With ``joint`` behind it, the models of
``joint/`` write, as tunes of their first corpus, and its reports are those of ``joint/``.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import mean
from typing import Any

from nottingham import models
from nottingham.errors import InputError, exit_on_error
from nottingham.evaluation import player, two_sample
from nottingham.files import write_csv
from nottingham.generation import compose
from nottingham.generation.request import usual_corpus
from nottingham.models import devices
from nottingham.models.sampling import SamplingConfig
from nottingham.music import dances
from nottingham.music.tune import is_of, read_tunes
from nottingham.reporting.markdown import number, table

_MODELS = {".": ["note-lstm"], "joint": ["joint-note-lstm", "tuned-note-lstm"]}
"""By the pipeline's folder."""
_TRIED = (
    SamplingConfig(1.0),
    SamplingConfig(1.0, guidance=1.1),
    SamplingConfig(1.0, guidance=1.3),
    SamplingConfig(1.0, top_p=0.95),
    SamplingConfig(1.0, top_p=0.95, guidance=1.1),
    SamplingConfig(1.0, top_p=0.95, guidance=1.3),
    SamplingConfig(1.0, top_p=0.95, guidance=1.6),
    SamplingConfig(1.0, top_p=0.9, guidance=1.3),
    SamplingConfig(0.9, top_p=0.97, guidance=1.3),
)
_TUNES = 300
_SEED = 1
_MEANS = ("last_note_tonic", "repeats_8", "aabb", "long_notes")
"""Figures of which the mean over the dances is shown."""
_MANNER = ("temperature", "top_p", "guidance")

Row = dict[str, str | float | int | None]


def main(pipeline: str) -> None:
    """Sample, measure, write, for the models of a pipeline, given its folder.

    Raises:
        InputError: if there is no such pipeline, or it has not run, or has too few tunes.
    """
    if pipeline not in _MODELS:
        raise InputError(f"{pipeline}: name one of {', '.join(_MODELS)}")
    devices.use_all_cores()
    rows = [row for name in _MODELS[pipeline] for row in _of_model(Path(pipeline), name)]
    path = Path(pipeline, "reports", "guidance.csv")
    write_csv(path, list(rows[0]), [list(row.values()) for row in rows])
    print(markdown(rows))


def _of_model(pipeline: Path, name: str) -> list[Row]:
    """Return the rows of a model, and one of real tunes."""
    model = models.load(pipeline / "models" / name).unbounded()
    corpus = usual_corpus(model.representation)
    trained, valid = (
        [t for t in read_tunes(pipeline / f"data/parts/{part}.jsonl") if is_of(t, corpus or None)]
        for part in ("train", "valid")
    )
    real = [*trained, *valid]
    label: Row = {"model": name} if len(_MODELS[str(pipeline)]) > 1 else {}
    rows, of_real = [], {}
    for sampling in _TRIED:
        written = compose.of_each_dance(
            model, trained, _TUNES, seed=_SEED, sampling=sampling, corpus=corpus
        )
        new = [tune for some in written.values() for tune in some]
        seen = player.compare(new, real, known_rhythms=None, seed=_SEED)
        told = two_sample.by_dance(new, real, seed=_SEED)
        if not seen or not told or len(seen["dances"]) < len(dances.METERS):
            raise InputError("the corpus has too few tunes of some dance to compare with")
        row: Row = label | {manner: getattr(sampling, manner) for manner in _MANNER}
        row |= {"outside": seen["outside"]}
        rows.append(row | _figures(seen, "generated") | {"two_sample": told["accuracy"]})
        print(rows[-1], flush=True)
        of_real = _figures(seen, "real")
    return [*rows, dict.fromkeys(rows[0]) | of_real]


def _figures(seen: Mapping[str, Any], which: str) -> Row:
    """Return some figures of the generated or the real tunes of a comparison."""
    found = {
        dance: {name: figure[which]["value"] for name, figure in of["figures"].items()}
        for dance, of in seen["dances"].items()
    }
    sections: Row = {
        f"{dance}_sections_on_tonic": found[dance]["sections_on_tonic"] for dance in ("jig", "reel")
    }
    return sections | {name: round(mean(f[name] for f in found.values()), 4) for name in _MEANS}


def markdown(rows: list[Row]) -> str:
    """Write the table; a row without a manner is of real tunes."""
    cells = [
        [
            str(value) if isinstance(value, int | str) else number(value, digits=digits)
            for name, value in row.items()
            for digits in (2 if name in _MANNER else 3,)
        ]
        for row in rows
    ]
    return table([name.replace("_", " ") for name in rows[0]], cells)


if __name__ == "__main__":
    with exit_on_error():
        main(sys.argv[1] if len(sys.argv) == 2 else ".")
