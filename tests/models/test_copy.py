"""The mixture of what followed before with an n-gram model, by hand and of known weights."""

from dataclasses import replace

import numpy as np
import pytest

from nottingham import models
from nottingham.dataset import split, streams
from nottingham.errors import InputError
from nottingham.models.counting.copy import Copy, fit, mixture_weights
from nottingham.models.lookback import MATCH_CLASSES, Lookback
from nottingham.representation import Grid
from tests.models.counting import copy, kneser_ney
from tests.models.stepping import GRID, SIZE, after, scored

K = SIZE


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
    rows = [scored(model, t)[np.arange(32, len(t)), t[32:]] for t in tunes]
    return -np.concatenate(rows).astype(np.float64)


def test_a_mixture_by_hand(ngram):
    """C D E F C D: four steps before was E, after C D came E, nothing else did."""
    c, d, e, f = 40, 42, 44, 45
    weights = np.zeros((MATCH_CLASSES, 4))
    weights[3] = [0.3, 0.4, 0.2, 0.1]  # a run of two steps
    model = Copy(Lookback(GRID, 512, (4,), longest=True), ngram, weights)
    heard = np.array([[c, d, e, f, c, d]], np.uint8)
    (row,) = np.exp(after(model, heard))
    (below,) = np.exp(after(ngram, heard))
    expected = (0.1 + 0.2) * below  # no second candidate: its weight is the n-gram model's
    expected[e] += 0.3 + 0.4
    assert row == pytest.approx(expected, rel=1e-5)


def test_the_longest_run_chooses_the_weights(ngram):
    """A run of one step trusts its candidate, one of two steps the n-gram model."""
    c, d, e = 40, 42, 44
    weights = np.zeros((MATCH_CLASSES, 3))
    weights[2], weights[3] = [0.9, 0, 0.1], [0.0, 0, 1.0]
    model = Copy(Lookback(GRID, 512, (), longest=True), ngram, weights)
    one, two = (np.array([tune], np.uint8) for tune in ([c, d, e, 46, d], [c, d, e, 46, c, d]))
    below = np.exp(after(ngram, one))[0, e]
    assert np.exp(after(model, one))[0, e] == pytest.approx(0.9 + 0.1 * below, rel=1e-5)
    assert np.array_equal(after(model, two), after(ngram, two))


def test_without_candidates_it_is_the_ngram_model(model):
    """Four steps that differ, as far as nothing lies four steps back."""
    tune = np.array([40, 42, 44, 45, 47], np.uint8)
    rows, below = scored(model, tune), scored(model.ngram, tune)
    assert rows[:4] == pytest.approx(below[:4], abs=1e-6)
    assert not np.allclose(rows[4], below[4])


@pytest.mark.parametrize("tune", [[], [40], [40, 40]])
def test_short_tunes(model, tune):
    tokens = np.array(tune, np.uint8)
    assert scored(model, tokens).shape == (len(tokens), K)
    assert np.array_equal(scored(model, tokens)[:1], scored(model.ngram, tokens)[:1])


def test_rows_are_distributions(model, dataset):
    draw = np.random.default_rng(0)
    for tune in (dataset.tune(0), draw.integers(0, K, 100), np.full(80, 40)):
        rows = scored(model, tune.astype(np.uint8))
        assert rows.dtype == np.float32
        assert np.exp(rows.astype(np.float64)).sum(axis=1) == pytest.approx(1, abs=1e-5)
        assert np.isfinite(rows).all()


def test_the_next_step_is_the_row_that_scoring_gives(model, repetitive):
    tunes = np.stack([repetitive.tune(i) for i in range(3)])
    rows = [scored(model, tune) for tune in tunes]
    for t in (1, 2, 5, 31, 32, 33, 70, 159):
        found = after(model, tunes[:, :t])
        for place in range(3):
            assert np.array_equal(found[place], rows[place][t]), (t, place)


@pytest.mark.parametrize("t", [0, 1, 40, 80])
def test_no_row_sees_its_own_step_or_later_ones(model, repetitive, t):
    tune = repetitive.tune(0)
    changed = tune.copy()
    changed[t:] = (changed[t:] + 11) % K
    assert np.array_equal(scored(model, changed)[: t + 1], scored(model, tune)[: t + 1])


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


def test_a_part_that_never_hits_is_not_ruled_out():
    found = mixture_weights(np.tile([[0.0, 0.1]], (1000, 1)), np.zeros(1000, int))
    assert 0 < found[0, 0] < 0.001


def test_it_is_better_than_the_ngram_model_where_tunes_repeat_themselves(fitted, repetitive):
    tunes = repetitive.tunes(split.TEST)
    assert losses(fitted, tunes).mean() < 0.6 * losses(fitted.ngram, tunes).mean()


def test_long_runs_are_trusted_more_than_short_ones(fitted):
    """In the parts of 32 random steps, a run of one or two steps is an accident."""
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
    other = streams.join(tunes, split=places, ids=repetitive.ids, representation=GRID)
    assert np.array_equal(fit(other, fitted.ngram).weights, fitted.weights)
    tunes[12] = tunes[12][::-1]  # validates
    other = streams.join(tunes, split=places, ids=repetitive.ids, representation=GRID)
    assert not np.array_equal(fit(other, fitted.ngram).weights, fitted.weights)


def test_it_looks_four_eight_and_sixteen_measures_back(fitted, repetitive):
    assert fitted.lookback == Lookback(GRID, 512, (32, 64, 128), longest=True)
    three = replace(repetitive, representation=Grid(3))
    assert fit(three, fitted.ngram).lookback.lags == (12, 24, 48)


def test_it_looks_no_further_back_than_the_memory_reaches(fitted, repetitive):
    """Sixteen measures of 32 steps are 512, one more than are kept."""
    fine = replace(repetitive, representation=Grid(32))
    model = fit(fine, fitted.ngram)
    assert model.lookback.lags == (128, 256)
    assert model.weights.shape == (MATCH_CLASSES, 5)


def test_it_comes_back_from_disk(tmp_path, fitted, repetitive):
    fitted.save(tmp_path / "copy")
    back = models.load(tmp_path / "copy")
    tune = repetitive.tunes(split.TEST)[0]
    assert isinstance(back, Copy)
    assert back.context == "tune"
    assert back.lookback == fitted.lookback
    assert np.array_equal(scored(back, tune), scored(fitted, tune))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"order": 2', '"order": 3', r"weights\.safetensors: its arrays .*dvc repro"),
        ('"lags": [', '"lags": [8, ', r"weights\.safetensors: its arrays .*dvc repro"),
        ('"lags"', '"leaps"', r"settings\.json: no settings"),
        ('"order": 2', '"order": "two"', r"settings\.json: no settings"),
        ('"grid"', '"grit"', r"settings\.json: no settings"),
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
        models.load(tmp_path / "copy")


def test_missing_and_damaged_arrays_are_refused(tmp_path, fitted):
    replace(fitted, weights=fitted.weights[:, 1:]).save(tmp_path / "copy")
    with pytest.raises(InputError, match=r"weights\.safetensors: its arrays .*dvc repro"):
        models.load(tmp_path / "copy")
    fitted.save(tmp_path / "copy")
    path = tmp_path / "copy" / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-8])
    for _ in range(2):
        with pytest.raises(InputError, match=r"weights\.safetensors: not the weights .*dvc repro"):
            models.load(tmp_path / "copy")
        path.unlink(missing_ok=True)


@pytest.mark.parametrize("tokens", [[0, 89], [-1, 3], [0.5, 1.0]])
def test_what_is_no_token_is_refused(model, tokens):
    with pytest.raises(ValueError, match="tokens"):
        scored(model, np.array(tokens))
