"""The bits that models take for written notes, worked by hand."""

import numpy as np
import pytest

from nottingham.errors import InputError
from nottingham.evaluation import bootstrap, written
from nottingham.evaluation.metrics import Ratio
from nottingham.evaluation.written import Written
from nottingham.models.counting.baselines import Uniform
from nottingham.representation import Grid, Notes

GRID, NOTES = Grid(8), Notes()


def uniform(representation, *tunes):
    """Count the bits of tunes where each token takes as many."""
    model, tokens = Uniform(representation), [representation.encode(tune) for tune in tunes]
    pairs = zip(model.score(tokens), tokens, strict=True)
    losses = [-rows[range(len(row)), row].astype(float) for rows, row in pairs]
    return written.of_tunes(tunes, tokens, losses, representation)


def quarters(make_tune, first, last, **fields):
    """Return a tune of quarters in 4/4, from one to before another."""
    return make_tune(*((k, 1, 60 + k % 5) for k in range(first, last)), **fields)


@pytest.mark.parametrize(("first", "upbeat"), [(0, 0), (3, 1)])
def test_notes_by_hand(make_tune, first, upbeat):
    """Six measures and a half, after an upbeat of a quarter or without one; a note is two tokens.

    From the fifth measure on there are ten notes, in three measures of which the last is not full,
    and an end. Before them: a header of seven, and a rest of two before the upbeat.
    """
    tune = quarters(make_tune, first, 26 + 4 * upbeat)
    found, bit = uniform(NOTES, tune), np.log2(NOTES.vocabulary.size)
    opening = 7 + 2 * (16 + upbeat) + 2 * upbeat
    columns = {name: column.tolist() for name, column in found.columns.items()}
    assert columns == {
        "bits": [pytest.approx(21 * bit)],
        "pitch_bits": [pytest.approx(11 * bit)],
        "opening_bits": [pytest.approx(opening * bit)],
        "header_bits": [pytest.approx(7 * bit)],
        "notes": [10],
        "measures": [3],
        "opening_measures": [4],
        "written": [26 + upbeat],
        "kept": [26 + upbeat],
    }
    whole = columns["bits"][0] + columns["opening_bits"][0]  # by hand it rounds the other way
    figures = {name: figure.value for name, figure in found.figures.items()}
    assert figures == {
        "written_bits_per_note": round(21 * bit / 10, 4),
        "written_bits_per_measure": round(21 * bit / 3, 4),
        "opening_bits_per_measure": round(opening * bit / 4, 4),
        "bits_per_tune": round(whole, 4),
        "header_bits": round(7 * bit, 4),
        "notes_kept": 1.0,
        "pitch_bits": round(11 * bit / 10, 4),
        "duration_bits": round(10 * bit / 10, 4),
    }


@pytest.mark.parametrize(("first", "upbeat"), [(0, 0), (3, 1)])
def test_a_grid_by_hand(make_tune, first, upbeat):
    """Two steps a quarter, an upbeat's whole measure among the opening's; there is no header."""
    tune = quarters(make_tune, first, 26 + 4 * upbeat)
    found, bit = uniform(GRID, tune), np.log2(GRID.vocabulary.size)
    assert found.columns["bits"] == pytest.approx([20 * bit])
    assert found.columns["opening_bits"] == pytest.approx([(32 + 8 * upbeat) * bit])
    assert found.columns["header_bits"].tolist() == [0]
    assert (found.columns["notes"], found.columns["measures"]) == ([10], [3])
    assert found.figures["written_bits_per_note"].value == round(2 * bit, 4)
    assert "pitch_bits" not in found.figures


def test_notes_that_a_grid_changes_are_not_kept(make_tune):
    """Sixteenths, of which each second one is on no step, and a note that it takes for two's one.

    All of them are to be predicted.
    """
    sixteenths = [(k / 4, 1 / 4, 60 + k % 4) for k in range(4)]
    tune = make_tune(*sixteenths, (1, 1, 64), (2, 1, 64), (16, 4, 65), (20, 4, 67))
    found = uniform(GRID, tune)
    assert (found.columns["written"], found.columns["kept"]) == ([8], [2])
    assert found.columns["notes"] == [2]
    assert uniform(NOTES, tune).figures["notes_kept"].value == 1.0


def test_a_tune_of_the_opening_alone_adds_neither_bits_nor_notes(make_tune):
    long, short = quarters(make_tune, 0, 26), quarters(make_tune, 0, 12, id="book/2")
    alone, both = uniform(GRID, long), uniform(GRID, long, short)
    assert both.columns["notes"].tolist() == [10, 0]
    assert both.columns["bits"][1] == both.columns["measures"][1] == 0
    assert both.columns["opening_measures"].tolist() == [4, 3]
    for name in ("written_bits_per_note", "written_bits_per_measure", "opening_bits_per_measure"):
        assert both.figures[name].value == alone.figures[name].value


def made_up(bits, notes):
    """Return what is known of tunes, of which nothing else matters."""
    columns = dict.fromkeys(written._COLUMNS, np.ones(len(bits)))
    columns |= {"bits": np.array(bits, float), "notes": np.array(notes, float)}
    return Written(columns, interleaved=True)


def test_groups_and_differences_are_over_notes(monkeypatch):
    """2, 4 and 3 bits a note, of 1, 1 and 2 notes; the other model takes a bit more of each."""
    monkeypatch.setattr(bootstrap, "LEAST_TUNES", 2)
    found = made_up([2, 4, 6], [1, 1, 2])
    groups = written.by_group(found, {"meter": ["6/8", "4/4", "6/8"]}, seed=1)["meter"]
    assert [(row["group"], row["tunes"], row["notes"]) for row in groups] == [
        ("4/4", 1, 1), ("6/8", 2, 3),
    ]  # fmt: skip
    assert groups[0]["written_bits_per_note"] == {"value": 4.0, "interval": None}
    assert groups[1]["written_bits_per_note"]["value"] == round(8 / 3, 4)
    low, high = groups[1]["written_bits_per_note"]["interval"]
    assert (low, high) == (2.0, 3.0)
    one = found.figures["written_bits_per_note"]
    other = made_up([3, 5, 8], [1, 1, 2]).figures["written_bits_per_note"]
    assert written.difference(one, other, seed=1) == {"value": -1.0, "interval": (-1.0, -1.0)}
    unequal = Ratio(one.values - [0, 0, 2], one.counted)
    assert written.difference(unequal, one, seed=1) == {"value": -0.5, "interval": (-1.0, 0.0)}


def test_likelihoods_come_back_from_disk(tmp_path):
    written.save(tmp_path / "w.npz", made_up([2, 4], [1, 3]), ["a/1", "b/2"])
    ids, figure = written.load(tmp_path / "w.npz")
    assert ids == ("a/1", "b/2")
    assert (figure.values.tolist(), figure.counted.tolist()) == ([2, 4], [1, 3])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bits": np.zeros(1)}, "its arrays are of different tunes"),
        ({"notes": None}, "notes"),
        (None, ""),
    ],
)
def test_damaged_likelihoods_are_refused(tmp_path, change, message):
    whole = {"ids": np.array(["a", "b"]), "bits": np.zeros(2), "notes": np.ones(2)}
    if change:
        found = {name: array for name, array in (whole | change).items() if array is not None}
        np.savez(tmp_path / "w.npz", **found)
    wanted = rf"w\.npz: .*{message}.*; make it again: dvc repro evaluate"
    with pytest.raises(InputError, match=wanted):
        written.load(tmp_path / "w.npz")
