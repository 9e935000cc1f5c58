"""Tunes begun alike by all models, as arrays."""

from dataclasses import replace

import numpy as np
import pytest

from nottingham.dataset import split
from nottingham.errors import InputError
from nottingham.generation import samples
from nottingham.generation.samples import ModelSamples
from nottingham.models.names import REAL
from nottingham.representation import Grid


@pytest.fixture
def begun(dataset):
    """Ids and tokens of two test tunes."""
    return samples.begin(dataset, 2, steps=40, seed=0)


@pytest.fixture
def written(begun):
    """What a model might have made of them: nine measures of 8 steps each."""
    ids, real = begun
    tokens = real.copy()
    tokens[:, 32:] = tokens[:, :31:-1]
    bits = np.arange(18.0).reshape(2, 9)
    return ModelSamples(ids, tokens, bits, bits + 0.5)


def test_beginnings_are_those_of_test_tunes(dataset, begun):
    places = dataset.ids.tolist()
    for id_, tokens in zip(*begun, strict=True):
        place = places.index(id_)
        assert dataset.split[place] == split.TEST
        assert np.array_equal(tokens, dataset.tune(place)[:72])


def test_the_seed_decides_which(dataset):
    drawn = {samples.begin(dataset, 1, steps=40, seed=seed)[0] for seed in range(20)}
    assert len(drawn) == 2
    assert (
        samples.begin(dataset, 1, steps=40, seed=3)[0]
        == (samples.begin(dataset, 1, steps=40, seed=3)[0])
    )


@pytest.mark.parametrize(("count", "steps", "found"), [(3, 40, 2), (2, 69, 1)])
def test_of_fewer_all_are_drawn(dataset, count, steps, found):
    """The test tunes have 100 and 101 steps."""
    ids, tokens = samples.begin(dataset, count, steps=steps, seed=0)
    assert len(ids) == found
    assert tokens.shape == (found, 32 + steps)


def test_tunes_that_are_too_short_for_all_are_refused(dataset):
    with pytest.raises(InputError, match=r"sample\.steps: given 100; no tune has 32 tokens and as"):
        samples.begin(dataset, 1, steps=100, seed=0)


def test_another_part_may_be_begun(dataset):
    ids, _ = samples.begin(dataset, 9, steps=40, seed=0, part=split.VALID)
    assert ids == ("book/8", "book/9")


def test_samples_come_back_from_disk(tmp_path, dataset, written):
    samples.save(tmp_path / "s.npz", written)
    back = samples.load(tmp_path / "s.npz", dataset)
    assert back.ids == written.ids
    for name in ("tokens", "bits", "real_bits"):
        assert np.array_equal(getattr(back, name), getattr(written, name))


def damaged(written):
    """Give what differs from whole samples in a file, and what is said of it."""
    tokens, bits = written.tokens, written.bits
    yield {"tokens": None}, "tokens"
    yield {"ids": None}, "ids"
    yield {"real_bits": None}, "real_bits"
    yield {"ids": np.array(written.ids[:1])}, "ids and tunes do not fit together"
    yield {"ids": np.arange(2)}, "ids and tunes do not fit together"
    yield {"tokens": tokens[0]}, "ids and tunes do not fit together"
    yield {"tokens": tokens + 0.5}, ""
    yield {"tokens": tokens + 80}, "88"
    yield {"bits": bits[:1]}, "bits are not of these tunes"
    yield {"real_bits": np.full_like(bits, np.nan)}, "real_bits are not of these tunes"
    yield {"more": bits}, "more"
    # of other streams: another tune, other tokens, and too few of them
    yield {"ids": np.array(["book/10", "book/12"])}, "begin as book/12, which is another tune"
    yield {"tokens": tokens[:, ::-1]}, "begin as book/10, which is another tune"
    yield {"tokens": tokens[:, :31]}, "bits are not of these tunes"


@pytest.mark.parametrize("kind", range(14))
def test_damaged_samples_are_refused(tmp_path, dataset, written, kind):
    change, said = list(damaged(written))[kind]
    whole = {name: getattr(written, name) for name in ("tokens", "bits", "real_bits")}
    found = whole | {"ids": np.array(written.ids)} | change
    np.savez(tmp_path / "s.npz", **{name: a for name, a in found.items() if a is not None})
    message = rf"s\.npz: no samples in it \(.*{said}.*\); make it again: dvc repro sample"
    with pytest.raises(InputError, match=f"(?s){message}"):
        samples.load(tmp_path / "s.npz", dataset)


@pytest.mark.parametrize("content", [b"", b"no file", None])
def test_what_is_no_such_file_is_refused(tmp_path, dataset, content):
    if content is not None:
        (tmp_path / "s.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"s\.npz: no samples in it .*: dvc repro sample"):
        samples.load(tmp_path / "s.npz", dataset)


def test_models_are_gathered_behind_the_real_tunes(dataset, begun, written):
    ids, real = begun
    other = replace(written, tokens=real)
    found = samples.gather(dataset, {"lstm": written, "gru": other})
    assert found.ids == ids
    assert list(found.tokens) == [REAL, "lstm", "gru"]
    for tokens, expected in zip(found.tokens.values(), (real, written.tokens, real), strict=True):
        assert np.array_equal(tokens, expected)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, ids=one.ids[::-1]),
        lambda one: replace(one, tokens=one.tokens[:, :64]),
        lambda one: ModelSamples(one.ids[:1], one.tokens[:1], one.bits[:1], one.real_bits[:1]),
    ],
)
def test_samples_of_other_tunes_are_not_gathered(dataset, written, change):
    with pytest.raises(
        InputError, match=r"samples of gru continue other tunes than those of lstm; .*: dvc repro"
    ):
        samples.gather(dataset, {"lstm": written, "gru": change(written)})


def test_a_sample_as_a_tune(make_tune):
    tokens = np.array([0] * 4 + [40, 40, 42, 42] + [44] * 8, np.uint8)
    begun_as = make_tune(id="jigs/3", title="A jig", meter="6/8", key="D major")
    tune = samples.as_tune(tokens, begun_as, model="lstm", representation=Grid(8))
    assert np.array_equal(Grid(8).encode(tune), tokens)
    assert (tune.id, tune.meter, tune.key) == ("lstm/jigs/3", "6/8", "D major")
    assert tune.title == "lstm continues A jig (jigs/3) after 32 steps"
    real = samples.as_tune(tokens, begun_as, model=REAL, representation=Grid(8))
    assert (real.id, real.title) == ("real/jigs/3", "A jig")
