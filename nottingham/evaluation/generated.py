"""Measures of generated tunes beside real ones: originality, musicality, distances.

Real tunes are measured alike: the test tunes, cut to the length of the generated ones. The limits
of originality are their 95th percentiles, as half of all folk tunes borrow from each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nottingham.evaluation import musicality
from nottingham.evaluation.bootstrap import intervals
from nottingham.evaluation.distribution_distance import distances, histograms
from nottingham.evaluation.metrics import Ratio, rounded
from nottingham.evaluation.originality import Known, Match, is_above_limit
from nottingham.models.names import REAL, REAL_NOTES
from nottingham.music import keys
from nottingham.music.measures import after
from nottingham.music.tune import Tune
from nottingham.representation import Representation, clock

_PERCENTILE = 95  # of real tunes: a generated one above it is flagged


@dataclass(frozen=True)
class Melody:
    """A tune to measure."""

    id: str
    tokens: np.ndarray
    """``[time]``."""
    measure: int
    """The ticks of a measure."""
    tonic: int
    """A pitch class."""
    minor: bool


def melodies(
    written: Mapping[str, Sequence[Tune]],
    begun_as: Sequence[Tune],
    representation: Representation,
    *,
    first: int,
) -> dict[str, list[Melody]]:
    """Return the tunes of each model from a measure on, with the keys of those that they begin as.

    Args:
        written: the tunes, by model.
        begun_as: the real tunes that they begin as, in the same order.
        representation: how they are measured.
        first: the measure, from 0 on.
    """
    names = [tune.key or keys.find(tune.notes) for tune in begun_as]
    found: dict[str, list[Melody]] = {}
    for model, tunes in written.items():
        found[model] = []
        for whole, begun, key in zip(tunes, begun_as, names, strict=True):
            tune = after(replace(whole, key=key), first)
            tokens = representation.encode(tune) if tune.notes else np.zeros(0, np.uint8)
            measure = int(clock.read(representation, tokens).length[-1])
            melody = Melody(begun.id, tokens, measure, keys.tonic(key), keys.is_minor(key))
            found[model].append(melody)
    return found


def originality(
    sets: Mapping[str, Sequence[Melody]], known: Known, titles: Sequence[str]
) -> dict[str, Any]:
    """Return what ``reports/originality.json`` holds.

    Args:
        sets: the tunes of each model, and those of `REAL`.
        known: the training tunes.
        titles: theirs.

    Returns:
        ``limit``: the 95th percentiles of the real tunes' longest run and share of passages in
        common. For each set the distribution of both, the share of tunes above either limit, and
        for each tune its match and the training tune nearest to it.
    """
    found = {name: [known.match(tune.tokens) for tune in tunes] for name, tunes in sets.items()}
    limit = {
        "run": float(np.percentile([match.run for match in found[REAL]], _PERCENTILE)),
        "share": rounded(float(np.percentile([match.share for match in found[REAL]], _PERCENTILE))),
    }
    return {
        "limit": limit,
        "sets": {name: _of_set(sets[name], own, titles, limit) for name, own in found.items()},
    }


def _of_set(
    tunes: Sequence[Melody],
    found: Sequence[Match],
    titles: Sequence[str],
    limit: Mapping[str, float],
) -> dict[str, Any]:
    return {
        "run": _distribution([float(match.run) for match in found]),
        "share": _distribution([match.share for match in found]),
        "above_limit": rounded(float(np.mean([is_above_limit(match, limit) for match in found]))),
        "tunes": [
            {
                "id": tune.id,
                "run": match.run,
                "share": rounded(match.share),
                "nearest": None if match.tune is None else titles[match.tune],
                "above_limit": is_above_limit(match, limit),
            }
            for tune, match in zip(tunes, found, strict=True)
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
        For each set how many tunes it has, the mean of each figure of `musicality` and, except
        the real one, its distances to the real one; all with their intervals.
    """
    described = {
        name: histograms([representation.notes(t.tokens) for t in tunes], [t.tonic for t in tunes])
        for name, tunes in sets.items()
    }
    return {
        name: {
            "tunes": len(tunes),
            "figures": _means(tunes, representation, seed),
            "distances": {
                kind: distances(rows, described[REAL][kind], seed=seed)
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
            measure=tune.measure,
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


def summary(judged: Mapping[str, Any], model: str) -> dict[str, Any]:
    """Return the figures of a model's samples that a reviewer sees first.

    Args:
        judged: what ``data/judged/<model>.json`` holds.
        model: whose.

    Returns:
        ``cadences``, ``copied`` and ``repeats_8`` of its continuations; of its tunes from nothing,
        None without any, the figures ``outside`` the range of real ones and ``two_sample``, the
        accuracy of the test that tells them apart.
    """
    figures = judged["music"][model]["figures"]
    player, two_sample = judged["player"]["new"], judged["two_sample"]["new"]
    return {
        "cadences": figures["cadences"]["value"],
        "copied": judged["originality"]["sets"][model]["above_limit"],
        "repeats_8": figures["repeats_8"]["value"],
        "outside": player and player["outside"],
        "two_sample": two_sample and two_sample["accuracy"],
    }


def gathered(
    judged: Mapping[str, Mapping[str, Any]], models: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what ``reports/originality.json`` and ``reports/music.json`` hold.

    Args:
        judged: of each model its `originality` and `music`, beside those of `REAL` in the model's
            own representation.
        models: their names, by the file of their tokens; the grid's are the first.

    Returns:
        Both have a set for each model and, before those of each file, one for the real tunes:
        `REAL` on the grid, `REAL_NOTES` as notes. Each set of the first has the ``limit`` by
        which its tunes are above it; ``limit`` beside the sets is that of the last file's models.
    """
    limit: dict[str, float] = {}
    sets: dict[str, dict[str, Any]] = {}
    music: dict[str, Any] = {}
    for names in models.values():
        real = REAL_NOTES if sets else REAL
        for model in names:
            found = judged[model]
            limit = found["originality"]["limit"]
            for name, own in ((real, REAL), (model, model)):
                sets.setdefault(name, {**found["originality"]["sets"][own], "limit": limit})
                music.setdefault(name, found["music"][own])
    return {"limit": limit, "sets": sets}, music
