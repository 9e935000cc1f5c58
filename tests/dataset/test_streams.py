import io
import zipfile

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.errors import InputError


def test_streams_come_back(tmp_path, dataset):
    streams.save(tmp_path / "w.npz", dataset)
    back = streams.load(tmp_path / "w.npz")
    for name in ("tokens", "offsets", "split", "ids"):
        assert np.array_equal(getattr(back, name), getattr(dataset, name)), name
    assert back.steps_per_measure == 8


def test_saving_twice_gives_the_same_bytes(tmp_path, dataset):
    streams.save(tmp_path / "a.npz", dataset)
    streams.save(tmp_path / "b.npz", dataset)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_parts_of_the_split(dataset):
    assert [len(dataset.tunes(part)) for part in range(3)] == [8, 2, 2]
    assert [len(tokens) for tokens in dataset.tunes(split.TEST)] == [100, 101]


def test_only_some_parts(dataset):
    left = dataset.only(split.TRAIN, split.VALID)
    assert left.ids.tolist() == dataset.ids[:10].tolist()
    assert [t.tolist() for t in left.tunes(split.VALID)] == [
        t.tolist() for t in dataset.tunes(split.VALID)
    ]
    assert left.tunes(split.TEST) == []
    assert left.steps_per_measure == dataset.steps_per_measure
    none = dataset.only()
    assert (len(none.ids), len(none.tokens), none.offsets.tolist()) == (0, 0, [0])
    assert none.ids.dtype.kind == "U"  # text, though there is none


def test_every_stretch_lies_in_one_tune_and_every_one_is_found(dataset):
    starts, places = streams.stretch_starts(dataset, split.VALID, 97)
    # the tunes 8 and 9, of 98 and 99 steps, hold 2 and 3 stretches of 97
    assert starts.tolist() == [*dataset.offsets[8] + [0, 1], *dataset.offsets[9] + [0, 1, 2]]
    assert places.tolist() == [0, 1, 0, 1, 2]
    assert starts.dtype == places.dtype == np.int32


def test_stretches_of_the_last_tune_are_found(dataset):
    starts, places = streams.stretch_starts(dataset, split.TEST, 101)
    assert starts.tolist() == [dataset.offsets[11]]
    assert dataset.offsets[11] + 101 == dataset.offsets[12] == len(dataset.tokens)
    assert places.tolist() == [0]


def test_no_stretch_is_longer_than_its_tune(dataset):
    starts, places = streams.stretch_starts(dataset, split.VALID, 100)
    assert starts.shape == places.shape == (0,)


def test_targets_have_32_steps_before_them():
    tunes = [np.zeros(n, np.uint8) for n in (0, 31, 32, 33, 40)]
    assert streams.count_targets(tunes) == 0 + 0 + 0 + 1 + 8


def test_a_part_without_targets_is_named():
    tunes = [np.zeros(64, np.uint8), np.zeros(64, np.uint8), np.zeros(32, np.uint8)]
    places = np.array([split.TRAIN, split.VALID, split.TEST], np.uint8)
    dataset = streams.join(tunes, split=places, ids=["a", "b", "c"], steps_per_measure=8)
    message = (
        "the test part has no tune of more than 32 steps; use a larger corpus, "
        "another window.seed, window.train_share, window.valid_share, window.used_share or "
        "window.steps_per_measure, or say which tunes go where in window.split_file"
    )
    with pytest.raises(InputError, match=message):
        streams.require_targets(dataset)


def test_the_parts_in_words(dataset):
    assert streams.describe(dataset).splitlines()[1] == "valid: 2 tunes, 133 targets"


def damaged(path, **changes):
    """Write an archive of arrays like `windows.save`'s but for some."""
    arrays = {
        "tokens": np.zeros(5, np.uint8),
        "offsets": np.array([0, 2, 5]),
        "split": np.zeros(2, np.uint8),
        "ids": np.array(["a/1", "a/2"]),
        "steps_per_measure": np.int64(8),
    }
    np.savez(path, **(arrays | changes))


def test_the_undamaged_file_is_read(tmp_path):
    damaged(tmp_path / "w.npz")
    assert len(streams.load(tmp_path / "w.npz").tokens) == 5


OBJECTS = np.array([{"a": 1}, None], dtype=object)  # which would have to be unpickled


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"tokens": np.full(5, 89, np.uint8)}, "tokens from 89 to 89; there are .*"),
        ({"offsets": np.array([0, 5])}, "ids, split and offsets do not fit together"),
        ({"offsets": np.array([0, 2, 6])}, "offsets do not cover the tokens"),
        ({"offsets": np.array([1, 2, 5])}, "offsets do not cover the tokens"),
        ({"offsets": np.array([0, 7, 5])}, "offsets go back"),
        ({"offsets": np.array([0.0, 2, 5])}, "offsets are whole numbers, not float64"),
        ({"split": np.full(2, 4, np.uint8)}, "a tune is in no part of the split"),
        ({"ids": np.array(["a/1", "a/1"])}, "ids do not tell tunes apart"),
        ({"ids": np.array([b"a/1", b"a/2"])}, "ids do not tell tunes apart"),
        ({"ids": np.array([["a/1"], ["a/2"]])}, "ids do not tell tunes apart"),
        ({"ids": OBJECTS}, "Object arrays cannot be loaded when allow_pickle=False"),
        ({"steps_per_measure": np.int64(0)}, "there are no measures of 0 steps"),
        ({"steps_per_measure": np.array([8])}, r"there are no measures of \[8\] steps"),
        ({"steps_per_measure": 8.5}, "steps_per_measure are whole numbers, not float64"),
    ],
)
def test_what_is_damaged_is_said(tmp_path, change, reason):
    damaged(tmp_path / "w.npz", **change)
    with pytest.raises(
        InputError, match=rf"w\.npz: no token streams in it \({reason}\); .*dvc repro"
    ):
        streams.load(tmp_path / "w.npz")


def test_a_measure_may_have_one_step(tmp_path):
    damaged(tmp_path / "w.npz", steps_per_measure=np.int64(1))
    assert streams.load(tmp_path / "w.npz").steps_per_measure == 1


def test_a_tune_without_steps_is_no_damage(tmp_path):
    damaged(tmp_path / "w.npz", offsets=np.array([0, 0, 5]))
    assert [len(tokens) for tokens in streams.load(tmp_path / "w.npz").tunes(split.TRAIN)] == [0, 5]


def test_what_is_no_such_file_is_refused(tmp_path):
    path = tmp_path / "w.npz"
    for content, reason in (
        (b"", r"\(No data left in file\)"),
        (b"no archive", r"pickled"),
        (b"PK\x03\x04 cut", r"\(File is not a zip file\)"),
        (archive_of(b"\x93NUMPY"), "EOF: reading magic string"),
        (archive_of(b"no array"), r"\(tokens is no array\)"),
    ):
        path.write_bytes(content)
        with pytest.raises(InputError, match=rf"w\.npz.*{reason}"):
            streams.load(path)
    with pytest.raises(InputError, match=r"nowhere\.npz"):
        streams.load(tmp_path / "nowhere.npz")


def archive_of(content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("tokens.npy", content)
    return buffer.getvalue()
