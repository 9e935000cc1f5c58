"""Tunes requested as a player would, beside tunes of which only the meter is requested.

``python -m tools.studies.wishes`` draws training tunes of each meter, and lets ``note-lstm`` write
tunes of the same meter and length: with nothing else requested; of the same dance and form; with an
end on the tonic, which are compared with real tunes that have one; and with all that a player might
request: dance, form, key, range, and an end on the tonic where the training tune has one.
The last ones are written by masks alone, which forbid notes out of the range and, before an end on
the tonic, all else in the last half measure, and by particles (`generation.particles`), both under
the same headers; their bits are expectations, over particles and over several tunes by masks. Tunes
are compared with training and validation tunes, as a player would; no test tune is read. The study
writes ``reports/wishes.csv``, and prints the table for docs/generation.md.
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
from nottingham.generation import conditioned, headed, particles
from nottingham.generation.constraints import Constraints
from nottingham.generation.particles import Free, Plan
from nottingham.generation.request import Request
from nottingham.models.base import Model
from nottingham.models.sampling import SamplingConfig
from nottingham.music import dances, forms, keys, measures
from nottingham.music.tune import Tune, read_tunes
from nottingham.reporting.markdown import number, table
from nottingham.representation.base import Heading

FILE = Path("reports/wishes.csv")

_MODEL = "note-lstm"
_TUNES = 60
_LONGEST = 64  # measures
_BY_MASKS = 4  # tunes for each request, whose bits are averaged
_WITH_ENDING = 4  # tunes for each request of an ending, whose sections are counted
_SAMPLING = SamplingConfig(1.0, top_p=0.95, guidance=1.3)
_MANNERS = ("meter alone", "dance and form", "ending", "masks", "particles")


class Written(NamedTuple):
    """A tune of the study."""

    tunes: list[Tune]
    """The first is compared with real ones; all count for the sections that end on the tonic."""
    bits: float
    """A note of the first, given the header that it would have."""
    met: bool
    """Of the first, whether it is as requested."""


def main() -> None:
    """Write, measure, save."""
    trained = list(read_tunes("data/parts/train.jsonl"))
    real = [*trained, *read_tunes("data/parts/valid.jsonl")]
    cases = [case for meter in dances.METERS.values() for case in _requests(trained, meter)]
    rows: list[dict[str, Any]] = []
    found: dict[str, list[Written]] = {}
    for manner in _MANNERS:
        requests = list(enumerate(request for _, request in cases))
        shares = [requests[k::8] for k in range(8)]
        parts = Parallel(n_jobs=-1)(delayed(_write)(manner, share) for share in shares)
        numbered = {k: one for part in parts for k, one in part.items()}
        found[manner] = [numbered[k] for k in range(len(cases))]
        beside = [t for t in real if _closes(t)] if manner == "ending" else real
        rows.append({"manner": manner, **_measured([w.tunes for w in found[manner]], beside)})
        rows[-1]["met"] = float(np.mean([w.met for w in found[manner]]))
        rows[-1]["bits_a_note"] = float(np.mean([w.bits for w in found[manner]]))
    which = np.unique([tune for tune, _ in cases], return_inverse=True)[1]
    for row, manner in zip(rows, _MANNERS, strict=True):
        for other in ("masks", "meter alone"):
            less = [a.bits - b.bits for a, b in zip(found[manner], found[other], strict=True)]
            figure = Ratio(np.array(less), np.ones(len(less)))
            name = f"bits_than_{other.replace(' ', '_')}"
            row[name] = figure.value
            row[f"{name}_low"], row[f"{name}_high"] = intervals([figure], which, seed=1)[0] or (
                0.0,
                0.0,
            )
    write_csv(FILE, list(rows[0]), [list(row.values()) for row in rows])
    print(markdown(rows))


def _requests(trained: Sequence[Tune], meter: str) -> list[tuple[str, Request]]:
    """Draw tunes of a meter, and request what they have; where there are few, some come twice.

    Returns:
        The tune's id and the request of each.
    """
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
        request = Request(
            measures.count(tune),
            dance=Heading.of(tune).dance,
            meter=meter,
            form=forms.plan(tune)[0],
            constraints=Constraints(
                tune.key, lowest=min(pitches), highest=max(pitches), ends_on_tonic=_closes(tune)
            ),
            sampling=_SAMPLING,
        )
        found.append((tune.id, request))
    return found


def _closes(tune: Tune) -> bool:
    """Return whether a tune of a known key ends on its tonic."""
    return bool(tune.key) and tune.notes[-1].pitch % 12 == keys.tonic(tune.key)


def _write(manner: str, asked: Sequence[tuple[int, Request]]) -> dict[int, Written]:
    """Write some tunes, by number."""
    model = models.load(f"models/{_MODEL}", compiled=False)
    return {number: _one(model, manner, request, number) for number, request in asked}


def _one(model: Model, manner: str, request: Request, number: int) -> Written:
    representation, seed, asked = model.representation, [number, 7], request.constraints
    if manner not in ("masks", "particles"):
        count = _WITH_ENDING if manner == "ending" else 1
        ending = Constraints(ends_on_tonic=manner == "ending")
        request = replace(request, constraints=ending, count=count, first=number * count)
        if manner != "dance and form":
            request = replace(request, dance="", form="")
        tunes = conditioned.from_nothing(model, request)
        (bits,) = _bits_a_note(model, tunes[:1])
        return Written(tunes, bits, conditioned.meets(tunes[0], request))
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
    count, times = (1, _BY_MASKS) if by_masks else (particles.PARTICLES, 1)
    written = [
        particles.write(model, plan, seed=[*seed, 1, k], config=_SAMPLING, particles=count)
        for k in range(times)
    ]
    blank = Tune("", "", request.meter, asked.key, (), (), "")
    tunes = [representation.decode(row, blank) for one in written for row in one.tokens]
    weights = np.concatenate([one.weights for one in written]) / times
    bits = float(np.dot(weights, _bits_a_note(model, tunes)))
    chosen = tunes[np.random.default_rng([*seed, 2]).choice(len(tunes), p=weights)]
    return Written([chosen], bits, conditioned.meets(chosen, request))


def _bits_a_note(model: Model, tunes: Sequence[Tune]) -> list[float]:
    """Return the bits a note of tunes, given the headers that they would have."""
    start = model.representation.vocabulary.headers
    rows = [model.representation.encode(tune) for tune in tunes]
    nats = [
        -scored[range(start, len(row)), row[start:]].sum(dtype=np.float64)
        for row, scored in zip(rows, model.score(rows), strict=True)
    ]
    return [float(n / np.log(2) / len(t.notes)) for n, t in zip(nats, tunes, strict=True)]


def _measured(written: Sequence[Sequence[Tune]], real: Sequence[Tune]) -> dict[str, Any]:
    """Compare the first tunes with real ones as a player would; count the endings of all."""
    tunes = [some[0] for some in written]
    seen = player.compare(tunes, real, known_rhythms=None, seed=1)
    whole = player.compare([t for some in written for t in some], real, known_rhythms=None, seed=1)
    told = two_sample.by_dance(tunes, real, seed=1)
    if not seen or not whole or not told:
        raise InputError("the corpus has too few tunes of some dance to compare with")
    found = {"outside": seen["outside"], "two_sample": told["accuracy"]}
    found["two_sample_low"], found["two_sample_high"] = told["interval"]
    for dance, of in whole["dances"].items():
        figure, name = of["figures"]["sections_on_tonic"], f"{dance}_sections_on_tonic"
        found[name] = figure["generated"]["value"]
        found[f"{name}_real_low"], found[f"{name}_real_high"] = figure["real"]["interval"]
    return found


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Write the table."""
    cells = []
    for row in rows:
        written = {
            k: number(v, digits=3) if isinstance(v, float) else str(v) for k, v in row.items()
        }
        for low in [name for name in row if name.endswith("_low")]:
            name = low.removesuffix("_low")
            interval = f"[{written.pop(low)}, {written.pop(f'{name}_high')}]"
            written[name] = f"{written.get(name, '')} {interval}".strip()
        cells.append(written)
    return table([name.replace("_", " ") for name in cells[0]], [list(c.values()) for c in cells])


if __name__ == "__main__":
    with exit_on_error():
        main()
