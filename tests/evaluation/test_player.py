"""A player's figures of tunes that are known by hand."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from nottingham.evaluation import player
from nottingham.music.tune import MeterChange

THIRD = Fraction(1, 3)
WHOLE_NOTE = ("4/4", ((0.0, 4.0),))
A, B = [72, 74] * 14 + [60] * 4, [67, 69] * 14 + [62] * 4
"""Sections of eight measures in quarters that end on the tonic of C, and on another note."""


@pytest.fixture
def figures(make_tune):
    """Count in the tune of some notes."""

    def count(*notes, known=frozenset(), from_measure=0, **fields):
        tune = make_tune(*notes, **fields)
        return player.figures(tune, known_rhythms=known, from_measure=from_measure)

    return count


def quarters(pitches):
    return [(number, 1, pitch) for number, pitch in enumerate(pitches)]


def test_every_figure_of_two_measures(figures):
    """G | c>c d (3ef#e G | C4, with moves of 5, 0, 2, 2, 2, −2, −9 and −7 semitones."""
    found = figures(
        (3, 1, 67),
        *[(4, "3/4", 72), ("19/4", "1/4", 72), (5, 1, 74)],
        *[(6, THIRD, 76), (6 + THIRD, THIRD, 78), (6 + 2 * THIRD, THIRD, 76), (7, 1, 67)],
        (8, 4, 60),
        known={WHOLE_NOTE},
    )
    nothing = dict.fromkeys(["sections_on_tonic", "repeats_8", "aabb", "aaaa", "other_repeats"])
    assert found == nothing | {
        "first_note_in_range": 1,
        "repeated_notes": pytest.approx(1 / 8),
        "notes_a_measure": 3,
        "long_notes": pytest.approx(1 / 9),
        "last_note_tonic": 1,
        "steps": pytest.approx(4 / 7),
        "leaps": pytest.approx(3 / 7),
        "turns": pytest.approx(1 / 6),
        "known_rhythms": 1 / 2,
        "range": 18,
        "lowest": 60,
        "highest": 78,
        "upbeats": 1,
        "broken_rhythms": pytest.approx(1 / 12),
        "triplets": pytest.approx(3 / 9),
        "notes_in_scale": pytest.approx(8 / 9),
        "distinct_measures": 1,
    }


@pytest.mark.parametrize(
    ("sections", "aabb", "aaaa", "other_repeats"),
    [
        (A + A + B + B, 1, 0, 0),
        (A + B + A + B, 0, 0, 1),
        (A + B + B + A, 0, 0, 1),
        (A * 4, 0, 1, 1),
        (A + B + [65, 71] * 16 + [76] * 32, 0, 0, 0),
        (A + A + B, None, None, None),
    ],
)
def test_forms(figures, sections, aabb, aaaa, other_repeats):
    for upbeat in ([], [(3, 1, 55)]):
        delay = 4 * len(upbeat)
        found = figures(*upbeat, *[(o + delay, d, p) for o, d, p in quarters(sections)])
        forms = found["aabb"], found["aaaa"], found["other_repeats"]
        assert forms == (aabb, aaaa, other_repeats)


def test_sections_end_in_the_middle_of_their_last_measure(figures):
    notes = quarters(A + A + B + B)
    assert figures(*notes)["sections_on_tonic"] == 2 / 4
    assert figures(*notes[:61])["sections_on_tonic"] == 1 / 2  # of the last measure, one quarter
    assert figures(*notes[:60])["sections_on_tonic"] == 1
    assert figures(*notes, key="D dorian")["sections_on_tonic"] == 2 / 4


def test_repeats_are_counted_in_time(figures):
    assert figures(*quarters(A + A + B + B))["repeats_8"] == pytest.approx(64 / 96)
    changed = [n for n in quarters(A + A) if n[0] != 40]
    changed += [(40, THIRD, 72), (40 + THIRD, 2 * THIRD, 71)]
    assert figures(*sorted(changed))["repeats_8"] == pytest.approx((32 - 2 / 3) / 32)


def test_broken_rhythms_of_a_jig(figures):
    """Of four beats, the first is d>ed, the third d/>e/dd; 3:1 across beats is none."""
    found = figures(
        *[(0, "3/4", 74), ("3/4", "1/4", 76), (1, "1/2", 74)],
        *[("3/2", "3/2", 74), (3, "3/8", 74), ("27/8", "1/8", 76), ("7/2", "1/2", 74)],
        *[(4, "3/4", 74), ("19/4", "1/4", 76), (5, 1, 74)],
        meter="6/8",
    )
    assert found["broken_rhythms"] == 2 / 4


def test_a_continued_tune_is_judged_from_its_fifth_measure_on(figures):
    """Whole notes after an upbeat: moves into those judged, but none of the four before."""
    given, own = [61, 61, 61, 61], [60, 60, 64, 64]
    wholes = [(4 * number, 4, p) for number, p in enumerate(given + own, start=1)]
    found = figures((3, 1, 40), *wholes, from_measure=4, known={WHOLE_NOTE})
    assert not set(player.AT_THE_START) & set(found)
    assert found["repeated_notes"] == 2 / 4
    assert (found["lowest"], found["notes_in_scale"], found["distinct_measures"]) == (60, 1, 1 / 2)
    assert (found["notes_a_measure"], found["known_rhythms"]) == (1, 1)
    assert found["sections_on_tonic"] == 0
    assert set(figures((3, 1, 40), *wholes[:4], from_measure=4).values()) == {None}


def test_without_notes_there_is_nothing_to_count(figures):
    assert set(figures().values()) == {None}
    assert figures((0, 1, 30))["first_note_in_range"] == 0


def test_a_key_that_is_not_named_is_found(figures):
    scale = [60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60, 67, 72]
    assert figures(*quarters(scale), key="")["last_note_tonic"] == 1


def test_variety_is_what_pairs_of_tunes_do_not_share(make_tune):
    """Two tunes are one in another key, a third shares nothing, one has no passage."""
    one, other = [60, 62] * 7, [60, 64] * 7
    tunes = [make_tune(*quarters(p)) for p in (one, [p + 5 for p in one], other, one[:12])]
    assert player.ratios(tunes[:3], known_rhythms=set())["variety"].value == pytest.approx(0.6667)
    assert player.ratios(tunes, known_rhythms=set())["variety"].counted.tolist() == [1, 1, 1, 0]
    assert player.ratios(tunes[:1], known_rhythms=set())["variety"].value is None


@pytest.fixture
def reels(make_tune):
    draw = np.random.default_rng(0)
    return [make_tune(*quarters(draw.choice(A, 64).tolist()), id=f"b/{i}") for i in range(12)]


def compare(generated, real, **settings):
    known = player.rhythms(real)
    return player.compare(generated, real, known_rhythms=known, seed=1, **settings)


def test_real_tunes_are_within_their_own_intervals(reels):
    found = compare(reels, reels)
    assert list(found["dances"]) == ["reel"]
    assert (found["outside"], found["figures"], found["all_outside"]) == (0, 8, 0)
    assert found["dances"]["reel"]["real"] == 12
    later = compare(reels, reels, from_measure=4)
    assert (later["outside"], later["figures"]) == (0, 7)


def test_figures_outside_the_real_tunes_interval_are_counted(reels):
    """Two octaves up, notes are out of a player's reach, and nothing else is another."""
    high = [replace(t, notes=tuple(replace(n, pitch=n.pitch + 24) for n in t.notes)) for t in reels]
    found = compare(high, reels)
    outside = {name for name, f in found["dances"]["reel"]["figures"].items() if f["outside"]}
    assert outside == {"first_note_in_range", "lowest", "highest"}
    assert (found["outside"], found["all_outside"]) == (1, 3)


def test_what_cannot_be_compared_is_left_out(reels):
    slip_jigs = [replace(tune, meter="9/8") for tune in reels]
    changing = [replace(t, meter_changes=(MeterChange(Fraction(8), "3/4"),)) for t in reels]
    sets = [(slip_jigs, slip_jigs), (changing, reels), (reels, changing), (reels, reels[:9])]
    for generated, real in sets:
        found = compare(generated, real)
        assert (found["dances"], found["figures"], found["all_figures"]) == ({}, 0, 0)
    assert compare([], reels) is None
