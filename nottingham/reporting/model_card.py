"""The card of the model in the package: what it is trained on, what it can do and what not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from nottingham.models.names import REAL
from nottingham.reporting.markdown import plain, sure, table

_FEW = 20
"""Training tunes: of a dance with fewer, the model knows little."""
_ORIGIN = ("corpus", "source", "version", "licence", "credit")

_TEXT = """\
# {name}

An LSTM that writes Irish dance tunes, note by note: `note-lstm` of this project (docs/model.md), of
{trained:,} training tunes of *Ceol Rince na hÉireann*. `nottingham generate --dance reel --key G`
writes with it where no other model is trained; in Python, `nottingham.load()`.

## Data, licence, credit

{data}

The weights are offered under [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/), as the
description of their data asks: name the project and the credit above. No tune is in the package,
and no other corpus was trained on.

Training tunes by dance and meter:

{tunes}

## Figures

On {tested} test tunes that it was not trained on; intervals of 95 % over tunes.

{figures}

*Outside*: figures of what a player sees in tunes from nothing, of those that lie outside the 95 %
interval of real ones; *two-sample accuracy*: how often a classifier tells such tunes from real
ones, 0.5 is indistinguishable. docs/generation.md explains both.

## What it is not good for

{few}- Other music than Irish dance tunes, and tunes for which ornaments, chords or words matter: it
  writes one line of notes, as MIDI has them.
- Lengths other than 16, 24, 32 or 48 measures, in sections of eight: few training tunes have such.
- Claims that a tune is new: compare it with those you know. Of its continuations of test tunes,
  {copied} share more with a training tune than 95 % of real tunes do.

## How it was made

`make pretrained`: `pretrained/params.yaml` has the settings, `pretrained/dvc.lock` the hashes of
all that they led to. Its numbers are in half precision.
"""


def markdown(
    name: str,
    origin: Sequence[Mapping[str, Any]],
    tunes: Counter[tuple[str, str]],
    *,
    tested: int,
    metrics: Mapping[str, Any],
    analysis: Mapping[str, Any],
    judged: Mapping[str, Any],
) -> str:
    """Write the card.

    Args:
        name: of the model.
        origin: the records of ``provenance.json``.
        tunes: training tunes by dance and meter.
        tested: the number of test tunes.
        metrics: ``reports/metrics/<name>.json``.
        analysis: ``data/evaluated/<name>/analysis.json``.
        judged: ``data/judged/<name>.json``.
    """
    dances: Counter[str] = Counter()
    for (dance, _), count in tunes.items():
        dances[dance or "none named"] += count
    test, interval = metrics["test"], analysis["intervals"]["test"]
    new, two_sample = judged["player"]["new"], judged["two_sample"]["new"]
    copied = judged["originality"]["sets"][name]["above_limit"]
    real = judged["originality"]["sets"][REAL]["above_limit"]
    rows = [
        [said, sure(test[figure], interval[figure], digits=3)]
        for said, figure in (
            ("bits a note from the fifth measure on, given the header", "written_bits_per_note"),
            ("bits a measure of the first four, header included", "opening_bits_per_measure"),
            ("accuracy of a token", "accuracy"),
        )
    ]
    few = ", ".join(f"{dance} ({n})" for dance, n in dances.most_common() if n < _FEW)
    if new:
        rows.append(["outside, of figures", f"{new['outside']} of {new['figures']}"])
    if two_sample:
        told = sure(two_sample["accuracy"], two_sample["interval"], digits=3)
        rows.append(["two-sample accuracy", told])
    rows += [
        [
            "continuations above the limit of originality",
            f"{100 * copied:.1f} % (real tunes {100 * real:.1f} %)",
        ],
    ]
    return _TEXT.format(
        name=name,
        trained=tunes.total(),
        tested=tested,
        data=table(
            ["corpus", "source", "version", "licence", "credit"],
            [[plain(str(record[key] or "–")) for key in _ORIGIN] for record in origin],
        ),
        tunes=table(
            ["dance", "meter", "tunes"],
            [[dance or "none named", meter, str(n)] for (dance, meter), n in tunes.most_common()],
        ),
        figures=table(["figure", "value"], rows),
        few=f"- Dances with few training tunes: {few}.\n" if few else "",
        copied=f"{100 * copied:.1f} %",
    )
