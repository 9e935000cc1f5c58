"""The tables of the data card, of tunes in which everything can be counted by hand."""

from fractions import Fraction

import pytest

from checks import data_card
from nottingham import params
from nottingham.music.tune import ChordSymbol, MeterChange
from tests.closure import ROOT

EIGHTH = Fraction(1, 2)


@pytest.fixture
def jig(make_tune):
    """Two measures of eighths, of which every step but the first of a measure comes between two."""
    notes = [(k * EIGHTH, EIGHTH, 67 + k % 2) for k in range(12)]
    return make_tune(*notes, id="jigs/1", title="One", meter="6/8", key="G major")


@pytest.fixture
def reel(make_tune):
    """A held note, one struck twice, a rest, and a sixteenth that no step hears."""
    notes = [(0, 2, 60), (2, EIGHTH, 62), (2 + EIGHTH, EIGHTH, 62), ("15/4", "1/4", 64)]
    chords = (ChordSymbol(Fraction(0), "C"),)
    return make_tune(*notes, id="reelsa-c/7", title="Two", chords=chords)


def corpus(*tunes):
    settings = params.load(ROOT / "params.yaml").window
    return data_card.Corpus.of(tunes, settings, skipped=2)


def rows(text, first):
    """Give the cells of the row that begins so, in all tables that have one."""
    found = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [cells[1:] for cells in found if cells[0] == first]


def test_where_notes_lie_on_the_grid(jig, reel):
    """A step of 6/8 is 3/8 of a quarter note: the eighths begin at 4/3, 8/3, 4, … steps."""
    starts = [start for start, _ in data_card.places(jig, 8)]
    assert starts == [Fraction(4 * k, 3) for k in range(12)]
    assert list(data_card.places(reel, 8))[-1] == (Fraction(15, 2), 8)


def test_a_new_meter_counts_from_its_barline(make_tune):
    changes = (MeterChange(Fraction(4), "3/4"),)
    tune = make_tune((0, 4, 60), (4, 1, 62), (5, 2, 64), meter_changes=changes)
    places = list(data_card.places(tune, 8))
    assert places == [(0, 8), (0, Fraction(8, 3)), (Fraction(8, 3), 8)]


def test_notes_between_steps_and_at_no_step(jig, reel):
    """Four of the jig's notes are on one of 8 steps and all on one of 24, but no sixteenth is."""
    text = data_card.tables(corpus(jig, reel))
    assert rows(text, "others") == [["2", "16", "56.2 %", "6.2 %", "6.2 %"]]
    assert rows(text, "all") == rows(text, "others")


def test_the_collection(jig, reel, make_tune):
    """The third tune is the first a fifth higher, with an upbeat and the second's title."""
    higher = make_tune(
        *[(n.onset + 3 - EIGHTH, n.duration, n.pitch + 7) for n in jig.notes],
        id="jigs/2", title="Two", meter="6/8", key="D major",
    )  # fmt: skip
    text = data_card.tables(corpus(jig, reel, higher))
    assert rows(text, "read") == [["3"]]
    assert rows(text, "left out, as unreadable") == [["2"]]
    assert rows(text, "with chord symbols") == [["1"]]
    assert rows(text, "with an upbeat") == [["1"]]
    assert rows(text, "with a title that another has too") == [["2"]]
    assert rows(text, "with the intervals of another: 1 groups") == [["2"]]
    assert rows(text, "jigs")[0][:2] == ["2", "6/8 100.0 %"]
    assert rows(text, "reelsa-c")[0][0] == "1"
    assert rows(text, "G major") == [["1", "33.3 %"]]


def test_the_melody_on_the_grid(reel):
    """C C C C D D and a rest, and a last step without a note: E begins behind it."""
    text = data_card.tables(corpus(reel))
    assert rows(text, "steps") == [["8", "8", "8", "8"], ["8"]]
    assert rows(text, "of them rests") == [["25.0 %"]]
    assert rows(text, "equal to the step before, in the same tune") == [["71.4 %"]]  # 5 of 7
    assert rows(text, "notes of the grid: runs of equal steps") == [["2"]]
    assert rows(text, "written notes") == [["4"]]
    assert rows(text, "pitches") == [["C4 to E4"]]
    assert rows(text, "piano keys in use, of 88") == [["2"]]
