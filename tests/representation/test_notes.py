"""Notes as tokens, worked by hand; test_representations.py has what every representation shares."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from nottingham.errors import InputError
from nottingham.music.tune import MeterChange
from nottingham.representation import Notes, clock
from nottingham.representation.base import Heading

NOTES = Notes()


def names(tune, representation=NOTES):
    """Return the names of a tune's tokens, in a line."""
    tokens = representation.encode(tune)
    return " ".join(representation.vocabulary.names[token] for token in tokens)


def header(tune):
    return [NOTES.vocabulary.names[token] for token in NOTES.encode(tune)[:7]]


def test_a_jig_behind_an_upbeat(make_tune):
    """In D: A4 is the G of C, D5 its C."""
    jig = make_tune(
        ("5/2", "1/2", 69), (3, "3/2", 74), (5, 1, 62), id="jigs/1", meter="6/8", key="D major"
    )
    melody = "rest 5/2 quarters {} 1/2 quarters {} 3/2 quarters rest 1/2 quarters {} 1 quarters end"
    begun = "jig 6/8 D major 1 measures no form no endings "
    assert names(jig) == begun + melody.format("G4", "C5", "C4")
    assert names(jig, Notes(relative=False)) == begun + melody.format("A4", "D5", "D4")


def test_a_header_names_one_of_several_corpora(make_tune):
    """First, and only that; an unknown one, as of a tune of one's own, is none of them."""
    several = Notes(corpora=("nottingham", "essen"))
    tune = make_tune((0, 4, 60), corpus="essen")
    assert names(tune, several) == f"corpus essen {names(tune)}"
    assert names(replace(tune, corpus="mine"), several) == f"no corpus {names(tune)}"
    for corpus in ("nottingham", "essen", ""):
        tokens = several.encode(replace(tune, corpus=corpus))
        assert several.heading(tokens).corpus == corpus
        assert several.header(several.heading(tokens)).tolist() == tokens[:8].tolist()
    assert NOTES.heading(NOTES.encode(tune)).corpus == ""
    assert NOTES.vocabulary.size + 3 == several.vocabulary.size
    assert several.settings()["corpora"] == ["nottingham", "essen"]
    assert "corpora" not in NOTES.settings()


@pytest.mark.parametrize("corpora", ["essen", ("a", "a")])
def test_corpora_have_different_names(corpora):
    with pytest.raises(ValueError, match=r"^corpora are different names"):
        Notes(corpora=corpora)


def test_durations_without_a_token_are_sums(make_tune):
    """Of the longest that there are: 7 of a 48th are 6 and 1, 41 are 36, 4 and 1."""
    tune = make_tune((0, "7/48", 60), ("7/48", 21, 62), (22, 1, 64))
    assert names(tune).split(" no endings ")[1] == (
        "C4 1/8 quarters tie 1/48 quarters D4 8 quarters tie 8 quarters tie 5 quarters "
        "rest 3/4 quarters rest 1/12 quarters rest 1/48 quarters E4 1 quarters end"
    )


def test_changes_of_meter_stand_where_they_happen(make_tune):
    """At the start of a note, within one, and within a rest."""
    at = ((4, "6/8"), (8, "3/4"), (13, "2/4"))
    changes = tuple(MeterChange(Fraction(onset), meter) for onset, meter in at)
    tune = make_tune((0, 4, 60), (4, 5, 62), (14, 2, 64), meter_changes=changes)
    assert names(tune).split(" no endings ")[1] == (
        "C4 4 quarters to 6/8 D4 4 quarters to 3/4 tie 1 quarters "
        "rest 4 quarters to 2/4 rest 1 quarters E4 2 quarters end"
    )


def test_the_clock_follows_the_meters(make_tune):
    """In 48ths: of 4/4, of 6/8 from its cut third measure on."""
    change = (MeterChange(Fraction(6), "6/8"),)
    tune = make_tune((0, 4, 60), (4, 2, 62), (6, 4, 64), meter_changes=change)
    times = clock.read(NOTES, NOTES.encode(tune))
    c, d, to, e, end = 7, 9, 11, 12, 14
    found = np.stack(times, axis=1)[[0, c, d, to, e, end]].tolist()
    four, six = 192, 144
    assert found[:4] == [[0, 0, four], [0, 0, four], [1, 0, four], [1, 96, four]]
    assert found[4:] == [[2, 0, six], [3, 48, six]]


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        ("F# minor", ["F#", "minor"]),
        ("Gb major", ["F#", "major"]),
        ("A aeolian", ["A", "minor"]),
        ("Bb ionian", ["Bb", "major"]),
        ("E phrygian", ["E", "phrygian"]),
    ],
)
def test_the_key_of_a_header(make_tune, key, fields):
    assert header(make_tune((0, 1, 60), key=key))[2:4] == fields


@pytest.mark.parametrize("semitones", [0, 5])
def test_a_key_that_no_notation_names_is_estimated(make_tune, semitones):
    """Of a melody in D that ends on its tonic: relative pitches are of that key."""
    melody = [62, 66, 69, 66, 67, 64, 61, 64, 62, 66, 69, 74, 73, 71, 69, 67, 66, 64, 62, 62]
    tune = make_tune(*((k, 1, pitch + semitones) for k, pitch in enumerate(melody)), key="")
    assert header(tune)[2:4] == [{0: "D", 5: "G"}[semitones], "major"]
    assert names(tune).split(" no endings ")[1].split()[0] == "C4"


@pytest.mark.parametrize(
    ("fields", "dance"),
    [
        ({"rhythm": "Slip Jig"}, "slip jig"),
        ({"id": "reelsa-c/7"}, "reel"),
        ({"id": "reelsa-c/7", "rhythm": "Hornpipe"}, "hornpipe"),
        ({"id": "reelsa-c/7", "rhythm": "Mazurka"}, "other"),
        ({}, "other"),
    ],
)
def test_the_dance_of_a_header(make_tune, fields, dance):
    assert header(make_tune((0, 1, 60), **fields))[0] == dance


@pytest.mark.parametrize(
    ("quarters", "length"), [(1, "1 measures"), (384, "96 measures"), (385, "more measures")]
)
def test_the_length_of_a_header(make_tune, quarters, length):
    assert header(make_tune((0, quarters, 60)))[4] == length
    assert header(make_tune((3, 1, 60), (4, quarters, 60)))[4] == length  # an upbeat is none


@pytest.mark.parametrize("dance", ["", "jig", "slip jig", "air"])
@pytest.mark.parametrize("key", ["C# minor", "Db major", "G# locrian", "Ab lydian"])
@pytest.mark.parametrize(("form", "endings"), [("", ""), ("A", "1"), ("ABCD", "----")])
def test_a_header_comes_back(dance, key, form, endings):
    heading = Heading(dance, "9/8", key, 97, form, endings)
    assert NOTES.heading(NOTES.header(heading)) == heading
    assert NOTES.shift(heading) == {"C#": 1, "Db": 1, "G#": 8, "Ab": 8}[key[:2]]
    assert Notes(relative=False).shift(heading) == 0


def test_the_plan_of_a_header(make_tune):
    """Eight measures of C in C, eight of D, and the eight of C again, up to the last's beginning.

    Of D major, none of the sections closes on the tonic but the second.
    """
    notes = [(4 * k, 4, 60 + 2 * (8 <= k < 16)) for k in range(24)]
    for key, endings in (("C major", "ends 1-1"), ("D major", "ends -1-")):
        assert header(make_tune(*notes, key=key))[5:] == ["form ABA", endings]
    assert header(make_tune(*notes[:23], key="C major"))[5:] == ["form AB", "ends 1-"]
    change = (MeterChange(Fraction(4), "3/4"),)
    changed = make_tune(*notes, key="C major", meter_changes=change)
    assert header(changed)[5:] == ["no form", "no endings"]


def test_what_tokens_say_of_sections():
    index = NOTES.vocabulary.names.index
    repeats, closes = NOTES.vocabulary.repeats, NOTES.vocabulary.closes
    assert repeats[index("form AABA")].tolist() == [0, 1, 0, 2]
    assert repeats[index("form AB")].tolist() == [0, 0, -1, -1]
    assert closes[index("ends -11")].tolist() == [0, 1, 1, -1, -1]
    assert closes[index("ends 1---1")].tolist() == [1, 0, 0, 0, 1]
    for silent in ("no form", "no endings", "C4", "jig"):
        assert set(repeats[index(silent)]) == set(closes[index(silent)]) == {-1}


def test_a_tune_is_read_in_the_key_and_the_meter_of_its_header(make_tune):
    """Where the heading names no key and no dance."""
    tune = make_tune((0, 3, 74), meter="6/8", key="D dorian", rhythm="jig")
    read = NOTES.decode(NOTES.encode(tune), make_tune(key=""))
    assert read == tune


def test_what_has_no_header_is_read_as_in_c(make_tune):
    tokens = NOTES.encode(make_tune((0, 1, 60), (1, 1, 62), key="C major"))[7:]
    expected = make_tune((0, 1, 60), (1, 1, 62), meter="3/4", key="")
    assert NOTES.decode(tokens, replace(expected, notes=())) == expected


def test_a_note_is_tied_over_and_a_rest_is_not():
    """Two notes of one pitch, the second of 3/2, then a rest that a tie cannot make a note of."""
    words = ["C4", "1 quarters", "C4", "1 quarters", "tie", "1/2 quarters"]
    words += ["rest", "1 quarters", "tie", "1 quarters", "C4", "2 quarters"]
    tokens = np.array([NOTES.vocabulary.names.index(word) for word in words])
    assert NOTES.notes(tokens).tolist() == [[60, 48], [60, 72], [60, 96]]
    assert NOTES.sounding(tokens).tolist() == [60] * 120 + [0] * 96 + [60] * 96


@pytest.mark.parametrize(
    ("notes", "fields", "message"),
    [
        ([], {}, "it has no notes; leave it out"),
        ([(0, 1, 60)], {"meter": "13/8"}, "the meter 13/8 has no token; write it in another one"),
        (
            [(0, 1, 60)],
            {"meter_changes": (MeterChange(Fraction(0), "4/32"),)},
            "the meter 4/32 has no token; write it in another one",
        ),
        (
            [(0, 1, 37)],
            {"key": "D major"},
            "pitch 37 is outside 38 to 98, the pitches that have tokens in its key; "
            "transpose it by octaves",
        ),
        (
            [(0, "1/5", 60)],
            {},
            "a note or rest from 0 to 1/5 quarter notes does not last a whole number of 48ths of "
            "a quarter note; write it in simpler note values",
        ),
        ([("1/7", 1, 60)], {}, "a note or rest from 0 to 1/7 quarter notes does not last .*"),
    ],
)
def test_what_has_no_tokens_is_refused(make_tune, notes, fields, message):
    with pytest.raises(InputError, match=f"^book.abc, tune book/1: {message}$"):
        NOTES.encode(make_tune(*notes, **fields))


@pytest.mark.parametrize("relative", [1, "yes", None])
def test_pitches_are_relative_or_not(relative):
    with pytest.raises(ValueError, match=f"^pitches are relative or not: {relative!r}$"):
        Notes(relative=relative)


WRITTEN = (
    "jig 6/8 D major 8_measures form_A ends_1 C4 1_quarters tie 1_quarters to_3/4 rest 1_quarters",
    "other 4/4 C minor more_measures form_ABCB ends_-1-1 to_6/8 tie 1_quarters rest 2_quarters E4",
    "reel 2/2 A mixolydian 1_measures no_form no_endings end end",
)
UNWRITTEN = (
    "C4 D4", "C4 rest", "C4 end", "rest tie", "tie tie", "1_quarters 1_quarters",
    "to_3/4 end", "to_3/4 1_quarters", "to_3/4 to_6/8", "end C4", "jig D", "8_measures jig",
    "8_measures C4", "form_A C4", "ends_1 tie", "8_measures tie", "C4 jig",
)  # fmt: skip


def test_the_grammar_in_words():
    vocabulary = NOTES.vocabulary
    first = {vocabulary.kinds[kind] for kind in vocabulary.kind[vocabulary.may_follow[-1]]}
    assert first == {"dance"}
    for words, possible in (*((w, True) for w in WRITTEN), *((w, False) for w in UNWRITTEN)):
        tokens = [vocabulary.names.index(word.replace("_", " ")) for word in words.split()]
        assert vocabulary.may_follow[tokens[:-1], tokens[1:]].all() == possible, words
