"""The classifier two-sample test: Lopez-Paz & Oquab (2017), arXiv:1610.06545.

Classifiers learn to tell two sets of tunes apart by features of their written notes. Where they
are right about tunes that they have not seen in half of all cases, they find no difference; a set
that they tell from real tunes differs in what the most telling features say. Features have nothing
of a tune's length; sets that are compared should have the same share of each meter.
"""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nottingham.evaluation.bootstrap import LEAST_TUNES, intervals
from nottingham.evaluation.metrics import Ratio, rounded
from nottingham.music import dances, notation
from nottingham.music.measures import count
from nottingham.music.timeline import Timeline, broken_beats, timeline
from nottingham.music.tune import Note, Tune

_FOLDS, _TREES, _TELLING = 10, 100, 8
_INTERVALS = (-7, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8)
"""Semitones at which a bin begins; wider falling ones are in a bin before."""
_DURATIONS = (3, 4, 6, 9, 12, 18, 24, 36, 48)
"""Twelfths of a quarter; other durations count together."""
_LAGS = (1, 2, 4, 8, 16)
"""Measures."""
_PLACES = ("first", "middle", "beat", "eighth", "elsewhere")
_ENDINGS = {"tonic": (0,), "second": (1, 2), "third": (3, 4), "fifth": (7,)}
"""Semitones above the tonic."""
_TRIAD = (0, 3, 4, 7)
_ANY = Tune("", "", "4/4", "C major", (Note(Fraction(0), Fraction(1), 60),), (), "")


def features(tune: Tune, from_measure: int = 0) -> dict[str, float]:
    """Describe a tune by its written notes.

    Args:
        tune: which does not change its meter.
        from_measure: the first full measure that counts; 0 includes an upbeat.

    Returns:
        The features, always the same in the same order: shares but for notes a measure, pitches in
        semitones; 0 where there is nothing to count.
    """
    found = timeline(tune, from_measure)
    if not len(found.pitches[found.judged]):
        return dict.fromkeys(features(_ANY), 0.0)
    return {**_pitches(found), **_durations(found), **_measures(found), **_endings(found)}


def two_sample(
    one: Sequence[Tune],
    other: Sequence[Tune],
    *,
    seed: int,
    from_measure: int = 0,
    paired: bool = False,
) -> dict[str, Any]:
    """Test by ten-fold cross-validation whether classifiers tell two sets of tunes apart.

    Args:
        one: tunes that do not change their meter.
        other: such tunes; of the larger set, as many as the smaller has are drawn.
        seed: of what is drawn, the folds, the forest and the intervals.
        from_measure: the first full measure that counts; see `features`.
        paired: whether each tune shares its first measures with the other set's tune at the same
            place. Both then fall in the same fold: a classifier trained on one of two similar
            tunes tends to be wrong about the other.

    Returns:
        ``tunes``: of each set. ``logistic_regression``, ``random_forest``: ``accuracy``, 0.5 by
        chance, and its ``interval`` by bootstrap over tunes. ``accuracy``, ``interval``: those of
        the better one. ``telling``: the eight features with the largest coefficients of the
        logistic regression, in standard deviations, each with its ``mean`` in both sets and the
        ``weight``, the mean size over the folds. Of fewer than 10 tunes a set, the accuracies are
        None.

    Raises:
        ValueError: if the sets are paired and differ in size.
    """
    if paired and len(one) != len(other):
        raise ValueError(f"no pairs of {len(one)} and {len(other)} tunes")
    count = min(len(one), len(other))
    if count < LEAST_TUNES:
        nothing = {"accuracy": None, "interval": None}
        both = {"logistic_regression": dict(nothing), "random_forest": dict(nothing)}
        return {"tunes": count, **both, **nothing, "telling": []}
    draw = np.random.default_rng(seed)
    chosen = [
        tunes[i]
        for tunes in (one, other)
        for i in np.sort(draw.choice(len(tunes), count, replace=False))
    ]
    rows = [features(tune, from_measure) for tune in chosen]
    inputs, labels = np.array([list(row.values()) for row in rows]), np.repeat([0, 1], count)
    groups = np.tile(np.arange(count), 2) if paired else np.arange(2 * count)
    hits, weights = _cross_validate(inputs, labels, groups, seed)
    figures = {name: Ratio(found.astype(float), np.ones(2 * count)) for name, found in hits.items()}
    sure = intervals(list(figures.values()), groups, seed=seed)
    scored = {
        name: {"accuracy": figure.value, "interval": interval}
        for (name, figure), interval in zip(figures.items(), sure, strict=True)
    }
    better = max(hits, key=lambda name: int(hits[name].sum()))
    telling = _telling(list(rows[0]), weights, inputs, labels)
    return {"tunes": count, **scored, **scored[better], "telling": telling}


def by_dance(new: Sequence[Tune], real: Sequence[Tune], *, seed: int) -> dict[str, Any] | None:
    """Test tunes from nothing against real ones: as many of each dance and length.

    Args:
        new: generated tunes.
        real: those that change their meter are left out.
        seed: of what is left out, and of the test.

    Returns:
        What `two_sample` does; None with fewer than ten tunes.
    """
    draw = np.random.default_rng(seed)
    chosen: tuple[list[Tune], list[Tune]] = ([], [])
    sets = [_by_meter_and_length(tunes) for tunes in (new, real)]
    for kind in sorted(sets[0].keys() & sets[1].keys()):
        least = min(len(found[kind]) for found in sets)
        for some, found in zip(chosen, sets, strict=True):
            order = draw.permutation(len(found[kind]))
            some += [found[kind][i] for i in sorted(order[:least].tolist())]
    enough = len(chosen[0]) >= LEAST_TUNES
    return two_sample(*chosen, seed=seed) if enough else None


def _by_meter_and_length(tunes: Sequence[Tune]) -> dict[tuple[str, int], list[Tune]]:
    """Sort the tunes of the dances that are judged; those that change their meter are left out."""
    found: dict[tuple[str, int], list[Tune]] = {}
    for tune in tunes:
        if tune.meter in dances.METERS.values() and not tune.meter_changes:
            found.setdefault((tune.meter, count(tune)), []).append(tune)
    return found


def control(real: Sequence[Tune], *, seed: int, from_measure: int = 0) -> dict[str, Any] | None:
    """Test one random half of real tunes against the other; None with fewer than 20."""
    order = np.random.default_rng(seed).permutation(len(real)).tolist()
    halves = [[real[i] for i in sorted(part)] for part in (order[::2], order[1::2])]
    if len(halves[1]) < LEAST_TUNES:
        return None
    return two_sample(halves[0], halves[1], seed=seed, from_measure=from_measure)


def _cross_validate(
    inputs: Float[np.ndarray, "tunes features"],
    labels: Int[np.ndarray, " tunes"],
    groups: Int[np.ndarray, " tunes"],
    seed: int,
) -> tuple[dict[str, Bool[np.ndarray, " tunes"]], Float[np.ndarray, " features"]]:
    """Return which tunes each classifier labels correctly, and the mean size of coefficients.

    Tunes of one group fall in the same fold.
    """
    classifiers = {
        "logistic_regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)),
        "random_forest": RandomForestClassifier(_TREES, random_state=seed, n_jobs=1),
    }
    hits = {name: np.zeros(len(labels), bool) for name in classifiers}
    sizes = []
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=seed)
    for seen, unseen in folds.split(inputs, labels, groups):
        for name, classifier in classifiers.items():
            fitted = clone(classifier).fit(inputs[seen], labels[seen])
            hits[name][unseen] = fitted.predict(inputs[unseen]) == labels[unseen]
            if name == "logistic_regression":
                sizes.append(np.abs(fitted[-1].coef_[0]))
    return hits, np.mean(sizes, axis=0)


def _telling(
    names: Sequence[str],
    weights: Float[np.ndarray, " features"],
    inputs: Float[np.ndarray, "tunes features"],
    labels: Int[np.ndarray, " tunes"],
) -> list[dict[str, Any]]:
    means = [inputs[labels == label].mean(axis=0) for label in (0, 1)]
    return [
        {
            "feature": names[i],
            "weight": rounded(weights[i]),
            "mean": [rounded(mean[i]) for mean in means],
        }
        for i in np.argsort(-weights, kind="stable")[:_TELLING]
    ]


def _shares(found: np.ndarray, kinds: int) -> list[float]:
    counts = np.bincount(found, minlength=kinds)
    return [float(share) for share in counts / max(1, counts.sum())]


def _mean(found: np.ndarray) -> float:
    return float(np.mean(found)) if len(found) else 0.0


def _pitches(tune: Timeline) -> dict[str, float]:
    pitches, moves = tune.pitches[tune.judged], tune.moves
    changes = moves[moves != 0]
    names = [f"interval_{name}" for name in ("below", *_INTERVALS)]
    degrees = _shares((pitches - tune.tonic) % 12, 12)
    return {
        **dict(zip(names, _shares(np.digitize(moves, _INTERVALS), len(names)), strict=True)),
        **{f"degree_{number}": share for number, share in enumerate(degrees)},
        "notes_in_scale": _mean(np.isin(pitches % 12, sorted(tune.scale))),
        "turns": _mean(np.sign(changes[1:]) != np.sign(changes[:-1])),
        "range": float(np.ptp(pitches)),
        "lowest": float(pitches.min()),
        "mean_pitch": float(pitches.mean()),
    }


def _durations(tune: Timeline) -> dict[str, float]:
    onsets, durations = tune.onsets[tune.judged], (tune.ends - tune.onsets)[tune.judged]
    twelfths = durations * 12 / tune.quarter
    shares = {f"duration_{number}/12": _mean(twelfths == number) for number in _DURATIONS}
    return {
        **shares,
        "duration_other": 1 - sum(shares.values()),
        "notes_a_measure": len(durations) * tune.measure / (tune.end - tune.start),
        "long_notes": _mean(durations >= tune.measure),
        "triplets": _mean(tune.triplets[tune.judged]),
        "broken_rhythms": broken_beats(tune),
        "rests": float(1 - durations.sum() / (tune.end - onsets[0])),
    }


def _measures(tune: Timeline) -> dict[str, float]:
    measures, rhythms = tune.measures(), Counter(tune.rhythms())
    count = max(1, len(measures))
    places = (tune.onsets[tune.judged] - tune.first) % tune.measure
    beat = int(notation.beat(tune.meter) * tune.quarter)
    conditions = [
        places == 0,
        2 * places == tune.measure,
        places % beat == 0,
        2 * places % tune.quarter == 0,
    ]
    found = _shares(np.select(conditions, range(4), 4), 5)
    return {
        **{f"begins_{name}": share for name, share in zip(_PLACES, found, strict=True)},
        **{f"repeats_{lag}": tune.repeats(lag) or 0.0 for lag in _LAGS},
        "commonest_rhythm": max(rhythms.values(), default=0) / count,
        "distinct_rhythms": len(rhythms) / count,
        "distinct_measures": len(set(measures)) / count,
    }


def _endings(tune: Timeline) -> dict[str, float]:
    ends, pitches = tune.section_ends(), tune.pitches[tune.judged]
    degrees = np.where(ends >= 0, (ends - tune.tonic) % 12, -1)
    downbeats = (tune.onsets[tune.judged] - tune.first) % tune.measure == 0
    return {
        **{f"sections_on_{name}": _mean(np.isin(degrees, d)) for name, d in _ENDINGS.items()},
        "last_note_tonic": float(pitches[-1] % 12 == tune.tonic),
        "downbeats_in_triad": _mean(np.isin((pitches[downbeats] - tune.tonic) % 12, _TRIAD)),
    }
