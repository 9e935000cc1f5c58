"""Repeat signs and endings, by hand, and read back: the tune is played as it was."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nottingham.formats import fold
from nottingham.formats.abc import reader
from nottingham.formats.abc import writer as abc
from nottingham.formats.unfold import unfold
from nottingham.music.tune import ChordSymbol, MeterChange, Note, Tune, Voice


def tune(pitches, *, meter="2/4", upbeat=None, key="C major"):
    """Return a tune of quarters, the first of them the upbeat where that is named."""
    notes, start = [], Fraction(2)
    if upbeat:
        notes.append(Note(Fraction(1), Fraction(1), upbeat))
    for pitch in pitches:
        if pitch:
            notes.append(Note(start, Fraction(1), pitch))
        start += 1
    found = tuple(notes) if upbeat else tuple(replace(n, onset=n.onset - 2) for n in notes)
    return Tune("a/1", "A tune", meter, key, found, (), "a.abc")


def music(of):
    return abc.text(of).partition("\nK:C\n")[2]


def back(of):
    return unfold(reader.read(abc.text(of)), id=of.id, source=of.source)


A = [60, 62, 64, 65, 67, 65, 64, 62, 60, 62, 64, 65, 67, 65, 64, 60]
B = [72, 71, 69, 67, 65, 64, 62, 60, 72, 71, 69, 67, 65, 64, 62, 60]


def test_a_section_that_comes_twice_stands_once():
    text = music(tune([*A, *A, *B, *B]))
    first, second, third, fourth = text.splitlines()
    assert first == "|: C2 D2 | E2 F2 | G2 F2 | E2 D2 |"
    assert second == "C2 D2 | E2 F2 | G2 F2 | E2 C2 :|"
    assert third.startswith("|: c2 B2 |")
    assert fourth.endswith("| D2 C2 :|")


def test_a_repeat_begins_with_a_section_where_one_does():
    """Half a section earlier there would be one too."""
    text = music(tune([*B[:8], *A[8:], *A, *A]))
    assert text.startswith("c2 B2 |")
    assert text.splitlines()[2] == "|: C2 D2 | E2 F2 | G2 F2 | E2 D2 |"


def test_an_upbeat_belongs_to_the_section():
    once = [*A[:-1], 55]
    text = music(tune([*once, *once[:-1], 55, *B, *B[:-1]], upbeat=55))
    assert text.startswith("|: G,2 | C2 D2 | E2 F2 |")
    assert text.splitlines()[1].endswith("| E2 :|")


def test_a_chord_at_the_last_barline_is_kept():
    chord = ChordSymbol(Fraction(32), "G")
    assert back(replace(tune([*A, *A]), chords=(chord,))).chords == (chord,)


@pytest.mark.parametrize("differ", [1, 2, 3, 4])
def test_last_measures_that_differ_are_endings(differ):
    """One or two of eight."""
    other = [*A[: 16 - differ], *[55] * differ]
    text = music(tune([*A, *other, *B]))
    assert ("|1 " in text and ":|2 " in text) == (differ <= 4)
    if differ <= 2:
        assert "|1 E2 C2 :|2 " in text
        assert text.count("||") == 1
    assert back(tune([*A, *other, *B])).notes == tune([*A, *other, *B]).notes


@pytest.mark.parametrize(
    "of",
    [
        tune([*A, *[pitch + 7 for pitch in A[:-1]], 62]),
        tune([*A[:3], *A[:3]]),
        replace(tune([*A, *A]), meter_changes=(MeterChange(Fraction(4), "3/4"),)),
        replace(tune([*A, *A]), further_voices=(Voice("2", tune([*A, *A]).notes),)),
        replace(tune([*A, *A]), chords=(ChordSymbol(Fraction(0), "C"),)),
    ],
    ids=["no repeat", "short", "meters", "voices", "chords"],
)
def test_what_does_not_come_again_stands_as_it_is(of):
    assert "|:" not in music(of)
    assert back(of).notes == of.notes


def test_a_tune_that_stops_before_its_second_ending_has_none():
    """The second time the last measure is missing, in full or but for its first note."""
    for missing in (1, 2, 3):
        of = tune([*A, *A[:-missing]])
        assert back(of).notes == of.notes
        assert back(tune([55, *A, 55, *A[:-missing]], upbeat=50)).notes


def test_no_line_ends_within_a_second_ending():
    """Eight measures of 2/4, whose last two differ: four, and six with both endings."""
    once = [60 + k * k % 11 for k in range(16)]
    bars = fold.bars(tune([*once, *once[:12], 72, 71, 69, 67]))
    assert [len(line) for line in fold.lines(bars)] == [4, 6]
    assert [bar.ending for bar in bars] == [0] * 6 + [1, 0, 2, 0]


def test_no_note_is_held_over_a_sign():
    held = tune([*A, *A])
    notes = list(held.notes)
    notes[15:17] = [replace(notes[15], duration=Fraction(2))]
    assert "|:" not in music(replace(held, notes=tuple(notes)))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from([0, 60, 64, 67]), min_size=2, max_size=18), max_size=3),
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), min_size=1, max_size=4),
    st.sampled_from(["2/4", "3/4", "4/4", "6/8"]),
    st.sampled_from([None, 55]),
)
def test_what_is_written_is_played_as_it_was(sections, order, meter, upbeat):
    pitches = [p for k, times in order if k < len(sections) for p in sections[k] * times]
    of = tune([*pitches, 60], meter=meter, upbeat=upbeat if meter == "2/4" else None)
    found = back(of)
    assert (found.notes, found.meter, found.key) == (of.notes, of.meter, of.key)
