"""Tunes begun alike by all models, as arrays."""

import numpy as np
import pytest

from nottingham.dataset import split
from nottingham.errors import InputError
from nottingham.generation import samples
from nottingham.generation.samples import Samples
from nottingham.models.names import REAL
from nottingham.representation import Grid


@pytest.fixture
def begun(dataset):
    return samples.begin(dataset, 2, steps=40, seed=0)


def test_beginnings_are_those_of_test_tunes(dataset, begun):
    places = dataset.ids.tolist()
    for id_, tokens in zip(begun.ids, begun.tokens[REAL], strict=True):
        place = places.index(id_)
        assert dataset.split[place] == split.TEST
        assert np.array_equal(tokens, dataset.tune(place)[:72])


def test_the_seed_decides_which(dataset):
    drawn = {samples.begin(dataset, 1, steps=40, seed=seed).ids for seed in range(20)}
    assert len(drawn) == 2
    assert samples.begin(dataset, 1, steps=40, seed=3) is not None


@pytest.mark.parametrize(("count", "steps", "found"), [(3, 40, 2), (2, 69, 1)])
def test_of_fewer_all_are_drawn(dataset, count, steps, found):
    """The test tunes have 100 and 101 steps."""
    assert len(samples.begin(dataset, count, steps=steps, seed=0).ids) == found


def test_tunes_that_are_too_short_for_all_are_refused(dataset):
    with pytest.raises(InputError, match=r"sample\.steps: given 100; no tune has 32 tokens and as"):
        samples.begin(dataset, 1, steps=100, seed=0)


def test_another_part_may_be_begun(dataset):
    begun = samples.begin(dataset, 9, steps=40, seed=0, part=split.VALID)
    assert begun.ids == ("book/8", "book/9")


def test_samples_come_back_from_disk(tmp_path, begun):
    written = Samples(begun.ids, {**begun.tokens, "tune-lstm": begun.tokens[REAL][:, ::-1]})
    samples.save(tmp_path / "s.npz", written)
    back = samples.load(tmp_path / "s.npz")
    assert back.ids == written.ids
    assert list(back.tokens) == [REAL, "tune-lstm"]
    for model, tokens in written.tokens.items():
        assert np.array_equal(back.tokens[model], tokens)


def damaged(begun):
    real = begun.tokens[REAL]
    yield {"ids": np.array(begun.ids)}
    yield {"ids": np.array(begun.ids[:1]), REAL: real}
    yield {"ids": np.array(begun.ids), REAL: real, "lstm": real[:, :50]}
    yield {"ids": np.array(begun.ids), REAL: real, "lstm": real + 0.5}
    yield {REAL: real}


@pytest.mark.parametrize("kind", range(5))
def test_damaged_samples_are_refused(tmp_path, begun, kind):
    np.savez(tmp_path / "s.npz", **list(damaged(begun))[kind])
    with pytest.raises(InputError, match=r"s\.npz: no samples in it .*; make it again: dvc repro"):
        samples.load(tmp_path / "s.npz")


@pytest.mark.parametrize("content", [b"", b"no file", None])
def test_what_is_no_such_file_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "s.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"s\.npz: no samples in it"):
        samples.load(tmp_path / "s.npz")


def test_samples_of_these_streams_are_taken(dataset, begun):
    samples.require_begun_as(dataset, begun)


def others(begun):
    """Give samples of other streams: another tune, other tokens, another vocabulary."""
    real = begun.tokens[REAL]
    yield Samples(("book/10", "book/12"), begun.tokens), "begin as book/12, which is not so"
    yield Samples(begun.ids, {REAL: real[:, ::-1]}), "begin as book/10, which is not so"
    yield Samples(begun.ids, {REAL: real, "lstm": real + 80}), "lstm are of another repres.* to 88"


@pytest.mark.parametrize("kind", range(3))
def test_samples_of_other_streams_are_refused(dataset, begun, kind):
    wrong, message = list(others(begun))[kind]
    with pytest.raises(InputError, match=rf"the samples.* {message}.*: dvc repro sample"):
        samples.require_begun_as(dataset, wrong)


def test_a_sample_as_a_tune(make_tune, begun):
    tokens = np.array([0] * 4 + [40, 40, 42, 42] + [44] * 8, np.uint8)
    begun_as = make_tune(id="jigs/3", title="A jig", meter="6/8", key="D major")
    tune = samples.as_tune(tokens, begun_as, model="lstm", representation=Grid(8))
    assert np.array_equal(Grid(8).encode(tune), tokens)
    assert (tune.id, tune.meter, tune.key) == ("lstm/jigs/3", "6/8", "D major")
    assert tune.title == "lstm continues A jig (jigs/3) after 32 steps"
    real = samples.as_tune(tokens, begun_as, model=REAL, representation=Grid(8))
    assert (real.id, real.title) == ("real/jigs/3", "A jig")
