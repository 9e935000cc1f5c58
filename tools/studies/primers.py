"""The forms of continued tunes: how often a primer is only copied, beside real tunes.

``python -m tools.studies.primers`` lets ``note-lstm`` continue the first four, eight and sixteen
measures of each validation tune of 32, three times, as ``nottingham generate --primer`` does, and
counts how many are A A A A, and A A B B, beside the whole tunes, and training tunes of the same
length. No test tune is read. It writes ``reports/primers.csv``, and prints the table for
docs/generation.md.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from nottingham import models
from nottingham.errors import exit_on_error
from nottingham.evaluation.bootstrap import intervals
from nottingham.evaluation.metrics import Ratio
from nottingham.files import write_csv
from nottingham.generation import compose
from nottingham.generation.request import TEMPERATURE_CONTINUED, Request
from nottingham.models.sampling import SamplingConfig
from nottingham.music import forms, measures
from nottingham.music.tune import Tune, read_tunes
from nottingham.reporting.markdown import number, table

FILE = Path("reports/primers.csv")

_MODEL = "note-lstm"
_BARS = 32
_GIVEN = (4, 8, 16)
"""Measures of a primer, without its upbeat."""
_TIMES = 3
_FORMS = ("AAAA", "AABB")
_SAMPLING = SamplingConfig(TEMPERATURE_CONTINUED, top_p=0.95, guidance=1.3)


def main() -> None:
    """Write, count, save."""
    tunes, trained = (
        [t for t in read_tunes(f"data/parts/{part}.jsonl") if _is_of_length(t)]
        for part in ("valid", "train")
    )
    found = {
        "training tunes": [[forms.plan(t)[0]] for t in trained],
        "validation tunes": [[forms.plan(t)[0]] for t in tunes],
    }
    for given in _GIVEN:
        found[f"continued after {given} measures"] = Parallel(n_jobs=-1)(
            delayed(_continued)(tune, given, first=_TIMES * k) for k, tune in enumerate(tunes)
        )
    rows: list[list[str | float]] = [
        [name, len(each), *_shares(each)] for name, each in found.items()
    ]
    header = [f"{form}{part}" for form in _FORMS for part in ("", "_low", "_high")]
    write_csv(FILE, ["tunes", "number", *header], rows)
    cells = [[number(v, digits=3) if isinstance(v, float) else str(v) for v in r] for r in rows]
    print(table(["tunes", "number", *header], cells))


def _is_of_length(tune: Tune) -> bool:
    return not tune.meter_changes and bool(tune.key) and measures.count(tune) == _BARS


def _continued(tune: Tune, given: int, *, first: int) -> list[str]:
    """Return the forms of what the beginning of a tune is continued to."""
    model = models.load(f"models/{_MODEL}", compiled=False)
    primer = measures.cut(tune, given + bool(tune.upbeat))
    request = Request(_BARS, _TIMES, first=first, sampling=_SAMPLING)
    return [forms.plan(new)[0] for new in compose.from_primer(model, primer, request)]


def _shares(found: Sequence[Sequence[str]]) -> list[float]:
    """Return the share of each form among tunes, and its interval over primers."""
    shares: list[float] = []
    for form in _FORMS:
        values = np.array([float(np.mean([one == form for one in each])) for each in found])
        figure = Ratio(values, np.ones(len(values)))
        interval = intervals([figure], np.arange(len(values)), seed=1)[0]
        shares += [float(values.mean()), *(interval or (np.nan, np.nan))]
    return shares


if __name__ == "__main__":
    with exit_on_error():
        main()
