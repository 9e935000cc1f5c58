"""Measures of validation tunes written again, looking ahead and not.

``python -m tools.studies.rewriting`` lets ``note-lstm`` write four measures of each tune again, by
particles that what stands behind weighs on, and by a single one that it does not weigh on. It
compares the expected surprisal of the whole tunes, and of the first note behind the new measures
beside that behind the real ones. No test tune is read. It writes ``reports/rewriting.csv``, and
prints the table for docs/generation.md.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import compress
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from nottingham import models
from nottingham.errors import exit_on_error
from nottingham.evaluation.bootstrap import intervals
from nottingham.evaluation.metrics import Ratio
from nottingham.files import write_csv
from nottingham.generation import particles, rewriting
from nottingham.models.base import Model
from nottingham.models.sampling import SamplingConfig
from nottingham.music import measures
from nottingham.music.tune import Tune, read_tunes
from nottingham.reporting.markdown import number, table
from nottingham.representation import clock

FILE = Path("reports/rewriting.csv")

_MODEL = "note-lstm"
_PLACES = 200
_MEASURES = 4
_LEAST = 0.01
"""Particles of a smaller weight, as a share of the greatest, are left out."""
_SAMPLING = SamplingConfig(0.7, top_p=0.95, guidance=1.3)
_FIGURES = (
    ("whole tune, bits a note: ahead", "ahead"),
    ("whole tune, bits a note: not ahead", "blind"),
    ("whole tune, bits a note: ahead less not ahead", "ahead less blind"),
    ("whole tune, bits a note: ahead less real", "ahead less real"),
    ("first note behind, bits: real", "real seam"),
    ("first note behind, bits: ahead less real", "ahead seam less real"),
    ("first note behind, bits: not ahead less real", "blind seam less real"),
)


def main() -> None:
    """Write, measure, save."""
    tunes = [t for t in read_tunes("data/parts/valid.jsonl") if _places(t)]
    places = [
        (number, bars)
        for turn in range(_PLACES)
        for number, tune in enumerate(tunes)
        for bars in _places(tune)[turn : turn + 1]
    ][:_PLACES]
    shares = [list(enumerate(places))[k::8] for k in range(8)]
    parts = Parallel(n_jobs=-1)(delayed(_measured)(tunes, share) for share in shares)
    by_place = {k: one for part in parts for k, one in part.items()}
    which = np.array([tune for tune, _ in places])
    rows: list[tuple[str, float, float, float]] = []
    for label, name in _FIGURES:
        values = np.array([by_place[k][name] for k in range(len(places))])
        found = Ratio(values, np.ones(len(values)))
        low, high = intervals([found], which, seed=1)[0] or (np.nan, np.nan)
        rows.append((label, float(values.mean()), float(low), float(high)))
    write_csv(FILE, ["figure", "mean", "low", "high"], rows)
    cells = [[label, *(number(value, digits=3) for value in values)] for label, *values in rows]
    print(f"{len(places)} places in {len(tunes)} tunes\n")
    print(table(["figure", "mean", "low", "high"], cells))


def _places(tune: Tune) -> list[tuple[int, int]]:
    """Return four measures at a time, from the fifth on, at both ends of which a note begins."""
    if tune.meter_changes:
        return []
    firsts = range(5, measures.count(tune) - _MEASURES, 2 * _MEASURES)
    onsets = {note.onset for note in tune.notes}
    found = [(first, first + _MEASURES - 1) for first in firsts]
    return [
        bars
        for bars in found
        if {measures.start(tune, b) for b in (bars[0] - 1, bars[1])} <= onsets
    ]


def _measured(
    tunes: Sequence[Tune], places: Sequence[tuple[int, tuple[int, tuple[int, int]]]]
) -> dict[int, dict[str, float]]:
    """Measure some places, by number."""
    model = models.load(f"models/{_MODEL}", compiled=False)
    return {k: _one(model, tunes[tune], bars, k) for k, (tune, bars) in places}


def _one(model: Model, tune: Tune, bars: tuple[int, int], seed: int) -> dict[str, float]:
    representation = model.representation
    plan = rewriting.plan(tune, bars, representation, everywhere=False)
    rows = [("real", representation.encode(tune), 1.0)]
    for manner, count in (("ahead", rewriting.PARTICLES), ("blind", 1)):
        written = particles.write(model, plan, seed=seed, config=_SAMPLING, particles=count)
        likely = written.weights >= _LEAST * written.weights.max()
        shares = written.weights[likely] / written.weights[likely].sum()
        some = compress(written.tokens, likely)
        rows += [(manner, row, share) for row, share in zip(some, shares, strict=True)]
    behind = representation.tick_of(measures.start(tune, bars[1]), tune.meter)
    found: dict[str, float] = defaultdict(float)
    scores = model.score([row for _, row, _ in rows])
    for (manner, row, share), scored in zip(rows, scores, strict=True):
        bits = -scored[range(len(row)), row].astype(float) / np.log(2)
        notes = int(representation.begins_note(row).sum())
        found[manner] += share * bits[representation.vocabulary.headers :].sum() / notes
        times = clock.read(representation, row)
        seam = int(np.flatnonzero(times.measure * times.length + times.tick >= behind)[0])
        found[f"{manner} seam"] += share * bits[seam : seam + 2].sum()
    found["ahead less blind"] = found["ahead"] - found["blind"]
    found["ahead less real"] = found["ahead"] - found["real"]
    for manner in ("ahead", "blind"):
        found[f"{manner} seam less real"] = found[f"{manner} seam"] - found["real seam"]
    return found


if __name__ == "__main__":
    with exit_on_error():
        main()
