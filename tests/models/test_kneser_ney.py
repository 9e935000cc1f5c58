"""Kneser-Ney smoothing against the formula in plain Python, and discounts by hand."""

from dataclasses import replace

import numpy as np
import pytest

from nottingham.dataset import split
from nottingham.errors import InputError
from nottingham.models import registry
from nottingham.models.counting.kneser_ney import KneserNey, discounts, fit
from nottingham.models.counting.ngram import Table, encode
from nottingham.representation.grid import Grid
from tests.models.counting import kneser_ney

GRID = Grid(8)
K = GRID.vocabulary.size
A, B, C, D = 1, 2, 3, 4


def grams(tokens, n):
    return [tuple(tokens[i : i + n].tolist()) for i in range(len(tokens) - n + 1)]


class Slow:
    """Interpolated modified Kneser-Ney, word for word: Chen & Goodman (1999)."""

    def __init__(self, tunes, order):
        self.order, self.counts = order, {}
        for n in range(1, order):  # in how many ways an n-gram is preceded
            longer = {gram for tokens in tunes for gram in grams(tokens, n + 1)}
            self.counts[n] = count(gram[1:] for gram in longer)
        # how many tunes have it
        self.counts[order] = count(g for tokens in tunes for g in set(grams(tokens, order)))
        self.discounts = {n: slow_discounts(list(self.counts[n].values())) for n in self.counts}

    def p(self, token, context):
        """Look no further back than n - 1 tokens."""
        context = context[-(self.order - 1) :] if self.order > 1 else ()
        return self._p(token, context)

    def _p(self, token, context):
        n = len(context) + 1
        shorter = self._p(token, context[1:]) if context else 1 / K
        after = {x: self.counts[n].get((*context, x), 0) for x in range(K)}
        total = sum(after.values())
        if not total:
            return shorter
        taken = {x: self.discounts[n][min(after[x], 3)] for x in after}
        gamma = sum(taken.values()) / total
        return (after[token] - taken[token]) / total + gamma * shorter


def count(items):
    counts = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return counts


def slow_discounts(counts):
    n1, n2, n3, n4 = (counts.count(k) for k in (1, 2, 3, 4))
    if min(n1, n2, n3) == 0:
        return [0, 0.5, 0.5, 0.5]
    y = n1 / (n1 + 2 * n2)
    found = [1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3]
    return [0, *found] if min(found) > 0 else [0, 0.5, 0.5, 0.5]


@pytest.fixture(scope="module")
def tunes():
    """Thirty tunes that walk about, mostly by small steps, so that some n-grams are rare."""
    draw = np.random.default_rng(0)
    lengths = draw.integers(3, 60, 30)
    return [
        (40 + np.cumsum(draw.geometric(0.5, length) * draw.choice([-1, 1], length)) % 30).astype(
            np.uint8
        )
        for length in lengths
    ]


@pytest.mark.parametrize("order", [1, 2, 3, 4, 6])
def test_rows_are_the_formula_s(tunes, order):
    """From the start of a tune on, where less lies behind; also after tokens never seen."""
    model, slow = kneser_ney(tunes, order), Slow(tunes, order)
    tokens = np.concatenate([tunes[0][:9], [A, 41], tunes[1][:4]]).astype(np.uint8)
    rows = np.exp(model.score([tokens])[0].astype(np.float64))
    for t in range(len(tokens)):
        expected = [slow.p(x, tuple(tokens[:t].tolist())) for x in range(K)]
        assert rows[t] == pytest.approx(expected, rel=1e-5), t


def test_counts_by_hand():
    """A B C and A B D, A B C again, and B alone.

    Bigrams by tunes: A B in three, B C in two, B D in one. Tokens by what stands before: B has A,
    C has B, D has B; A stands only at starts, and has none.
    """
    tunes = [np.array(t, np.uint8) for t in ([A, B, C], [A, B, D], [A, B, C, A], [B])]
    tables = kneser_ney(tunes, 2).tables
    assert tables[1].of(encode(np.array([[A, B], [B, C], [B, D], [C, A], [C, B]]), K)).tolist() == [
        3, 2, 1, 1, 0,
    ]  # fmt: skip
    assert tables[0].of(np.array([A, B, C, D, 9])).tolist() == [1, 1, 1, 1, 0]


def test_a_row_by_hand():
    """Unigrams all count 1, too few for an estimate: (1 - 0.5) / 4 + 0.5 / K each.

    Of the bigrams one counts 3, one 2 and two 1: Y = 2 / (2 + 2) = 1/2, and the discounts are
    1 - 2 × 1/2 × 1/2 = 0.5, 2 - 3 × 1/2 × 1/1 = 0.5, 3 - 0 = 3.
    """
    tunes = [np.array(t, np.uint8) for t in ([A, B, C], [A, B, D], [A, B, C, A], [B])]
    (rows,) = kneser_ney(tunes, 2).score([np.array([A, B, C, D], np.uint8)])
    rows = np.exp(rows)
    unigram = 0.5 / 4 + 0.5 / K
    assert rows[0, [A, B, C, D]] == pytest.approx(unigram)
    assert rows[0, 9] == pytest.approx(0.5 / K)
    # after A only B has come: three times less the discount of three
    assert rows[1] == pytest.approx(rows[0])
    # after B: C twice, D once, of three, and one third is handed on
    assert rows[2, C] == pytest.approx((2 - 0.5) / 3 + unigram / 3)
    assert rows[2, D] == pytest.approx((1 - 0.5) / 3 + unigram / 3)
    assert rows[2, 9] == pytest.approx(0.5 / K / 3)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # Y = 4 / (4 + 2 × 2) = 1/2
        ([1] * 4 + [2] * 2 + [3] + [4], [0, 1 - 2 / 4, 2 - 3 / 4, 3 - 4 / 2]),
        # nothing counts 4: all of three is taken, and handed on
        ([1] * 4 + [2] * 2 + [3] + [9], [0, 0.5, 1.25, 3.0]),
        # Y = 6 / (6 + 2 × 3) = 1/2
        ([1] * 6 + [2] * 3 + [3] * 2 + [4] * 2 + [7] * 5, [0, 0.5, 2 - 3 / 3, 3 - 4 / 2]),
        # none counts 1, 2 or 3: too few
        ([2] * 5 + [3] * 4 + [4], [0, 0.5, 0.5, 0.5]),
        ([1] * 5 + [3] * 4 + [4], [0, 0.5, 0.5, 0.5]),
        ([1] * 5 + [2] * 4 + [4], [0, 0.5, 0.5, 0.5]),
        ([], [0, 0.5, 0.5, 0.5]),
        # Y = 1/3: of two, 2 - 3 / 3 × 2 = 0 would be taken; that of four, 3 - 4 / 3 × 9 / 2 < 0
        ([1] + [2] + [3] * 2 + [4], [0, 0.5, 0.5, 0.5]),
        ([1] * 4 + [2] * 4 + [3] * 2 + [4] * 9, [0, 0.5, 0.5, 0.5]),
    ],
)
def test_discounts_by_hand(counts, expected):
    assert discounts(np.array(counts, np.int64)) == pytest.approx(np.array(expected))


@pytest.mark.parametrize("seed", range(50))
def test_from_each_count_something_is_taken_and_no_more_than_there_is(seed):
    """Or else a context could leave nothing for what has never followed it."""
    draw = np.random.default_rng(seed)
    kinds = draw.integers(0, 12, 6)
    nothing, *taken = discounts(np.repeat(np.arange(1, 7), kinds))
    assert nothing == 0
    assert np.all(np.array(taken) > 0)
    assert np.all(np.array(taken) <= [1, 2, 3])


@pytest.mark.parametrize("order", [1, 2, 3, 4, 8])
def test_rows_sum_to_one_and_rule_nothing_out(tunes, order):
    model = kneser_ney(tunes, order)
    tokens = np.concatenate([tunes[0], np.arange(K), tunes[1]]).astype(np.uint8)
    rows = np.exp(model.score([tokens])[0].astype(np.float64))
    assert rows.shape == (len(tokens), K)
    assert rows.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert rows.min() > 0


def test_after_an_unseen_context_the_shorter_ngram_predicts(tunes):
    model = kneser_ney(tunes, 3)
    start, after_a, known, after_both = (
        model.probabilities(np.array([context], np.uint8).reshape(1, -1))
        for context in ([], [A], [41], [A, 41])
    )
    assert np.array_equal(after_a, start)
    assert np.array_equal(after_both, known)
    assert not np.allclose(known, start)


def test_without_any_counts_all_tokens_are_equally_likely():
    empty = Table(np.zeros(0, np.int64), np.zeros(0, np.int64), K)
    for order in (1, 3):
        model = KneserNey(GRID, [empty] * order)
        assert model.score([np.arange(5)])[0] == pytest.approx(-np.log(K))


def test_validation_chooses(dataset):
    model, tried = fit(dataset, max_order=5)
    assert [(c.order, c.smoothing) for c in tried] == [(n, "kneser-ney") for n in range(1, 6)]
    assert model.order == min(tried, key=lambda c: c.log_loss).order
    for candidate in tried:
        other = kneser_ney(dataset.tunes(split.TRAIN), candidate.order)
        tunes = dataset.tunes(split.VALID)
        losses = [
            -rows[np.arange(32, len(t)), t[32:]]
            for rows, t in zip(other.score(tunes), tunes, strict=True)
        ]
        assert candidate.log_loss == pytest.approx(np.concatenate(losses).mean(), rel=1e-5)
        if candidate.order == model.order:
            for mine, theirs in zip(model.tables, other.tables, strict=True):
                assert np.array_equal(mine.codes, theirs.codes)
                assert np.array_equal(mine.counts, theirs.counts)


def test_the_test_tunes_and_those_that_sit_out_do_not_matter(dataset):
    tokens, places = dataset.tokens.copy(), dataset.split.copy()
    tokens[dataset.offsets[10] :] = 5
    places[10] = split.UNUSED
    other = replace(dataset, tokens=tokens, split=places)
    assert fit(dataset, max_order=3)[1] == fit(other, max_order=3)[1]


def test_a_damaged_model_is_refused(tmp_path, dataset):
    model, _ = fit(dataset, max_order=3)
    model.save(tmp_path / "model")
    settings = tmp_path / "model" / "settings.json"
    text = settings.read_text()
    settings.write_text(text.replace(f'"order": {model.order}', f'"order": {model.order + 1}'))
    with pytest.raises(InputError, match=r"weights\.safetensors: its arrays .*dvc repro"):
        registry.load(tmp_path / "model")
    settings.write_text(text.replace('"order"', '"ordre"'))
    with pytest.raises(InputError, match=r"settings\.json: no settings of a model"):
        registry.load(tmp_path / "model")
    settings.write_text(text)
    (tmp_path / "model" / "weights.safetensors").unlink()
    with pytest.raises(InputError, match=r"weights\.safetensors: not the weights .*dvc repro"):
        registry.load(tmp_path / "model")
