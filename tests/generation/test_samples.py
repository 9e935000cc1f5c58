"""Tunes begun alike by all models, on disk and side by side."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from nottingham.errors import InputError
from nottingham.generation import samples
from nottingham.generation.samples import ModelSamples
from nottingham.models.names import REAL
from nottingham.music.tune import MeterChange, Note, Tune

LENGTHS = {"book/10": 9, "book/11": 12, "book/12": 8}
"""Test tunes, and their measures; the last is too short for nine."""
MEASURES = 9


def tune(id_, measures=None, *, step=1):
    """Return a tune of quarters, in 4/4, that goes up by a step at each."""
    length = 4 * (measures or LENGTHS[id_])
    notes = tuple(Note(Fraction(k), Fraction(1), 60 + step * k % 12) for k in range(length))
    return Tune(id_, f"Tune {id_}", "4/4", "C major", notes, (), "book.abc", remarks=("odd",))


TESTED = {id_: tune(id_) for id_ in LENGTHS}


@pytest.fixture
def begun():
    """Two test tunes."""
    return samples.begin(TESTED.values(), 2, measures=MEASURES, seed=0)


@pytest.fixture
def written(begun):
    """What a model might have made of them; the second has ended early."""
    continued = tuple(
        tune(one.id, length, step=5) for one, length in zip(begun, (9, 7), strict=True)
    )
    bits = tuple(tuple(10.0 * k + i for i in range(n)) for k, n in enumerate((9, 7)))
    real = tuple(tuple(value + 0.5 for value in range(MEASURES)) for _ in begun)
    return ModelSamples(continued, (replace(tune("book/12"), id="jig/1"),), bits, real)


def test_samples_begin_as_test_tunes_that_are_long_enough(begun):
    assert begun == [TESTED["book/10"], TESTED["book/11"]]


def test_tunes_of_two_meters_are_left_out():
    change = (MeterChange(Fraction(16), "2/4"),)
    tunes = [tune("book/10"), replace(tune("book/11"), meter_changes=change)]
    assert samples.begin(tunes, 2, measures=MEASURES, seed=0) == tunes[:1]


def test_the_seed_decides_which():
    def drawn(seed):
        return samples.begin(TESTED.values(), 1, measures=MEASURES, seed=seed)[0].id

    assert len({drawn(seed) for seed in range(20)}) == 2
    assert drawn(3) == drawn(3)


@pytest.mark.parametrize(("count", "measures", "found"), [(3, 9, 2), (2, 10, 1), (9, 8, 3)])
def test_of_fewer_all_are_drawn(count, measures, found):
    assert len(samples.begin(TESTED.values(), count, measures=measures, seed=0)) == found


def test_tunes_that_are_too_short_for_all_are_refused():
    message = r"sample\.measures: given 13; no test tune of one meter has as many: take fewer"
    with pytest.raises(InputError, match=message):
        samples.begin(TESTED.values(), 1, measures=13, seed=0)


def test_samples_come_back_from_disk(tmp_path, written):
    samples.save(tmp_path / "lstm", written)
    assert samples.load(tmp_path / "lstm") == written


def test_there_may_be_no_tunes_from_nothing(tmp_path, written):
    samples.save(tmp_path / "lstm", replace(written, new=()))
    assert samples.load(tmp_path / "lstm").new == ()


NINE = [0.0] * 9
DAMAGED = [
    ({"samples": None}, "samples"),
    ({"real": None}, "real"),
    ({"samples": [NINE]}, "bits are not of these tunes"),
    ({"real": [NINE, [*NINE[1:], float("nan")]]}, "bits are not of these tunes"),
    ({"samples": [NINE, ["much"]]}, "could not convert"),
    ({"samples": 5}, "not iterable"),
]


@pytest.mark.parametrize(("change", "message"), DAMAGED)
def test_damaged_bits_are_refused(tmp_path, written, change, message):
    samples.save(tmp_path / "lstm", written)
    path = tmp_path / "lstm" / "bits.json"
    found = json.loads(path.read_text()) | change
    path.write_text(json.dumps({name: rows for name, rows in found.items() if rows is not None}))
    wanted = rf"bits\.json: no surprisal in it \(.*{message}.*\); make it again: dvc repro sample"
    with pytest.raises(InputError, match=wanted):
        samples.load(tmp_path / "lstm")


@pytest.mark.parametrize("name", ["continued.jsonl", "new.jsonl", "bits.json"])
@pytest.mark.parametrize("content", [b"", b"no file", None])
def test_what_is_no_such_file_is_refused(tmp_path, written, name, content):
    samples.save(tmp_path / "lstm", written)
    (tmp_path / "lstm" / name).unlink()
    if content is not None:
        (tmp_path / "lstm" / name).write_bytes(content)
    if (name, content) == ("new.jsonl", b""):  # as it is where a model writes none
        assert not samples.load(tmp_path / "lstm").new
        return
    with pytest.raises(InputError, match=name.replace(".", r"\.")):
        samples.load(tmp_path / "lstm")


def test_models_are_gathered_behind_the_real_tunes(begun, written):
    other = replace(written, continued=tuple(begun))
    found = samples.gather({"lstm": written, "gru": other}, TESTED, MEASURES)
    assert found.ids == ("book/10", "book/11")
    assert list(found.tunes) == [REAL, "lstm", "gru"]
    assert found.tunes["lstm"] == written.continued
    assert found.tunes["gru"] == tuple(begun)
    for real, whole in zip(found.tunes[REAL], begun, strict=True):
        assert real == replace(whole, notes=whole.notes[: 4 * MEASURES])


@pytest.mark.parametrize(
    "continued", [lambda tunes: tunes[::-1], lambda tunes: tunes[:1], lambda tunes: ()]
)
def test_samples_of_other_tunes_are_not_gathered(written, continued):
    other = replace(written, continued=continued(written.continued))
    with pytest.raises(
        InputError, match=r"samples of gru continue other tunes than those of lstm; .*: dvc repro"
    ):
        samples.gather({"lstm": written, "gru": other}, TESTED, MEASURES)


def test_samples_of_tunes_that_are_not_tested_are_not_gathered(written):
    tested = {"book/10": TESTED["book/10"]}
    message = r"samples of lstm continue book/11, which is no test tune; .*: dvc repro sample"
    with pytest.raises(InputError, match=message):
        samples.gather({"lstm": written}, tested, MEASURES)


def test_a_sample_is_titled_by_what_it_is(written, begun):
    found = samples.titled(written.continued[0], begun[0], model="lstm")
    assert found.notes == written.continued[0].notes
    assert (found.id, found.source, found.remarks) == ("lstm/book/10", "lstm", ())
    assert found.title == "lstm continues Tune book/10 (book/10) after 4 measures"
    real = samples.titled(begun[0], begun[0], model=REAL)
    assert (real.id, real.title) == ("real/book/10", "Tune book/10")


def test_four_measures_are_given():
    assert (samples.given("4/4"), samples.given("6/8")) == (16, 12)
