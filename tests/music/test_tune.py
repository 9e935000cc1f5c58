import json
from fractions import Fraction

import pytest

from nottingham.errors import InputError
from nottingham.music.tune import (
    ChordSymbol,
    MeterChange,
    Note,
    Voice,
    measure_length,
    read_named,
    read_tunes,
    write_tunes,
)


def test_tunes_come_back_exactly(tmp_path, make_tune):
    tune = make_tune(
        ("5/2", "1/3", 60),
        (3, 1, 72),
        title='Séan\'s "Reel" \u2028 <b>',
        chords=(ChordSymbol(Fraction(3), "Am7"),),
        meter_changes=(MeterChange(Fraction(8), "6/8"),),
    )
    write_tunes(tmp_path / "tunes.jsonl", [tune, make_tune(id="book/2")])
    assert list(read_tunes(tmp_path / "tunes.jsonl")) == [tune, make_tune(id="book/2")]


def test_what_wrote_a_tune_is_kept_where_it_is_named(tmp_path, make_tune):
    write_tunes(tmp_path / "t.jsonl", [make_tune(credit="by a model"), make_tune()])
    assert [tune.credit for tune in read_tunes(tmp_path / "t.jsonl")] == ["by a model", ""]
    lines = (tmp_path / "t.jsonl").read_text().splitlines()
    assert ["credit" in json.loads(line) for line in lines] == [True, False]


def test_onsets_are_written_as_integers_or_fractions(tmp_path, make_tune):
    write_tunes(tmp_path / "t.jsonl", [make_tune(("5/2", 1, 60))])
    assert '"notes": [["5/2", 1, 60]]' in (tmp_path / "t.jsonl").read_text()


def test_further_voices_come_back_and_only_tunes_with_some_name_them(tmp_path, make_tune):
    low = Voice(
        'The "Bass"', (Note(Fraction(1, 3), Fraction(2), 40), Note(Fraction(5), Fraction(1), 41))
    )
    tune = make_tune((0, 1, 60), further_voices=(low,))
    write_tunes(tmp_path / "tunes.jsonl", [tune, make_tune((0, 1, 60))])
    assert list(read_tunes(tmp_path / "tunes.jsonl")) == [tune, make_tune((0, 1, 60))]
    with_voices, without = (tmp_path / "tunes.jsonl").read_text().splitlines()
    assert with_voices.endswith(
        '"further_voices": [{"name": "The \\"Bass\\"", "notes": [["1/3", 2, 40], [5, 1, 41]]}]}'
    )
    assert without.endswith('"remarks": []}')


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("further_voices", [{"name": "Bass", "notes": []}]),  # silent
        ("further_voices", [{"name": "Bass", "notes": [[0, 2, 60], [1, 1, 62]]}]),
        ("further_voices", [{"name": "Bass", "notes": [[0, 10**9, 60]]}]),
        ("further_voices", [{"notes": [[0, 1, 60]]}]),
        ("chords", [["-1", "G"]]),
        ("chords", [[1, "G"], [0, "D"]]),
        ("chords", [[10**9, "G"]]),  # which would fill the memory with measures
    ],
)
def test_voices_and_chords_that_no_tune_has_are_refused(tmp_path, make_tune, key, value):
    path = tmp_path / "t.jsonl"
    write_tunes(path, [make_tune((0, 1, 60))])
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(InputError, match=r"t\.jsonl, line 1: not a tune .*dvc repro"):
        list(read_tunes(path))


@pytest.mark.parametrize("line", ["{", "{}", '{"id": 1}', "[]", "null"])
def test_a_damaged_line_is_named(tmp_path, make_tune, line):
    path = tmp_path / "tunes.jsonl"
    write_tunes(path, [make_tune()])
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(InputError, match=r"tunes\.jsonl, line 2: not a tune"):
        list(read_tunes(path))


def test_a_meter_that_is_none_is_a_damaged_line(tmp_path, make_tune):
    write_tunes(tmp_path / "tunes.jsonl", [make_tune(meter="C|")])
    with pytest.raises(InputError, match=r"line 1: not a tune .*meter 'C\|'"):
        list(read_tunes(tmp_path / "tunes.jsonl"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"tunes\.jsonl: cannot be read"):
        list(read_tunes(tmp_path / "tunes.jsonl"))


@pytest.mark.parametrize(("meter", "length"), [("4/4", 4), ("6/8", 3), ("9/8", "9/2"), ("3/2", 6)])
def test_measure_length(meter, length):
    assert measure_length(meter) == Fraction(length)


@pytest.mark.parametrize("meter", ["", "C", "4", "4/0", "0/4", "-3/4", "3/4/5"])
def test_what_is_no_meter(meter):
    with pytest.raises(ValueError, match="not of the form"):
        measure_length(meter)


def test_the_end_of_a_tune(make_tune):
    assert make_tune((0, 1, 60), (1, "1/2", 62)).end == Fraction(3, 2)
    assert make_tune().end == 0


@pytest.mark.parametrize(
    "notes",
    [
        [[0, 2, 60], [1, 1, 62]],  # at the same time
        [[1, 1, 60], [0, 1, 62]],  # not in order
        [[0, 0, 60]],
        [["-1", 1, 60]],
        [[0, 10**9, 60]],  # which would fill the memory with steps
        [[float("inf"), 1, 60]],
    ],
)
def test_notes_that_no_tune_has_are_refused(tmp_path, make_tune, notes):
    path = tmp_path / "t.jsonl"
    write_tunes(path, [make_tune()])
    path.write_text(path.read_text().replace('"notes": []', f'"notes": {json.dumps(notes)}'))
    with pytest.raises(InputError, match=r"t\.jsonl, line 1: not a tune .*dvc repro"):
        list(read_tunes(path))


def test_a_file_without_tunes_is_refused(tmp_path):
    (tmp_path / "t.jsonl").touch()
    with pytest.raises(InputError, match=r"t\.jsonl: no tunes in it; .*dvc repro"):
        list(read_tunes(tmp_path / "t.jsonl"))


def test_tunes_by_name_are_all_there_or_the_first_that_is_not_is_named(tmp_path, make_tune):
    path = tmp_path / "t.jsonl"
    write_tunes(path, [make_tune(id="book/1"), make_tune(id="book/2")])
    assert list(read_named(path, ["book/2"])) == ["book/2"]
    with pytest.raises(InputError, match=r"t\.jsonl: tune book/3 is not in it.*dvc repro"):
        read_named(path, ["book/4", "book/1", "book/3"])
