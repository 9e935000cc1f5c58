import io
import json
import tracemalloc
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.dataset.preflight import require_targets
from nottingham.errors import InputError
from nottingham.representation import Grid, Notes


def test_streams_come_back(tmp_path, dataset):
    streams.save(tmp_path / "w.npz", dataset)
    back = streams.load(tmp_path / "w.npz")
    for name in ("tokens", "offsets", "split", "ids"):
        assert np.array_equal(getattr(back, name), getattr(dataset, name)), name
    assert back.representation == Grid(8)


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
    assert left.representation == dataset.representation
    none = dataset.only()
    assert (len(none.ids), len(none.tokens), none.offsets.tolist()) == (0, 0, [0])
    assert none.ids.dtype.kind == "U"  # text, though there is none


def test_every_segment_lies_in_one_tune_and_every_one_is_found(dataset):
    starts = streams.segment_starts(dataset, split.VALID, 97)
    # the tunes 8 and 9, of 98 and 99 tokens, hold 2 and 3 segments of 97
    assert starts.tolist() == [*dataset.offsets[8] + [0, 1], *dataset.offsets[9] + [0, 1, 2]]
    assert starts.dtype == np.int32


def test_segments_of_the_last_tune_are_found(dataset):
    assert streams.segment_starts(dataset, split.TEST, 101).tolist() == [dataset.offsets[11]]
    assert dataset.offsets[11] + 101 == dataset.offsets[12] == len(dataset.tokens)


def test_no_segment_is_longer_than_its_tune(dataset):
    assert streams.segment_starts(dataset, split.VALID, 100).shape == (0,)


def joined(*lengths, parts=None, steps=8):
    """Lay tunes of rests, of these lengths, one behind the other: all to train by default."""
    return streams.join(
        [np.zeros(length, np.uint8) for length in lengths],
        split=np.array(parts or [split.TRAIN] * len(lengths), np.uint8),
        ids=[f"book/{i}" for i in range(len(lengths))],
        representation=Grid(steps),
    )


def test_targets_have_32_tokens_before_them():
    dataset = joined(0, 31, 32, 33, 40)
    assert dataset.count_targets(split.TRAIN) == 0 + 0 + 0 + 1 + 8
    assert [len(tokens) for tokens in dataset.long_tunes(split.TRAIN)] == [33, 40]
    assert dataset.count_targets(split.TEST) == 0


def test_each_tune_has_a_clock_of_its_own():
    times = joined(4, 0, 2, steps=3).clocks(range(3))
    assert times.measure.tolist() == [0, 0, 0, 1, 0, 0]
    assert times.tick.tolist() == [0, 1, 2, 0, 0, 1]
    assert times.measure.dtype == times.tick.dtype == np.int32
    assert times.length.tolist() == [3] * 6
    assert [len(found) for found in joined().clocks([])] == [0, 0, 0]


def test_a_start_takes_no_time():
    """One before each tune, also before one without tokens."""
    dataset = joined(4, 0, 2, steps=3).with_starts()
    none = dataset.representation.vocabulary.none
    tunes = [dataset.tune(i).tolist() for i in range(3)]
    assert tunes == [[none, 0, 0, 0, 0], [none], [none, 0, 0]]
    times = dataset.clocks(range(len(dataset.ids)))
    assert times.measure.tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert times.tick.tolist() == [0, 0, 1, 2, 0, 0, 0, 0, 1]


def test_clocks_follow_the_meter_of_each_tune(make_tune):
    """A header, then notes of a measure: 192 ticks of 4/4, which is so before any meter, 96."""
    tunes = [make_tune((0, 4, 60), (4, 4, 62)), make_tune((0, 2, 60), id="book/2", meter="2/4")]
    dataset = streams.of_tunes(tunes, Notes(), split=np.zeros(2, np.uint8))
    times, second = dataset.clocks(range(len(dataset.ids))), dataset.offsets[1]
    assert times.measure.tolist() == [0] * 9 + [1] * 2 + [2] + [0] * 9 + [1]
    assert times.length.tolist() == [192] * second + [192] * 2 + [96] * 8
    assert not times.tick.any()


def test_shuffled_tunes_stay_part_by_part(dataset):
    """Those that train first, in an order that the seed decides."""
    ones = [dataset.shuffled(seed) for seed in (1, 1, 2)]
    for one in ones:
        assert one.split.tolist() == sorted(dataset.split)
        found = {name: one.tune(i).tolist() for i, name in enumerate(one.ids)}
        assert found == {name: dataset.tune(i).tolist() for i, name in enumerate(dataset.ids)}
    first, again, other = (one.ids[:8].tolist() for one in ones)
    assert first == again
    assert sorted(first) == sorted(other) == sorted(dataset.ids[:8])
    assert first != other != dataset.ids[:8].tolist() != first


def test_tunes_are_passed_on_as_they_are_written(make_tune):
    """One that a representation cannot write is in none, and its reason is kept."""
    tunes = [make_tune((0, 4, 60), id=f"book/{k}", meter=m) for k, m in enumerate(["4/4", "7/5"])]
    reasons = {}
    with streams.Store(Grid(8)) as grid, streams.Store(Notes()) as notes:
        passed = list(streams.written(iter(tunes), (grid, notes), reasons))
        found = [store.dataset(np.zeros(1, np.uint8)) for store in (grid, notes)]
    assert [tune.id for tune in passed] == ["book/0"]
    assert [one.ids.tolist() for one in found] == [["book/0"]] * 2
    assert "7/5" in reasons["book/1"]
    for one in found:
        assert np.array_equal(one.tokens, one.representation.encode(tunes[0]))


def test_some_tunes_are_of_no_corpus(make_tune):
    notes = Notes(corpora=("ours", "theirs"))
    tunes = [
        replace(make_tune((0, 4, 60), id=f"{corpus}/1"), corpus=corpus) for corpus in notes.corpora
    ]
    with streams.Store(notes) as store:
        for tune in tunes:
            store.add(tune.id, notes.encode(tune))
        dataset = store.dataset(np.zeros(2, np.uint8), anonymous=["ours/1"])
    assert [notes.heading(dataset.tune(k)).corpus for k in range(2)] == ["", "theirs"]
    assert np.array_equal(dataset.tune(0)[1:], notes.encode(tunes[0])[1:])


def test_large_streams_are_mapped_into_memory(tmp_path):
    """And a damaged one is found all the same."""
    tokens = np.random.default_rng(1).integers(0, 89, 3 * 2**20).astype(np.uint8)
    dataset = streams.join(
        [tokens], split=np.zeros(1, np.uint8), ids=["book/1"], representation=Grid(8)
    )
    streams.save(path := tmp_path / "w.npz", dataset)
    tracemalloc.start()
    back = streams.load(path)
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < tokens.nbytes
    assert np.array_equal(back.tokens, tokens)
    with path.open("r+b") as file:
        file.seek(2**21)
        file.write(b"\xff\xff\xff")
    with pytest.raises(InputError, match="token streams"):
        streams.load(path)


def test_a_part_without_targets_is_named():
    dataset = joined(64, 64, 32, parts=[split.TRAIN, split.VALID, split.TEST])
    message = (
        "the test part has no tune of more than 32 tokens; use a larger corpus, "
        "another window.seed, window.train_share, window.valid_share, window.used_share or "
        "window.steps_per_measure, or say which tunes go where in window.split_file"
    )
    with pytest.raises(InputError, match=message):
        require_targets(dataset)


def test_the_parts_in_words(dataset):
    assert streams.describe(dataset).splitlines()[1] == "valid: 2 tunes, 133 targets"


def grid(steps):
    return np.array(json.dumps({"name": "grid", "steps_per_measure": steps}))


def damaged(path, **changes):
    """Write an archive of arrays like `streams.save`'s but for some."""
    arrays = {
        "tokens": np.zeros(5, np.uint8),
        "offsets": np.array([0, 2, 5]),
        "split": np.zeros(2, np.uint8),
        "ids": np.array(["a/1", "a/2"]),
        "representation": grid(8),
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
        ({"representation": grid(0)}, "there are no measures of 0 steps"),
        ({"representation": grid([8])}, r"there are no measures of \[8\] steps"),
        ({"representation": np.int64(8)}, "8 is no representation"),
        ({"representation": np.array("grid")}, "Expecting value: .*"),
        ({"representation": np.array('{"name": "none"}')}, r"\{'name': 'none'\} is no repr.*"),
        ({"more": np.zeros(2)}, ".*unexpected keyword argument 'more'"),
    ],
)
def test_what_is_damaged_is_said(tmp_path, change, reason):
    damaged(tmp_path / "w.npz", **change)
    with pytest.raises(
        InputError, match=rf"w\.npz: no token streams in it \({reason}\); .*dvc repro"
    ):
        streams.load(tmp_path / "w.npz")


def test_a_measure_may_have_one_step(tmp_path):
    damaged(tmp_path / "w.npz", representation=grid(1))
    assert streams.load(tmp_path / "w.npz").representation == Grid(1)


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
