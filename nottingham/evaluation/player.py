"""What a player sees in a tune: range, rhythm, form and endings, beside real tunes of the dance.

All is counted from written notes, exactly, never from tokens: a grid would hide repeated notes and
triplets. A figure of a set of tunes is the mean over its tunes, so that a long tune counts as one.
A tune that continues a real beginning is judged from a measure on (`timeline`): its notes before
are left out, but repeats, moves and forms look back at them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np

from nottingham.evaluation.bootstrap import LEAST_TUNES, intervals
from nottingham.evaluation.metrics import Ratio
from nottingham.evaluation.musicality import LEAP, STEP
from nottingham.evaluation.overlap import passages_of
from nottingham.music import dances, forms
from nottingham.music.timeline import SECTION, SILENCE, Rhythm, Timeline, broken_beats, timeline
from nottingham.music.tune import Tune

DANCES = dances.METERS
"""The meter of each dance; tunes in another one, or that change it, are left out."""
CORE = (
    "first_note_in_range",
    "repeated_notes",
    "notes_a_measure",
    "long_notes",
    "last_note_tonic",
    "sections_on_tonic",
    "repeats_8",
    "steps",
)
"""The figures of each dance that a model's total counts."""
_FURTHER = (
    "known_rhythms",
    "range",
    "lowest",
    "highest",
    "aabb",
    "other_repeats",
    "aaaa",
    "upbeats",
    "broken_rhythms",
    "triplets",
    "leaps",
    "turns",
    "notes_in_scale",
    "distinct_measures",
)
AT_THE_START = ("first_note_in_range", "upbeats")
"""The figures that a tune has only if it is judged from its beginning."""

_RANGE = (55, 83)  # MIDI: G3 to B5


def rhythms(tunes: Sequence[Tune]) -> frozenset[Rhythm]:
    """Collect the rhythms of the measures of known tunes, except those that change their meter."""
    plain = [tune for tune in tunes if tune.notes and not tune.meter_changes]
    return frozenset(rhythm for tune in plain for rhythm in timeline(tune).rhythms())


def figures(
    tune: Tune, *, known_rhythms: Set[Rhythm] | None, from_measure: int = 0
) -> dict[str, float | None]:
    """Count what a player sees in a tune; None where there is nothing to count.

    Args:
        tune: which does not change its meter.
        known_rhythms: those of `rhythms`; None: the figure is.
        from_measure: the first full measure that is judged, 4 for a tune that continues four real
            ones; then the figures of `AT_THE_START` are missing.

    Returns:
        ``first_note_in_range``: 1 if the first note lies within G3 to B5, else 0.
        ``repeated_notes``: share of notes with the pitch of the note before.
        ``notes_a_measure``: notes by the length in measures; that of an upbeat counts whole.
        ``long_notes``: share of notes of a measure or longer.
        ``last_note_tonic``: 1 if the last note is the tonic, else 0.
        ``sections_on_tonic``: share of sections of eight measures with the tonic at the middle of
        their last measure, be that measure incomplete.
        ``repeats_8``: share of time with the pitch, or silence, of eight measures before.
        ``steps``, ``leaps``: shares of the moves between different pitches.
        ``turns``: share of such moves that go the other way than the one before.
        ``known_rhythms``: share of measures with the rhythm of a known tune's measure.
        ``range``, ``lowest``, ``highest``: in semitones and as MIDI numbers.
        ``aabb``: 1 if the first four sections are alike in pairs and the pairs differ, else 0.
        ``aaaa``: 1 if the other three are like the first. ``other_repeats``: 1 if any two are
        alike and the form is not AABB: AABA, ABAB, ABAC, AAAA and so on.
        ``upbeats``: 1 if there is an upbeat, else 0.
        ``broken_rhythms``: share of beats with a quarter or an eighth divided 3:1 or 1:3.
        ``triplets``: share of notes with a duration whose denominator is divisible by three.
        ``notes_in_scale``: share of notes in the key's scale.
        ``distinct_measures``: different measures by measures.
    """
    found = timeline(tune, from_measure)
    names = [n for n in (*CORE, *_FURTHER) if not (from_measure and n in AT_THE_START)]
    if not len(found.pitches[found.judged]):
        return dict.fromkeys(names)
    counted = {**_pitches(found), **_form(found), **_rhythm(found, known_rhythms)}
    return {name: counted[name] for name in names}


def _mean(found: np.ndarray) -> float | None:
    return float(np.mean(found)) if len(found) else None


def _pitches(tune: Timeline) -> dict[str, float | None]:
    pitches = tune.pitches[tune.judged]
    moves = tune.moves[tune.moves != 0]
    return {
        "first_note_in_range": float(_RANGE[0] <= pitches[0] <= _RANGE[1]),
        "last_note_tonic": float(pitches[-1] % 12 == tune.tonic),
        "repeated_notes": _mean(tune.moves == 0),
        "steps": _mean(np.abs(moves) <= STEP),
        "leaps": _mean(np.abs(moves) >= LEAP),
        "turns": _mean(np.sign(moves[1:]) != np.sign(moves[:-1])),
        "range": float(np.ptp(pitches)),
        "lowest": float(pitches.min()),
        "highest": float(pitches.max()),
        "notes_in_scale": _mean(np.isin(pitches % 12, sorted(tune.scale))),
    }


def _form(tune: Timeline) -> dict[str, float | None]:
    ends, form = tune.section_ends(), forms.read(tune)
    found: dict[str, float | None] = {
        "sections_on_tonic": _mean((ends != SILENCE) & (ends % 12 == tune.tonic)),
        "repeats_8": tune.repeats(SECTION),
        "upbeats": float(tune.first > 0),
    }
    if len(form) < forms.MOST_SECTIONS:
        return found | dict.fromkeys(("aabb", "aaaa", "other_repeats"))
    return found | {
        "aabb": float(form == "AABB"),
        "aaaa": float(form == "AAAA"),
        "other_repeats": float(len(set(form)) < forms.MOST_SECTIONS and form != "AABB"),
    }


def _rhythm(tune: Timeline, known: Set[Rhythm] | None) -> dict[str, float | None]:
    durations, measures = (tune.ends - tune.onsets)[tune.judged], tune.measures()
    is_known = [rhythm in known for rhythm in tune.rhythms()] if known is not None else []
    return {
        "notes_a_measure": len(durations) * tune.measure / (tune.end - tune.start),
        "long_notes": _mean(durations >= tune.measure),
        "triplets": _mean(tune.triplets[tune.judged]),
        "broken_rhythms": broken_beats(tune),
        "known_rhythms": _mean(np.array(is_known)),
        "distinct_measures": len(set(measures)) / len(measures) if measures else None,
    }


def _variety(tunes: Sequence[Timeline]) -> Ratio:
    """Return the mean share of a tune's passages of 12 intervals that another tune does not have.

    Every pair of tunes counts, so that the figure does not depend on how many there are; passages
    are compared in any key, and a tune's passages once each.
    """
    passages = [passages_of([np.diff(t.pitches[t.judged]).astype(np.int8)]).tolist() for t in tunes]
    tunes_with = Counter(passage for own in passages for passage in own)
    others = max(1, len(tunes) - 1)
    counted = np.array([float(len(own) > 0 and len(tunes) > 1) for own in passages])
    shared = [sum(tunes_with[p] - 1 for p in own) / max(1, len(own)) / others for own in passages]
    return Ratio((1 - np.array(shared)) * counted, counted)


def ratios(
    tunes: Sequence[Tune], *, known_rhythms: Set[Rhythm] | None, from_measure: int = 0
) -> dict[str, Ratio]:
    """Return the figures of a set of at least one tune, one item a tune.

    Returns:
        The means of those of `figures`, and ``variety``: the mean over pairs of tunes of the share
        of one's passages of 12 intervals that the other does not have.
    """
    rows = [figures(t, known_rhythms=known_rhythms, from_measure=from_measure) for t in tunes]
    found = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        counted = np.array([float(value is not None) for value in values])
        found[name] = Ratio(np.array([value or 0.0 for value in values]), counted)
    return found | {"variety": _variety([timeline(tune, from_measure) for tune in tunes])}


def compare(
    generated: Sequence[Tune],
    real: Sequence[Tune],
    *,
    known_rhythms: Set[Rhythm] | None,
    seed: int,
    from_measure: int = 0,
) -> dict[str, Any] | None:
    """Compare generated tunes with real ones of the same dance; return None without any.

    Args:
        generated: the tunes.
        real: the tunes that they are compared with.
        known_rhythms: those of `rhythms`, of tunes that are among neither; None: without them.
        seed: of the intervals.
        from_measure: the first full measure that is judged; see `figures`.

    Returns:
        ``dances``: for each dance that has generated tunes and at least 10 real ones how many
        there are of both, and for each figure the value and the interval of both and ``outside``,
        whether the generated value lies outside the interval of the real one; None if either is
        missing. ``outside`` of ``figures`` counts this over the figures of `CORE`, ``all_outside``
        of ``all_figures`` over all.
    """
    if not generated:
        return None
    found: dict[str, dict[str, Any]] = {}
    for dance, meter in DANCES.items():
        sets = [
            [tune for tune in tunes if tune.meter == meter and not tune.meter_changes]
            for tunes in (generated, real)
        ]
        if sets[0] and len(sets[1]) >= LEAST_TUNES:
            both = [
                _described(ratios(s, known_rhythms=known_rhythms, from_measure=from_measure), seed)
                for s in sets
            ]
            found[dance] = {
                "generated": len(sets[0]),
                "real": len(sets[1]),
                "figures": {name: _beside(both[0][name], both[1][name]) for name in both[0]},
            }
    return {"dances": found, **_totals(found)}


def _totals(of_dances: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    compared = [
        (name, figure["outside"])
        for found in of_dances.values()
        for name, figure in found["figures"].items()
        if figure["outside"] is not None
    ]
    core = [outside for name, outside in compared if name in CORE]
    return {
        "outside": sum(core),
        "figures": len(core),
        "all_outside": sum(outside for _, outside in compared),
        "all_figures": len(compared),
    }


def _described(found: Mapping[str, Ratio], seed: int) -> dict[str, dict[str, Any]]:
    tunes = np.arange(len(next(iter(found.values())).counted))
    sure = intervals(list(found.values()), tunes, seed=seed)
    return {
        name: {"value": ratio.value, "interval": interval}
        for (name, ratio), interval in zip(found.items(), sure, strict=True)
    }


def _beside(generated: Mapping[str, Any], real: Mapping[str, Any]) -> dict[str, Any]:
    value, interval = generated["value"], real["interval"]
    outside = None
    if value is not None and interval is not None:
        outside = not interval[0] <= value <= interval[1]
    return {"generated": generated, "real": real, "outside": outside}
