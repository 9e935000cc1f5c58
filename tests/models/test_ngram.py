"""The n-gram model against an example worked by hand, and against counting in plain Python."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.models.counting import kneser_ney
from nottingham.models.counting.ngram import (
    Candidate,
    Ngram,
    count_all,
    count_tunes,
    encode,
    fit,
    load,
    longest,
    target_windows,
    write_candidates,
)
from nottingham.representation.grid import Grid
from tests.models.small import NOTES, TINY, walks

GRID = Grid(8)
K = GRID.vocabulary.size
A, B, C = 1, 2, 3


def test_an_example_by_hand():
    """Bigrams of A B A B and of A A: A A once, A B twice, B A once; nothing across tunes."""
    tunes = [np.array([A, B, A, B], np.uint8), np.array([A, A], np.uint8)]
    model = Ngram(GRID, count_all(tunes, 2, K), smoothing=0.5)
    rows = np.exp(model.score([np.array([A, B, C], np.uint8)])[0])
    # at the start the unigrams: A four times, B twice, of six
    assert rows[0, A] == pytest.approx((4 + 0.5) / (6 + 0.5 * K))
    assert rows[0, C] == pytest.approx(0.5 / (6 + 0.5 * K))
    # after A: A once, B twice, of three
    assert rows[1, [A, B, C]] == pytest.approx(np.array([1.5, 2.5, 0.5]) / (3 + 0.5 * K))
    # after B: A once, of one
    assert rows[2, [A, B]] == pytest.approx(np.array([1.5, 0.5]) / (1 + 0.5 * K))


def test_ngrams_are_numbers_to_base_89():
    assert encode(np.array([[A, B, C]]), K).tolist() == [(A * K + B) * K + C]
    assert encode(np.array([[[A, B], [B, C], [C, A]]], np.uint8), K).tolist() == [
        [A * K + B, B * K + C, C * K + A]
    ]
    assert encode(np.zeros((2, 0), np.uint8), K).tolist() == [0, 0]
    longest = np.full((1, 9), K - 1, np.uint8)  # 89⁹ is more than a float counts to
    assert encode(longest, K).tolist() == [K**9 - 1]


def test_counts_equal_counting_one_by_one(dataset):
    tunes = dataset.tunes(split.TRAIN)
    for order, table in enumerate(count_all(tunes, 8, K), start=1):
        expected = Counter(
            tuple(tokens[i : i + order].tolist())
            for tokens in tunes
            for i in range(len(tokens) - order + 1)
        )
        grams = np.array(list(expected))
        assert dict(zip(expected, table.of(encode(grams, K)).tolist(), strict=True)) == expected
        assert table.counts.sum() == sum(expected.values())


@pytest.mark.parametrize("order", [1, 2, 5])
def test_tunes_that_have_an_ngram_are_counted_once(dataset, order):
    tunes = [*dataset.tunes(split.TRAIN), np.array([A], np.uint8), np.array([A], np.uint8)]
    table = count_tunes(tunes, order, K)
    expected = Counter(
        gram
        for tokens in tunes
        for gram in {tuple(tokens[i : i + order].tolist()) for i in range(len(tokens) - order + 1)}
    )
    counts = table.of(encode(np.array([*expected]), K)).tolist()
    assert dict(zip(expected, counts, strict=True)) == expected
    assert table.counts.sum() == expected.total()
    assert table.counts.max() > 1


def test_every_target_with_the_tokens_before_it():
    """Also with more tokens before it than an n-gram has; tunes without targets have none."""
    tunes = [np.arange(35), np.arange(32), np.arange(40, 73), np.arange(50)]
    places = np.array([split.VALID] * 3 + [split.TRAIN], np.uint8)
    dataset = streams.join(tunes, split=places, ids=list("abcd"), representation=GRID)
    assert target_windows(dataset, split.VALID, 3).tolist() == [
        [30, 31, 32],
        [31, 32, 33],
        [32, 33, 34],
        [70, 71, 72],
    ]
    assert target_windows(dataset, split.VALID, 1).tolist() == [[32], [33], [34], [72]]


def test_what_follows_a_context():
    table = count_all([np.array([A, B, A, C, A, B], np.uint8)], 2, K)[1]
    rows = table.after(np.array([[A], [B], [9]]))
    assert rows.shape == (3, K)
    assert rows[0, [A, B, C]].tolist() == [0, 2, 1]
    assert rows.sum(axis=1).tolist() == [3, 1, 0]


def test_totals_are_sums_over_what_follows(dataset):
    table = count_all(dataset.tunes(split.TRAIN), 3, K)[2]
    contexts = np.unique(table.codes // K)[:50]
    every = table.of(contexts[:, None] * K + np.arange(K))
    assert table.totals(contexts).tolist() == every.sum(axis=1).tolist()


@pytest.mark.parametrize("order", range(1, 9))
def test_rows_sum_to_one_for_every_n(dataset, order):
    model = Ngram(GRID, count_all(dataset.tunes(split.TRAIN), order, K), 0.01)
    (rows,) = model.score([dataset.tunes(split.TEST)[0]])
    assert np.exp(rows).sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_training_tunes_shorter_than_n():
    tables = count_all([np.array([A, B], np.uint8)], 4, K)
    assert [table.counts.sum() for table in tables] == [2, 1, 0, 0]
    found = tables[3].of(np.zeros((2, 3), np.int64))
    assert found.tolist() == [[0, 0, 0], [0, 0, 0]]
    assert found.dtype == np.int64
    both = count_tunes([np.array([A], np.uint8), np.array([A, B], np.uint8)], 2, K)
    assert both.codes.tolist() == [A * K + B]
    assert both.codes.dtype == np.int64


def test_validation_chooses(dataset):
    choices = [0.01, 0.1, 1.0]
    model, tried = fit(dataset, max_order=4, smoothing=choices)
    assert len(tried) == 12
    best = min(tried, key=lambda c: c.log_loss)
    assert (model.order, f"c={model.smoothing:g}") == (best.order, best.smoothing)
    # the log-loss of each candidate is that of the model it stands for
    for candidate, c in zip(tried, choices * 4, strict=True):
        assert candidate.smoothing == f"c={c:g}"
        other = Ngram(GRID, count_all(dataset.tunes(split.TRAIN), candidate.order, K), c)
        tunes = dataset.tunes(split.VALID)
        losses = [
            -rows[np.arange(32, len(t)), t[32:]]
            for rows, t in zip(other.score(tunes), tunes, strict=True)
        ]
        assert candidate.log_loss == pytest.approx(np.concatenate(losses).mean(), rel=1e-5)


def test_the_test_tunes_do_not_matter(dataset):
    tokens = dataset.tokens.copy()
    tokens[dataset.offsets[10] :] = 5
    other = replace(dataset, tokens=tokens)
    fitted = [fit(s, max_order=3, smoothing=[0.1, 1.0])[1] for s in (dataset, other)]
    assert fitted[0] == fitted[1]


@pytest.mark.parametrize("smoothing", [0, -1.0, float("inf")])
def test_there_is_no_such_smoothing(tmp_path, smoothing):
    with pytest.raises(ValueError, match=f"a smoothing of {float(smoothing)}"):
        load(tmp_path, {"order": 3, "smoothing": smoothing}, GRID)


def test_candidates_as_a_table(tmp_path):
    """A row an n, a column a smoothing, in the order in which they were tried."""
    tried = [Candidate(n, c, n + 0.25) for n in (1, 2) for c in ("c=1", "c=0.1")]
    write_candidates(tmp_path / "t.csv", [*tried, *(Candidate(n, "other", 9.0) for n in (1, 2))])
    assert (tmp_path / "t.csv").read_text().splitlines() == [
        "n,c=1,c=0.1,other",
        "1,1.2500,1.2500,9.0000",
        "2,2.2500,2.2500,9.0000",
    ]


def test_no_more_tokens_are_counted_than_an_integer_holds():
    """Of 304 tokens of notes, whose 7-grams are numbers below 2⁶³."""
    assert longest(K) == 9
    assert longest(2) == 63
    size = NOTES.vocabulary.size
    assert size ** longest(size) < 2**63 <= size ** (longest(size) + 1)
    dataset = streams.join(
        walks(NOTES, 0, [70, 80, 90]),
        split=np.array([split.TRAIN, split.TRAIN, split.VALID], np.uint8),
        ids=list("abc"),
        representation=NOTES,
    )
    assert {c.order for c in fit(dataset, max_order=8, smoothing=[0.1])[1]} == {*range(1, 8)}
    assert {c.order for c in kneser_ney.fit(dataset, max_order=8)[1]} == {*range(1, 8)}


def test_what_the_grammar_rules_out_is_left_to_the_other_tokens():
    """After a note of Tiny come its four durations alone, in the proportions of the counts."""
    tune = np.array([10, 12, 14, 0, 5, 0, 5, 0, 6], np.uint8)  # C4 short C4 short C4 long
    model = Ngram(TINY, count_all([tune], 2, TINY.vocabulary.size), smoothing=0.5)
    row = np.exp(model.score([tune])[0][8])
    assert row[[5, 6, 8, 9]] == pytest.approx(np.array([2.5, 1.5, 0.5, 0.5]) / 5)
    assert row.sum() == pytest.approx(1)
    start = np.exp(model.score([tune])[0][0])  # only a tonic begins: one seen, one not
    assert start[[10, 11]] == pytest.approx(np.array([1.5, 0.5]) / 2)
