"""The mixture of what followed before with an n-gram model, by hand and of known weights."""

from dataclasses import replace

import numpy as np
import pytest

from nottingham.dataset import split, streams
from nottingham.errors import InputError
from nottingham.models import registry
from nottingham.models.base import Model
from nottingham.models.counting.copy import Copy, fit, mixture_weights
from nottingham.models.lookback import MATCH_CLASSES, Lookback
from nottingham.representation.grid import Grid
from tests.models.counting import copy, kneser_ney

GRID, LAGS = Grid(8), Grid(1)
K = GRID.vocabulary.size


@pytest.fixture
def model(dataset):
    return copy(dataset.tunes(split.TRAIN), 3)


@pytest.fixture
def ngram(model):
    return model.ngram


@pytest.fixture(scope="module")
def repetitive():
    """Tunes of two parts of 32 steps, A A B B A, but for some steps: 10 train, 10 validate."""
    draw, tunes = np.random.default_rng(5), []
    for _ in range(24):
        a, b = draw.integers(40, 60, (2, 32))
        tokens = np.concatenate([a, a, b, b, a])
        changed = draw.random(len(tokens)) < 0.08
        tunes.append(np.where(changed, draw.integers(40, 60, len(tokens)), tokens).astype(np.uint8))
    places = np.array([split.TRAIN] * 10 + [split.VALID] * 10 + [split.TEST] * 4, np.uint8)
    ids = [f"book/{i}" for i in range(24)]
    return streams.join(tunes, split=places, ids=ids, representation=GRID)


@pytest.fixture(scope="module")
def fitted(repetitive):
    return fit(repetitive, kneser_ney(repetitive.tunes(split.TRAIN), 2))


def losses(model, tunes):
    """Log-loss at every target."""
    scored = zip(model.score(tunes), tunes, strict=True)
    rows = [rows[np.arange(32, len(t)), t[32:]] for rows, t in scored]
    return -np.concatenate(rows).astype(np.float64)


def after(model, *tune):
    """Return p of each token behind a tune."""
    (rows,) = model.score([np.array([*tune, 0], np.uint8)])
    return np.exp(rows[-1])


def test_a_mixture_by_hand(ngram):
    """C D E F C D: four tokens before was E, after C D came E, nothing else did."""
    c, d, e, f = 40, 42, 44, 45
    weights = np.tile([0.0, 0, 0, 1], (MATCH_CLASSES, 1))
    weights[3] = [0.3, 0.4, 0.2, 0.1]  # a match of two tokens
    model = Copy(Lookback(LAGS, 512, (4,), last=False, longest=True), ngram, weights)
    # no second candidate: its weight is the n-gram model's
    expected = (0.1 + 0.2) * after(ngram, c, d, e, f, c, d)
    expected[e] += 0.3 + 0.4
    assert after(model, c, d, e, f, c, d) == pytest.approx(expected, rel=1e-5)


def test_the_longest_match_chooses_the_weights(ngram):
    """A match of one token trusts its candidate, one of two tokens the n-gram model."""
    c, d, e = 40, 42, 44
    weights = np.tile([0.0, 0, 1], (MATCH_CLASSES, 1))
    weights[2] = [0.9, 0, 0.1]
    model = Copy(Lookback(GRID, 512, (), last=False, longest=True), ngram, weights)
    one, two = (c, d, e, 46, d), (c, d, e, 46, c, d)
    assert after(model, *one)[e] == pytest.approx(0.9 + 0.1 * after(ngram, *one)[e], rel=1e-5)
    assert np.array_equal(after(model, *two), after(ngram, *two))


def test_without_candidates_it_is_the_ngram_model(model):
    """Four tokens that differ, as far as nothing lies four tokens back."""
    tune = np.array([40, 42, 44, 45, 47], np.uint8)
    (rows,), (below,) = model.score([tune]), model.ngram.score([tune])
    assert rows[:4] == pytest.approx(below[:4], abs=1e-6)
    assert not np.allclose(rows[4], below[4])


@pytest.mark.parametrize("tune", [[], [40], [40, 40]])
def test_short_tunes(model, tune):
    tokens = np.array(tune, np.uint8)
    (rows,), (below,) = model.score([tokens]), model.ngram.score([tokens])
    assert rows.shape == (len(tokens), K)
    assert np.array_equal(rows[:1], below[:1])


def test_scoring_is_stepping_to_the_bit_also_where_tunes_repeat_themselves(model, repetitive):
    tunes = repetitive.tunes(split.TEST)
    for rows, expected in zip(model.score(tunes), Model.score(model, tunes), strict=True):
        assert np.array_equal(rows, expected)


def test_rows_are_distributions_where_candidates_are_certain(model):
    for tokens in (np.full(80, 40, np.uint8), np.tile(np.arange(K, dtype=np.uint8), 3)):
        (rows,) = model.score([tokens])
        assert np.exp(rows.astype(np.float64)).sum(axis=1) == pytest.approx(1, abs=1e-5)
        assert np.isfinite(rows).all()


def test_known_weights_are_found_again():
    """Targets drawn from mixtures of four known distributions, by other weights in each class."""
    draw = np.random.default_rng(0)
    known = np.array([[0.7, 0.2, 0.05, 0.05], [0.1, 0.1, 0.1, 0.7], [0.25, 0.25, 0.25, 0.25]])
    classes = draw.integers(0, 3, 30_000)
    rows = draw.dirichlet(np.full(8, 0.3), (len(classes), 4))  # [targets, parts, outcomes]
    part = (known[classes].cumsum(axis=1) > draw.random((len(classes), 1))).argmax(axis=1)
    drawn = rows[np.arange(len(classes)), part].cumsum(axis=1) > draw.random((len(classes), 1))
    parts = rows[np.arange(len(classes)), :, drawn.argmax(axis=1)]
    found = mixture_weights(parts, classes)
    assert found.shape == (MATCH_CLASSES, 4)
    assert found[:3] == pytest.approx(known, abs=0.04)
    assert found.sum(axis=1) == pytest.approx(1)


def test_a_class_without_targets_weighs_all_parts_alike():
    found = mixture_weights(np.array([[1.0, 0.5]]), np.array([2]))
    others = np.delete(found, 2, axis=0)
    assert others == pytest.approx(0.5)
    assert found[2, 0] > found[2, 1] > 0


def test_it_is_better_than_the_ngram_model_where_tunes_repeat_themselves(fitted, repetitive):
    tunes = repetitive.tunes(split.TEST)
    assert losses(fitted, tunes).mean() < 0.6 * losses(fitted.ngram, tunes).mean()


def test_long_matches_are_trusted_more_than_short_ones(fitted):
    """In the parts of 32 random steps, a match of one or two is an accident."""
    of_longest, of_ngram = fitted.weights[:, -3], fitted.weights[:, -1]
    assert of_longest[7] > 0.6  # 8 to 11 steps
    assert of_ngram[2] > of_longest[2]
    assert fitted.weights.sum(axis=1) == pytest.approx(1)


def test_no_other_weights_fit_the_validation_tunes_better(fitted, repetitive):
    """So the weights were found for what the model then does with them, target by target."""
    tunes = repetitive.tunes(split.VALID)
    best, draw = losses(fitted, tunes).sum(), np.random.default_rng(0)
    classes, parts = fitted.weights.shape
    for towards in [*np.eye(parts), *draw.dirichlet(np.ones(parts), 2)]:
        other = replace(fitted, weights=0.8 * fitted.weights + 0.2 * towards)
        assert losses(other, tunes).sum() > best + 1
    shifted = replace(fitted, weights=np.roll(fitted.weights, 1, axis=0))
    assert losses(shifted, tunes).sum() > best + 10
    assert classes == MATCH_CLASSES


def test_only_validation_tunes_with_targets_matter(fitted, repetitive):
    tunes = [repetitive.tune(i) for i in range(len(repetitive.ids))]
    places = repetitive.split.copy()
    places[0], tunes[0] = split.VALID, tunes[0][:32]
    for i in (1, 21):  # one trains, one tests
        tunes[i] = np.full(len(tunes[i]), 5, np.uint8)
    other = streams.join(tunes, split=places, ids=repetitive.ids.tolist(), representation=GRID)
    assert np.array_equal(fit(other, fitted.ngram).weights, fitted.weights)
    tunes[12] = tunes[12][::-1]  # validates
    other = streams.join(tunes, split=places, ids=repetitive.ids.tolist(), representation=GRID)
    assert not np.array_equal(fit(other, fitted.ngram).weights, fitted.weights)


def test_it_looks_four_eight_and_sixteen_measures_back(fitted, repetitive):
    assert fitted.lookback == Lookback(GRID, 512, (4, 8, 16), last=False, longest=True)
    three = replace(repetitive, representation=Grid(3))
    assert fit(three, fitted.ngram).lookback == replace(fitted.lookback, representation=Grid(3))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"order": 2', '"order": 3', r"weights\.safetensors: its arrays .*dvc repro"),
        ('"measures": [', '"measures": [2, ', r"weights\.safetensors: its arrays .*dvc repro"),
        ('"measures"', '"lags"', r"settings\.json: no settings of a model"),
        ('"order": 2', '"order": "two"', r"settings\.json: no settings of a model"),
        ('"copy"', '"copyist"', "there is no kind of model 'copyist'"),
    ],
)
def test_damaged_settings_are_refused(tmp_path, fitted, old, new, message):
    fitted.save(tmp_path / "copy")
    path = tmp_path / "copy" / "settings.json"
    text = " ".join(path.read_text().split()).replace("[ ", "[")
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(InputError, match=message):
        registry.load(tmp_path / "copy")


def test_missing_and_damaged_arrays_are_refused(tmp_path, fitted):
    replace(fitted, weights=fitted.weights[:, 1:]).save(tmp_path / "copy")
    with pytest.raises(InputError, match=r"weights\.safetensors: its arrays .*dvc repro"):
        registry.load(tmp_path / "copy")
    fitted.save(tmp_path / "copy")
    path = tmp_path / "copy" / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-8])
    for _ in range(2):
        with pytest.raises(InputError, match=r"weights\.safetensors: not the weights .*dvc repro"):
            registry.load(tmp_path / "copy")
        path.unlink(missing_ok=True)
