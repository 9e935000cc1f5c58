"""Forms of tunes, by the sections that are alike."""

from dataclasses import replace
from fractions import Fraction

import pytest

from nottingham.music import forms
from nottingham.music.tune import MeterChange, Note

MELODIES = {"A": (60, 62, 64, 65), "B": (67, 69, 71, 72), "C": (55, 57, 53, 52)}


def melody(form, *, first=0, changed=0, measures=8):
    """Return the notes of sections of eight measures of quarters in 4/4.

    Args:
        form: the melody of each.
        first: when the first begins, in quarters.
        changed: of the last section so many notes are other ones.
        measures: of the last section.
    """
    pitches = [MELODIES[letter][k % 4] for letter in form for k in range(32)]
    pitches = pitches[: len(pitches) - 4 * (8 - measures)]
    pitches[len(pitches) - changed :] = [80] * changed
    return tuple(Note(Fraction(first + k), Fraction(1), p) for k, p in enumerate(pitches))


@pytest.mark.parametrize(
    ("sections", "form"),
    [
        ("A", "A"),
        ("BA", "AB"),
        ("CCAA", "AABB"),
        ("ABAC", "ABAC"),
        ("ABCB", "ABCB"),
        ("AABBCC", "AABB"),  # of longer tunes the first four
    ],
)
def test_the_form_of_a_tune(make_tune, sections, form):
    plain = replace(make_tune(), notes=melody(sections))
    assert forms.plan(plain)[0] == form
    upbeat = (Note(Fraction(3), Fraction(1), 59),)
    assert forms.plan(replace(plain, notes=upbeat + melody(sections, first=4)))[0] == form


@pytest.mark.parametrize(("changed", "form"), [(8, "AA"), (9, "AB")])
def test_alike_is_what_is_the_same_for_three_quarters_of_the_time(make_tune, changed, form):
    assert forms.plan(replace(make_tune(), notes=melody("AA", changed=changed)))[0] == form


@pytest.mark.parametrize(("measures", "form"), [(7, "A"), (8, "AA")])
def test_a_section_counts_from_its_last_measure_on(make_tune, measures, form):
    assert forms.plan(replace(make_tune(), notes=melody("AA", measures=measures)))[0] == form
    assert forms.sections(8 + measures) == forms.endings(8 + measures) == len(form)


@pytest.mark.parametrize(
    ("last", "endings"),
    [
        ([(28, 2, 60)], "1"),  # no longer sounding at 30, the middle
        ([(28, 2, 62), (30, 2, 60)], "1"),
        ([(28, 2, 60), (30, 2, 62)], "-"),
        ([(28, 3, 60), (31, 1, 62)], "1"),
    ],
)
def test_a_section_closes_with_the_last_note_begun_by_the_middle_of_its_last_measure(
    make_tune, last, endings
):
    tune = make_tune(*((4 * k, 4, 67) for k in range(7)), *last, key="C major")
    assert forms.plan(tune) == ("A", endings)


def test_the_last_mark_is_of_the_last_section(make_tune):
    tune = replace(make_tune(key="C major"), notes=melody("AAAAAAA"))
    assert forms.plan(tune) == ("AAAA", "-----")
    closed = (*tune.notes[:-4], Note(Fraction(220), Fraction(4), 60))
    assert forms.plan(replace(tune, notes=closed)) == ("AAAA", "----1")
    assert [forms.endings(measures) for measures in (32, 39, 40, 96)] == [4, 4, 5, 5]
    assert forms.sections(96) == 4


def test_what_has_no_form(make_tune):
    plain = replace(make_tune(), notes=melody("AB"))
    change = (MeterChange(Fraction(32), "3/4"),)
    assert forms.plan(replace(plain, meter_changes=change)) == ("", "")
    assert forms.plan(replace(plain, notes=melody("A", measures=6))) == ("", "")
    assert forms.plan(replace(plain, notes=())) == ("", "")


def test_the_names_are_all_forms_of_one_to_four_sections():
    assert [sum(len(name) == n for name in forms.NAMES) for n in range(1, 5)] == [1, 2, 5, 15]
    assert len(set(forms.NAMES)) == 23
    assert {"A", "AB", "ABC", "ABCD", "AABA", "ABCB"} <= set(forms.NAMES)
    assert not {"BA", "AC", "ABDC"} & set(forms.NAMES)


@pytest.mark.parametrize(
    ("form", "repeated"),
    [("A", [0]), ("AABB", [0, 1, 0, 1]), ("AABA", [0, 1, 0, 2]), ("ABCB", [0, 0, 0, 2])],
)
def test_what_a_section_repeats(form, repeated):
    assert forms.repeated(form) == repeated
