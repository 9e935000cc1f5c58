"""A fixed sample of 100 tunes beside the corpus's own MIDI; `make check-corpus` takes all."""

from itertools import islice

import pytest
import yaml

from nottingham.formats.abc import reader
from nottingham.formats.midi import writer as midi
from nottingham.formats.unfold import unfold
from tools.checks import answer_sheet
from tools.checks.answer_sheet import FAULTS, Answer, compare_chords, compare_melody


def test_a_sample_agrees(real_archive):
    """Every tenth tune, all source files among them."""
    sample = list(islice(answer_sheet.answers(real_archive), 0, 1000, 10))
    melodies = {answer.id: compare_melody(answer).habits for answer in sample}
    assert len(melodies) == 100
    assert [id for id, habits in melodies.items() if habits is None] == []
    assert sum(habits == () for habits in melodies.values()) >= 45
    reasons = yaml.safe_load(FAULTS.read_text())["chords"]
    chords = {answer.id: compare_chords(answer).habits for answer in sample if answer.chords}
    assert [i for i, habits in chords.items() if habits is None and i not in reasons] == []
    assert sum(habits is not None and "drift" not in habits for habits in chords.values()) >= 90


TUNE = "X:1\nM:4/4\nL:1/4\nK:C\nCDEF|\n|:GABc|GFED|[1E4:|[2G4||\n"


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ("GFED", "GFEE", "measure 3"),  # a pitch
        ("GFED", "GFE2D", "measure 3"),  # a duration
        ("[2G4", "[2G2A2", "measure 7"),
        ("CDEF|", "CDEF:|", "measure 2"),  # a repeat
    ],
)
def test_a_wrong_reading_is_noticed(tmp_path, right, wrong, place):
    midi.write(unfold(reader.read(TUNE), id="a/1", source=""), tmp_path / "tune.mid")
    melody = (tmp_path / "tune.mid").read_bytes()
    assert compare_melody(Answer("a/1", TUNE, melody, None)).habits == ()
    verdict = compare_melody(Answer("a/1", TUNE.replace(right, wrong), melody, None))
    assert verdict.habits is None
    assert place in verdict.remark
