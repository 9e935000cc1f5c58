"""What every model promises, whatever is inside, on the grid and on another representation."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from nottingham import representation as representations
from nottingham.dataset import split, streams
from nottingham.errors import InputError
from nottingham.models import registry, sampling
from nottingham.models.base import Model
from nottingham.models.counting import copy, kneser_ney
from nottingham.models.counting.baselines import Hold, Uniform
from nottingham.models.counting.ngram import Ngram, count_all
from nottingham.models.sampling import SamplingConfig
from nottingham.representation import clock
from nottingham.representation.clock import Clock
from tests.models import small
from tests.models.small import GRID, NETWORKS, TINY

USED = {GRID: [0, 1, 40, 42, 45, 88], TINY: range(10)}
"""The tokens of the tunes: few, so that n-grams and passages come again."""


def draw_tunes(representation, seed, lengths):
    """Draw tunes that go on from token to token, mostly to the next one."""
    draw, used = np.random.default_rng(seed), np.array(USED[representation])
    walks = [np.cumsum(draw.choice([0, 1, 1, 1, 2], length)) for length in lengths]
    return [used[walk % len(used)].astype(representation.vocabulary.dtype) for walk in walks]


@cache
def dataset_of(representation):
    tunes = draw_tunes(representation, 0, range(90, 102))
    places = np.array([split.TRAIN] * 8 + [split.VALID] * 2 + [split.TEST] * 2, np.uint8)
    ids = [f"book/{i}" for i in range(12)]
    return streams.join(tunes, split=places, ids=ids, representation=representation)


def additive(dataset):
    size = dataset.representation.vocabulary.size
    return Ngram(dataset.representation, count_all(dataset.tunes(split.TRAIN), 3, size), 0.03)


def smoothed(dataset):
    return kneser_ney.fit(dataset, max_order=4)[0]


# Each model by name: how it is made of a dataset. What is fitted belongs here too.
COUNTING = {
    "random": lambda dataset: Uniform(dataset.representation),
    "hold": Hold.fit,
    "ngram": additive,
    "kneser-ney": smoothed,
    "copy": lambda dataset: copy.fit(dataset, smoothed(dataset)),
}
CASES = [(GRID, name) for name in (*COUNTING, *NETWORKS) if name != "lstm"]  # copying is one
CASES += [(TINY, name) for name in (*COUNTING, "copying", "tune")]
TUNE_CONTEXT = {"copy", "tune"}
"""The names of those that see more than a window."""


@cache
def made(representation, name):
    if name in NETWORKS:
        return small.model(name, representation)
    return COUNTING[name](dataset_of(representation))


def of(*, but=()):
    """Run a test on every model except those of some names."""
    cases = [case for case in CASES if case[1] not in but]
    ids = [f"{case[0].settings()['name']}-{case[1]}" for case in cases]
    return pytest.mark.parametrize("model", cases, ids=ids, indirect=True)


@pytest.fixture
def model(request):
    return made(*request.param)


def scored(model, *lengths, changed=()):
    """Score random tunes together, some tokens of which are changed: (tune, part) pairs."""
    tunes = draw_tunes(model.representation, 5, lengths)
    for index, part in changed:
        tunes[index][part] = others(model.representation)[tunes[index][part]]
    return model.score(tunes)


def others(representation):
    """Return for each token another of as many ticks, so that times stay what they are."""
    ticks = representation.vocabulary.ticks
    alike = [np.flatnonzero(ticks == count).tolist() for count in ticks]
    return np.array([like[(like.index(token) + 1) % len(like)] for token, like in enumerate(alike)])


@of()
def test_it_is_a_model_of_a_stated_context_and_representation(model, request):
    assert isinstance(model, Model)
    representation, name = request.node.callspec.params["model"]
    assert model.representation == representation
    assert model.context == ("tune" if name in TUNE_CONTEXT else "window")


@of()
def test_scoring_is_predicting_each_token_from_the_state_before_it(model):
    """Of tunes shorter and longer than a window, whatever faster way the model has."""
    window, size = model.representation.window, model.representation.vocabulary.size
    lengths = [33, 0, 1, window - 1, window, window + 1, 70]
    tunes = draw_tunes(model.representation, 3, lengths)
    fast, plain = model.score(tunes), Model.score(model, tunes)
    for rows, expected, length in zip(fast, plain, lengths, strict=True):
        assert rows.shape == expected.shape == (length, size)
        assert rows.dtype == expected.dtype == np.float32
        assert rows == pytest.approx(expected, abs=2e-5)
        assert np.exp(rows.astype(np.float64)).sum(axis=1) == pytest.approx(1, abs=1e-5)


@of()
@pytest.mark.parametrize("t", [0, 1, 31, 32, 33, 80])
def test_no_row_sees_its_own_token_or_later_ones_or_another_tune(model, t):
    lengths = (140, 5, 90, 0, 33, 64)
    every = slice(None)
    changed = [(i, every if i != 2 else slice(t, None)) for i in range(len(lengths))]
    rows, changed = scored(model, *lengths)[2], scored(model, *lengths, changed=changed)[2]
    assert np.array_equal(changed[: t + 1], rows[: t + 1])


@of(but={"random"})
def test_a_row_depends_on_the_token_before(model):
    """So that the test above does not pass because a model depends on nothing."""
    (rows,), (changed,) = scored(model, 90), scored(model, 90, changed=[(0, slice(80, 81))])
    assert abs(changed[81] - rows[81]).max() > 0.01


@of(but=TUNE_CONTEXT)
@pytest.mark.parametrize("t", [40, 41, 80])
def test_no_row_sees_more_than_a_window_back(model, t):
    """But for the time to which the tokens before it have come, which stays the same here."""
    before = slice(t - model.representation.window)
    (rows,), (changed,) = scored(model, 90), scored(model, 90, changed=[(0, before)])
    assert np.array_equal(changed[t], rows[t])


@of()
def test_uniformly_random_tunes_cannot_be_predicted(model):
    """A log-loss below ln k would be a leak; to copy is no help either."""
    vocabulary = model.representation.vocabulary
    tunes = np.random.default_rng(3).integers(0, vocabulary.size, (30, 100), vocabulary.dtype)
    losses = [
        -np.take_along_axis(rows, tokens[:, None].astype(int), axis=1)
        for rows, tokens in zip(model.score(list(tunes)), tunes, strict=True)
    ]
    assert np.mean(losses) > np.log(vocabulary.size) - 0.1


@of()
def test_a_tune_scored_alone_and_among_others(model):
    """Of more tunes than a call takes: those of like length may lie in different calls."""
    tunes = draw_tunes(model.representation, 4, [30 + i % 70 for i in range(71)])
    together = model.score(tunes)
    for place in (0, 1, 35, 70):
        assert together[place] == pytest.approx(model.score([tunes[place]])[0], abs=2e-5)


@of()
def test_no_tunes_have_no_rows(model):
    assert model.score([]) == []


@of()
@pytest.mark.parametrize("wrong", [[0, 200], [-1, 3], [0.5, 1.0]])
def test_what_is_no_token_is_refused(model, wrong):
    with pytest.raises((ValueError, TypeCheckError), match=r"tokens|Integer"):
        model.score([np.array(wrong)])
    with pytest.raises((ValueError, TypeCheckError), match=r"tokens|Integer"):
        sampling.generate(model, np.array([wrong]), steps=1, seed=0)


@dataclass(frozen=True)
class Timed:
    """Allow tokens by their number, the time at which they begin, and the tune's length."""

    def allowed(self, representation, times, ends):
        number = np.arange(representation.vocabulary.size)
        ticks = times.measure * representation.measure_ticks + times.tick
        return (number % 3 != ticks[:, None] % 3) | (ticks >= ends)[:, None]


@of()
@pytest.mark.parametrize("primed", [0, 1])
def test_generation_draws_from_the_rows_that_scoring_returns(model, primed):
    """Each token by the row behind those before it, at the time that these have come to."""
    representation = model.representation
    vocabulary, steps = representation.vocabulary, 40
    primed *= representation.window + 1
    primers = np.stack(draw_tunes(representation, 2, [primed] * 3))
    how, limits, ends = SamplingConfig(0.9, top_p=0.95), Timed(), np.array([5, 30, 99])
    tunes = sampling.generate(
        model, primers, steps=steps, seed=7, sampling=how, constraint=limits, ends=ends
    )
    assert tunes.dtype == vocabulary.dtype
    assert np.array_equal(tunes[:, :primed], primers)
    rows = np.stack(model.score(list(tunes))).astype(np.float64)
    times = [clock.read(representation, tokens) for tokens in tunes]
    draws, may_follow = np.random.default_rng(7).random((3, steps)), sampling._grammar(vocabulary)
    for t in range(primed, primed + steps):
        now = Clock(*(np.array([time[k][t] for time in times]) for k in (0, 1)))
        allowed = limits.allowed(representation, now, ends)
        allowed = allowed & may_follow[tunes[:, t - 1] if t else vocabulary.none]
        expected = how.draw(rows[:, t], draws[:, t - primed], allowed)
        assert tunes[:, t].tolist() == expected.tolist(), t


@of()
def test_it_comes_back_from_disk_bit_by_bit(model, tmp_path, monkeypatch):
    monkeypatch.setitem(representations.REPRESENTATIONS, "tiny", type(TINY))
    model.save(tmp_path / "model")
    back = registry.load(tmp_path / "model", representation=model.representation)
    assert type(back) is type(model)
    assert back.representation == model.representation
    assert back.context == model.context
    (rows,), (expected,) = scored(back, 70), scored(model, 70)
    assert np.array_equal(rows, expected)
    other = TINY if model.representation == GRID else GRID
    with pytest.raises(InputError, match=r"but the tunes are written as .*dvc repro"):
        registry.load(tmp_path / "model", representation=other)
