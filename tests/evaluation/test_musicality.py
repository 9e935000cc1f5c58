"""Figures of melodies that are known by hand. C4 is token 40."""

import numpy as np
import pytest

from nottingham.evaluation import musicality
from nottingham.representation import Grid

C, D, E, F, G, A, B, HIGH_C = 40, 42, 44, 45, 47, 49, 51, 52


def figures(tokens, *, tonic=0, minor=False):
    """Count in a tune on a grid of eight steps."""
    grid, tokens = Grid(8), np.array(tokens, np.uint8)
    notes, sounding = grid.notes(tokens), grid.sounding(tokens)
    return musicality.figures(notes, sounding, tonic=tonic, minor=minor, measure=8)


def test_a_note_that_is_struck_again_is_no_move():
    """Notes that sound alike by ticks: a C held, and one repeated before a D."""
    sounding = np.array([60, 60, 62])
    held, struck = (
        musicality.figures(np.array(notes), sounding, tonic=0, minor=False, measure=8)
        for notes in ([(60, 2), (62, 1)], [(60, 1), (60, 1), (62, 1)])
    )
    assert held["steps"] == struck["steps"] == 1
    assert held["pitch_class_entropy"] == 1
    assert struck["pitch_class_entropy"] == pytest.approx(np.log2(3) - 2 / 3)


def test_motion():
    """Moves of +2, +2, −4, +7, −7, 0 (a note struck again), +5."""
    found = figures([C, D, E, C, G, C, 0, C, F])
    assert found["steps"] == pytest.approx(2 / 6)
    assert found["leaps"] == pytest.approx(3 / 6)
    assert found["turns"] == pytest.approx(4 / 5)


def section(last):
    """Eight measures, in the last of which a note is held."""
    return [D, E] * 28 + [last] * 8


def test_cadences_are_tonics_in_the_last_measure_of_a_section():
    assert figures(section(C) + section(G) + section(C) + [D] * 8)["cadences"] == 2 / 3
    assert figures(section(G), tonic=7)["cadences"] == 1
    assert figures([0] * 4 + [G] * 4 + section(HIGH_C))["cadences"] == 1  # behind an upbeat
    assert figures(section(C)[:-1])["cadences"] is None


ONE, FOUR, FIVE = (C, E, G, C), (F, A, F, A), (G, B, D, G)


@pytest.mark.parametrize(
    ("chords", "found"),
    [
        ([ONE, FOUR, FIVE, ONE], 1),
        ([ONE, ONE, FOUR, FIVE, FIVE, ONE], 1),
        ([ONE, FIVE, FOUR, ONE], 0),
        ([ONE], 0),
    ],
)
def test_the_poster_s_progression(chords, found):
    assert figures(np.concatenate(chords))["progression"] == found


def test_the_progression_in_minor_has_a_major_dominant():
    minor_i, minor_iv = (C, E - 1, G, C), (F, A - 1, F, A - 1)
    tokens = np.concatenate([minor_i, minor_iv, FIVE, minor_i])
    assert figures(tokens, minor=True)["progression"] == 1


def test_coherence_is_what_the_end_shares_with_the_beginning():
    same = [C, G] * 60
    assert figures(same)["coherence"] == pytest.approx(1)
    half = [C, G] * 50 + [C, D] * 10
    assert figures(half)["coherence"] == pytest.approx(0.5)
    assert figures([C, G] * 50)["coherence"] is None


def test_repetition_looks_back_so_many_measures():
    four = list(range(40, 72))
    found = figures(four * 4)
    assert (found["repeats_4"], found["repeats_8"]) == (1, 1)
    assert found["repeats_16"] is None
    assert figures([*four, *range(1, 33), *four])["repeats_8"] == 1
    assert figures([*four, *range(1, 33), *four])["repeats_4"] == 0


def test_the_form_of_a_dance():
    a, b = section(C), [G, A] * 32
    assert figures(a + a + b + b)["aabb"] == 1
    assert figures([0] * 7 + [G] + a + a + b + b + [G])["aabb"] == 1
    assert figures(a + b + a + b)["aabb"] == 0
    assert figures(a * 4)["aabb"] == 0
    assert figures(a + a + b)["aabb"] is None


def test_pitch_classes_as_muspy_has_them():
    """Of four notes two are C: 1.5 bits. C D E F are all of one scale; C C♯ D D♯ are not."""
    assert figures([C, D, 0, HIGH_C, F])["pitch_class_entropy"] == pytest.approx(1.5)
    assert figures([C, C])["pitch_class_entropy"] == 0
    assert figures([C, D, E, F])["scale_consistency"] == 1
    assert figures([C, C + 1, D, D + 1])["scale_consistency"] == 0.75


def test_minor_is_natural_minor():
    """A B C D E F G are all of A minor; with G sharp for G, six of seven are."""
    assert figures([A, B, 40, D, E, F, 47])["scale_consistency"] == 1
    assert figures([A, B, 40, D, E, F, 48])["scale_consistency"] == pytest.approx(6 / 7)


@pytest.mark.parametrize("tokens", [[], [0, 0, 0]])
def test_where_nothing_sounds_there_is_nothing_to_count(tokens):
    found = figures(tokens)
    assert {name for name, value in found.items() if value is not None} <= {"repeats_4"}
