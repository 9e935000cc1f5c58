"""Tunes asked for, by masks alone and by particles, beside tunes of which only the meter is.

``python -m tools.studies.wishes`` draws training tunes of each dance, and lets ``note-lstm`` write
tunes that have what a player might ask for of each: meter, key, length, form, range, and an end on
the tonic where it has one. Masks alone forbid notes out of the range and, where an end on the tonic
is asked for, all else in the last half measure; particles are `generation.particles`. Both write
under the same headers. Tunes are compared with training and validation tunes, as a player would; no
test tune is read. The study writes ``reports/wishes.csv``, and prints the table for
docs/generation.md.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed

from nottingham import models
from nottingham.errors import InputError, exit_on_error
from nottingham.evaluation import player, two_sample
from nottingham.evaluation.bootstrap import intervals
from nottingham.evaluation.metrics import Ratio
from nottingham.files import write_csv
from nottingham.generation import conditioned, headed, particles, rewriting
from nottingham.generation.constraints import Constraints
from nottingham.generation.particles import Free, Plan
from nottingham.generation.request import Request
from nottingham.models.base import Model
from nottingham.models.sampling import SamplingConfig
from nottingham.music import dances, forms, keys, measures
from nottingham.music.tune import Tune, read_tunes
from nottingham.reporting.markdown import number, table

FILE = Path("reports/wishes.csv")

_MODEL = "note-lstm"
_TUNES = 60
_LONGEST = 64  # measures
_SAMPLING = SamplingConfig(1.0, top_p=0.95, guidance=1.3)
_MANNERS = ("meter alone", "masks", "particles")


class Written(NamedTuple):
    """A tune of the study."""

    tune: Tune
    bits: float
    """A note, given the header."""
    met: bool


def main() -> None:
    """Write, measure, save."""
    trained = list(read_tunes("data/parts/train.jsonl"))
    real = [*trained, *read_tunes("data/parts/valid.jsonl")]
    cases = [case for dance in dances.METERS.values() for case in _asked(trained, dance)]
    rows: list[dict[str, Any]] = []
    found: dict[str, list[Written]] = {}
    for manner in _MANNERS:
        shares = [list(enumerate(cases))[k::8] for k in range(8)]
        parts = Parallel(n_jobs=-1)(delayed(_write)(manner, share) for share in shares)
        numbered = {k: one for part in parts for k, one in part.items()}
        found[manner] = [numbered[k] for k in range(len(cases))]
        rows.append({"manner": manner, **_measured([w.tune for w in found[manner]], real)})
        rows[-1]["met"] = float(np.mean([w.met for w in found[manner]]))
        rows[-1]["bits_a_note"] = float(np.mean([w.bits for w in found[manner]]))
    for row, manner in zip(rows, _MANNERS, strict=True):
        less = [a.bits - b.bits for a, b in zip(found[manner], found["masks"], strict=True)]
        row["than_masks"] = float(np.mean(less))
        every = np.arange(len(less))
        ratio = Ratio(np.array(less), np.ones(len(less)))
        row["low"], row["high"] = intervals([ratio], every, seed=1)[0] or (0.0, 0.0)
    write_csv(FILE, list(rows[0]), [list(row.values()) for row in rows])
    print(markdown(rows))


def _asked(trained: Sequence[Tune], meter: str) -> list[Request]:
    """Draw tunes of a meter, and ask for what they have."""
    known = [
        tune
        for tune in trained
        if tune.meter == meter
        and tune.key
        and not tune.meter_changes
        and forms.plan(tune)[0]
        and measures.count(tune) <= _LONGEST
    ]
    chosen = np.random.default_rng(1).permutation(len(known))[:_TUNES]
    found = []
    for tune in (known[k] for k in np.resize(chosen, _TUNES)):
        pitches = [note.pitch for note in tune.notes]
        ends = pitches[-1] % 12 == keys.tonic(tune.key)
        found.append(
            Request(
                measures.count(tune),
                meter=meter,
                form=forms.plan(tune)[0],
                constraints=Constraints(
                    tune.key, lowest=min(pitches), highest=max(pitches), ends_on_tonic=ends
                ),
                sampling=_SAMPLING,
            )
        )
    return found


def _write(manner: str, asked: Sequence[tuple[int, Request]]) -> dict[int, Written]:
    """Write some tunes, by number."""
    model = models.load(f"models/{_MODEL}", compiled=False)
    return {number: _one(model, manner, request, number) for number, request in asked}


def _one(model: Model, manner: str, request: Request, number: int) -> Written:
    representation, seed, asked = model.representation, [number, 7], request.constraints
    if manner == "meter alone":
        free = replace(request, form="", constraints=Constraints(), first=number)
        (tune,) = conditioned.from_nothing(model, free)
        return Written(tune, rewriting.surprisal(model, tune) / len(tune.notes), False)
    wanted = conditioned.conditions(request)
    heading = headed.heading(model, wanted, seed=[*seed, 0])
    constraints = headed.under_headers(asked, [heading], representation)
    by_masks = manner == "masks"
    plan = Plan(
        heading,
        tuple(representation.header(heading).tolist()),
        (Free(),),
        replace(constraints, ends_on_tonic=by_masks and asked.ends_on_tonic),
        () if by_masks else conditioned.potentials(request, heading),
    )
    written = particles.write(
        model,
        plan,
        seed=[*seed, 1],
        config=_SAMPLING,
        particles=1 if by_masks else particles.PARTICLES,
    )
    tokens = written.draw(np.random.default_rng([*seed, 2]))
    tune = representation.decode(tokens, Tune("", "", request.meter, asked.key, (), (), ""))
    bits = rewriting.surprisal(model, tune) / len(tune.notes)
    return Written(tune, bits, conditioned.meets(tune, request))


def _measured(tunes: Sequence[Tune], real: Sequence[Tune]) -> dict[str, Any]:
    """Compare tunes with real ones as a player would."""
    seen = player.compare(tunes, real, known_rhythms=None, seed=1)
    told = two_sample.by_dance(tunes, real, seed=1)
    if not seen or not told:
        raise InputError("the corpus has too few tunes of some dance to compare with")
    on_tonic = {
        f"{dance}_sections_on_tonic": of["figures"]["sections_on_tonic"]["generated"]["value"]
        for dance, of in seen["dances"].items()
    }
    return {"outside": seen["outside"], "two_sample": told["accuracy"], **on_tonic}


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Write the table."""
    cells = [
        [number(v, digits=3) if isinstance(v, float) else str(v) for v in row.values()]
        for row in rows
    ]
    return table([name.replace("_", " ") for name in rows[0]], cells)


if __name__ == "__main__":
    with exit_on_error():
        main()
