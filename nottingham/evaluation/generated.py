"""What written tunes are like, beside real ones: how new, and how musical.

Real tunes are measured by the same yardstick: the test tunes, cut to the length of the written
ones. What counts as new is decided by them: half of all folk tunes borrow from each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nottingham.evaluation import musicality
from nottingham.evaluation.bootstrap import intervals
from nottingham.evaluation.distribution_distance import histograms, likeness
from nottingham.evaluation.metrics import Ratio, rounded
from nottingham.evaluation.originality import Kinship, Known
from nottingham.models.names import REAL
from nottingham.music import keys
from nottingham.music.tune import Tune
from nottingham.representation import Representation

_BEYOND = 95  # the percentile of real tunes from which on a written one is flagged


@dataclass(frozen=True)
class Melody:
    """A tune to measure."""

    id: str
    tokens: np.ndarray
    """``[time]``."""
    tonic: int
    """A pitch class."""
    minor: bool


def melodies(
    written: Mapping[str, np.ndarray], begun_as: Sequence[Tune], *, first: int
) -> dict[str, list[Melody]]:
    """Take the tunes of each model from a step on, in the key of what they go on from.

    Args:
        written: tokens of shape ``[tunes, time]`` by model.
        begun_as: the real tunes that they begin as, in the same order.
        first: the step; 0 for whole tunes.
    """
    names = [tune.key or keys.find(tune.notes) for tune in begun_as]
    return {
        model: [
            Melody(tune.id, row[first:], keys.tonic(name), keys.is_minor(name))
            for tune, name, row in zip(begun_as, names, rows, strict=True)
        ]
        for model, rows in written.items()
    }


def novelty(
    sets: Mapping[str, Sequence[Melody]], known: Known, titles: Sequence[str]
) -> dict[str, Any]:
    """Return what ``reports/novelty.json`` holds.

    Args:
        sets: the tunes of each model, and those of `REAL`.
        known: the training tunes.
        titles: theirs.

    Returns:
        ``limit``: the longest run and the share of passages in common that one in twenty real
        tunes exceeds. For each set the distribution of both, the share of tunes beyond a limit,
        and for each tune what it shares with which training tune.
    """
    kin = {name: [known.kinship(tune.tokens) for tune in tunes] for name, tunes in sets.items()}
    limit = {
        "run": float(np.percentile([k.run for k in kin[REAL]], _BEYOND)),
        "share": rounded(float(np.percentile([k.share for k in kin[REAL]], _BEYOND))),
    }
    return {
        "limit": limit,
        "sets": {name: _kin_of(sets[name], found, titles, limit) for name, found in kin.items()},
    }


def is_beyond(kinship: Kinship, limit: Mapping[str, float]) -> bool:
    """Return whether a tune has more in common with training tunes than nearly all real ones."""
    return kinship.run > limit["run"] or kinship.share > limit["share"]


def _kin_of(
    tunes: Sequence[Melody],
    found: Sequence[Kinship],
    titles: Sequence[str],
    limit: Mapping[str, float],
) -> dict[str, Any]:
    return {
        "run": _distribution([float(kinship.run) for kinship in found]),
        "share": _distribution([kinship.share for kinship in found]),
        "beyond": rounded(float(np.mean([is_beyond(kinship, limit) for kinship in found]))),
        "tunes": [
            {
                "id": tune.id,
                "run": kinship.run,
                "share": rounded(kinship.share),
                "nearest": None if kinship.tune is None else titles[kinship.tune],
                "beyond": is_beyond(kinship, limit),
            }
            for tune, kinship in zip(tunes, found, strict=True)
        ],
    }


def _distribution(values: Sequence[float]) -> dict[str, float]:
    names, levels = ("least", "quarter", "median", "three_quarters", "most"), (0, 25, 50, 75, 100)
    found = {name: rounded(v) for name, v in zip(names, np.percentile(values, levels), strict=True)}
    return found | {"mean": rounded(float(np.mean(values)))}


def music(
    sets: Mapping[str, Sequence[Melody]], *, representation: Representation, seed: int
) -> dict[str, Any]:
    """Return what ``reports/music.json`` holds.

    Args:
        sets: the tunes of each model, and those of `REAL`.
        representation: of the tokens.
        seed: of the intervals.

    Returns:
        For each set how many tunes it has, the mean of each figure of `musicality`, and, but for
        the real one, how like the real one it is; all with their intervals.
    """
    described = {
        name: histograms([representation.notes(t.tokens) for t in tunes], [t.tonic for t in tunes])
        for name, tunes in sets.items()
    }
    return {
        name: {
            "tunes": len(tunes),
            "figures": _means(tunes, representation, seed),
            "likeness": {
                kind: likeness(rows, described[REAL][kind], seed=seed)
                for kind, rows in described[name].items()
                if name != REAL
            },
        }
        for name, tunes in sets.items()
    }


def _means(tunes: Sequence[Melody], representation: Representation, seed: int) -> dict[str, Any]:
    rows = [
        musicality.figures(
            representation.notes(tune.tokens),
            representation.sounding(tune.tokens),
            tonic=tune.tonic,
            minor=tune.minor,
            measure=representation.measure_ticks,
        )
        for tune in tunes
    ]
    ratios = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        counted = np.array([float(value is not None) for value in values])
        ratios[name] = Ratio(np.array([value or 0.0 for value in values]), counted)
    sure = intervals(list(ratios.values()), np.arange(len(tunes)), seed=seed)
    return {
        name: {"value": ratio.value, "interval": interval}
        for (name, ratio), interval in zip(ratios.items(), sure, strict=True)
    }


def summary(novelty: Mapping[str, Any], music: Mapping[str, Any], model: str) -> dict[str, Any]:
    """Return the figures of a model's samples that a reviewer sees first.

    Args:
        novelty: what `novelty` returns.
        music: what `music` returns.
        model: whose.
    """
    found = music[model]
    overlap = found["likeness"]["interval"]["overlap"]["value"]
    return {
        "cadences": found["figures"]["cadences"]["value"],
        "copied": novelty["sets"][model]["beyond"],
        "interval_overlap": overlap,
        "repeats_8": found["figures"]["repeats_8"]["value"],
    }


def gathered(judged: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what ``reports/novelty.json`` and ``reports/music.json`` hold.

    Args:
        judged: of each model its `novelty` and `music`, beside those of `REAL`.
    """
    first = next(iter(judged.values()))
    sets, music = {}, {}
    for name in (REAL, *judged):
        found = first if name == REAL else judged[name]
        sets[name], music[name] = found["novelty"]["sets"][name], found["music"][name]
    return {"limit": first["novelty"]["limit"], "sets": sets}, music
