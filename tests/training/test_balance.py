"""Several corpora in one training: how often the tunes of each come."""

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.representation import Notes
from nottingham.training import loop
from tests.training.small import NOTES, architecture, settings


@pytest.fixture(scope="module")
def two(melodies):
    """Nine training tunes of one corpus and three of another, four of each part held out."""
    several = Notes(corpora=("large", "small"))
    tunes = [melodies.tune(k % 12) + 0 for k in range(20)]
    header = several.vocabulary.size - 2
    tunes = [np.append(np.uint16(header), tune).astype(several.vocabulary.dtype) for tune in tunes]
    places = np.array([split.TRAIN] * 12 + [split.VALID] * 4 + [split.TEST] * 4, np.uint8)
    ids = [f"{'small' if 9 <= k < 12 else 'large'}/reels/{k}" for k in range(20)]
    return streams.join(tunes, split=places, ids=ids, representation=several)


def counts(two, balance, tmp_path):
    """How many segments of ten epochs begin in each corpus."""
    chosen = settings(**NOTES | {"balance": balance, "batch": 2})
    run = loop._Training(architecture(two, chosen), two, chosen, "joint", tmp_path)
    corpora = np.repeat(run._dataset.corpora(), np.diff(run._dataset.offsets))
    starts = np.concatenate([run._batches(number).ravel() for number in range(10)])
    return {name: int(np.sum(corpora[starts] == name)) for name in ("large", "small")}


def test_corpora_come_in_proportion_to_a_power_of_their_size(two, tmp_path):
    as_large = counts(two, 1.0, tmp_path)
    alike = counts(two, 0.0, tmp_path)
    between = counts(two, 0.5, tmp_path)
    size = as_large["large"] / as_large["small"]
    assert alike["large"] / alike["small"] == pytest.approx(1, abs=0.15)
    assert between["large"] / between["small"] == pytest.approx(np.sqrt(size), rel=0.15)
    assert sum(alike.values()) == sum(as_large.values())


def test_whole_numbers_have_the_means_that_are_asked_for():
    shares = np.array([0.25, 1.5, 0.0, 3.0] * 100)
    times = loop._times(shares, np.random.default_rng(1))
    assert abs(times.sum() - shares.sum()) < 1
    assert set(times[2::4]) == {0}
    assert set(times[3::4]) == {3}
    assert set(times[1::4]) == {1, 2}
