"""The accidentals that MusicXML prints, read as a musician does; the expected ones are by hand."""

from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nottingham.corpus import collection, sources, verification
from nottingham.formats.abc import reader
from nottingham.formats.musicxml import writer as musicxml
from nottingham.formats.unfold import unfold
from nottingham.generation import compose
from nottingham.generation.constraints import Constraints
from nottingham.generation.request import Request
from nottingham.generation.rhythm import Meters
from nottingham.models.counting.baselines import Uniform
from nottingham.music.tune import MeterChange, Note, Tune, measure_length
from nottingham.representation import Grid
from tools.checks import listeners, printed

SIGNS = {None: ".", "flat": "b", "natural": "n", "sharp": "#"}


def tune_of(music, *, key="C", meter="4/4"):
    text = f"X:1\nT:A tune\nM:{meter}\nL:1/8\nK:{key}\n{music}\n"
    return unfold(reader.read(text), id="book/1", source="book.abc")


def signs(tune):
    """Return the signs of each measure, a dot for a note without one; rests are left out."""
    root = ElementTree.fromstring(musicxml.content(tune))
    return " ".join(
        "".join(SIGNS[n.findtext("accidental")] for n in bar.iterfind("note") if n.find("pitch"))
        for bar in root.iterfind("part/measure")
    )


def fault(tune):
    """Return where a musician who goes by the printed signs plays otherwise, or sees too many."""
    heard = printed.heard(musicxml.content(tune).decode())
    rest = measure_length(tune.meter) - tune.upbeat if tune.upbeat else 0
    written = [replace(note, onset=note.onset - rest) for note in tune.notes]
    return listeners.difference(heard.notes, written) or "; ".join(heard.complaints)


@pytest.mark.parametrize(
    ("key", "music", "expected"),
    [
        # five eighths, which are a half and an eighth: the signs of all other notes stay right
        ("D", "F5 A c2 | f2 =f2 e2 f2 |]", ".... .n.."),
        ("C", "^f5 ^f3 | f8 |]", "#.. n"),
        # a sign counts on its line and in its measure alone
        ("D", "f2 =f2 f2 ^f2 | f4 f4 |]", ".n.# .."),
        ("C", "^f4 f4 | c8 | f8 |]", "#. . ."),
        ("D", "=c4 =c4 | =c4 ^c'4 |]", "n. n#"),
        # tied over barlines, once and twice; the next note of the measure has the sign
        ("C", "c4 ^f4- | ^f4 ^f4 | =f4 c4 |]", ".# .# n."),
        ("C", "^f8- | ^f8- | ^f4 =f4 | f8 |]", "# . .n ."),
        ("D", "=f8- | =f4 =f4 |]", "n .n"),
        # a courtesy in the next measure, there and in another octave, once; not in the one after
        ("C", "^f8 | =f2 f2 c4 | f8 |]", "# n.. ."),
        ("C", "^f8 | F8 |]", "# n"),
        ("C", "^f8 | c8 | =f8 |]", "# . ."),
        # a courtesy for another octave of the same measure, until each line has its sign
        ("C", "^f2 =F2 ^f2 =F2 |]", "#n.."),
        ("D", "f2 =F2 ^f2 =F2 |]", ".n#."),
        ("C", "^f4 =F4 | F4 =f4 |]", "#n .n"),
        # minor with its raised sixth and seventh, and back
        ("Am", "e2 ^f2 ^g2 a2 | =g2 =f2 e4 |]", ".##. nn."),
        ("Gm", "d2 =e2 ^f2 g2 | =f2 _e2 d4 |]", ".n#. nb."),
        ("Ebm", "B2 =c2 =d2 e2 | _d2 _c2 B4 |]", ".nn. bb."),
        # modes, by their signatures
        ("Ador", "f4 =f4 | ^f8 |]", ".n #"),
        ("Dmix", "c4 ^c4 | =c8 |]", ".# n"),
        ("Flyd", "B4 _B4 | =B8 |]", ".b n"),
        # all letters, in many flats and sharps
        ("Gb", "C2 D2 E2 F2 | G2 A2 B2 c2 |]", ".... ...."),
        ("Db", "=C2 =D2 _D2 C2 |]", ".nb."),
        ("C#", "C2 D2 E2 F2 | G2 A2 B2 c2 |]", ".... ...."),
        ("B", "=A2 ^A2 A2 =A2 |]", "n#.n"),
    ],
)
def test_signs_are_printed_where_they_are_needed(key, music, expected):
    tune = tune_of(music, key=key)
    assert signs(tune) == expected
    assert fault(tune) == ""


def test_an_upbeat_is_a_measure_of_its_own():
    assert signs(tune_of("^f2 | ^f4 ^c4 | =f6 |]", meter="4/4")) == "# ## n"


def test_a_change_of_meter_changes_nothing():
    tune = tune_of("^f4 ^c4 | [M:3/4] ^f4 =c2 |]")
    assert tune.meter_changes == (MeterChange(Fraction(4), "3/4"),)
    assert signs(tune) == "## #n"


def test_a_repeat_comes_after_its_last_measure():
    """The first F is sharp by the signature; the second time it comes after a natural."""
    once = "|:f4 | d4 | d4 | d4 | e4 | d4 | d4 | =f4:|"
    tune = tune_of(once, key="D", meter="2/4")
    assert signs(tune) == "# . . . . . . n"
    assert fault(tune) == ""
    assert signs(tune_of(f"{once[2:-2]} |]", key="D", meter="2/4")) == ". . . . . . . n"


def test_no_sign_for_a_rest_between():
    assert signs(tune_of("^f2 z2 ^f2 z2 | z8 | f8 |]")) == "#.  ."


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("<accidental>sharp</accidental>", ""),
        ("<accidental>natural</accidental>", "measure 1: F4 needs no natural sign"),
    ],
)
def test_the_musician_sees_what_is_needless_and_what_is_missing(file, says):
    """`<alter>` says F sharp in both files; what is printed decides."""
    heard = printed.heard(
        "<score-partwise><part><measure number='1'><attributes><divisions>2</divisions>"
        "<key><fifths>0</fifths></key></attributes><note><pitch><step>F</step><alter>1</alter>"
        f"<octave>4</octave></pitch><duration>3</duration>{file}</note></measure></part>"
        "</score-partwise>"
    )
    assert heard.notes == (Note(Fraction(0), Fraction(3, 2), 65 if says else 66),)
    assert heard.complaints == ((says,) if says else ())


KEYS = [
    "C major",
    "D major",
    "Gb major",
    "C# major",
    "E minor",
    "Eb minor",
    "A dorian",
    "F lydian",
    "",
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([55, *range(60, 73), 77, 78]), st.integers(1, 9)),
        min_size=1,
        max_size=24,
    ),
    st.sampled_from(["4/4", "6/8", "3/4", "9/8", "2/4", "5/4"]),
    st.sampled_from(KEYS),
    st.integers(0, 3),
)
def test_any_melody_is_played_as_written(melody, meter, key, rest):
    notes, now = [], Fraction(rest, 2)
    for pitch, eighths in melody:
        notes.append(Note(now, Fraction(eighths, 2), pitch))
        now += Fraction(eighths, 2)
    assert fault(Tune("a/1", "A", meter, key, tuple(notes), (), "a")) == ""


@pytest.mark.parametrize("key", ["", "D major", "Eb minor"])
def test_generated_tunes_are_played_as_written(key):
    grid = Grid(8)
    rhythms = [("4/4", np.tile([40, 42], 16)), ("6/8", np.tile([40, 40, 42, 44], 8))]
    meters = Meters.of(rhythms, grid)
    request = Request(8, count=4, constraints=Constraints(key, 57, 81))
    tunes = compose.from_nothing(Uniform(grid), meters, request)
    assert [fault(tune) for tune in tunes] == [""] * 4


@pytest.mark.parametrize("step", [35, pytest.param(1, marks=pytest.mark.slow)])
def test_tunes_of_the_corpus_are_played_as_written(step, real_archive, tmp_path):
    sources.fetch(["nottingham"], tmp_path / "raw", archive=str(real_archive))
    (corpus,) = verification.corpora(tmp_path / "raw")
    found = list(collection.find_notation(corpus.notation))
    tunes = [collection.read_one(one) for one in found[::step]]
    faults = {tune.id: fault(tune) for tune in tunes if isinstance(tune, Tune)}
    assert len(faults) > 1000 // step
    assert {id_: said for id_, said in faults.items() if said} == {}
