"""What every model promises, whatever is inside, on the grid and on other representations."""

from dataclasses import dataclass
from functools import cache, partial

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
from nottingham.models.recurrent.numpy_model import NumpyModel
from nottingham.models.sampling import Limits, SamplingConfig
from nottingham.representation import clock
from nottingham.representation.clock import Clock
from nottingham.representation.vocabulary import NO_PITCH
from tests.models import small
from tests.models.small import GRID, NETWORKS, NOTES, ON_A_GRID, TINY, walks


@cache
def dataset_of(representation):
    tunes = walks(representation, 0, range(90, 102))
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
CASES = [(GRID, name) for name in (*COUNTING, *ON_A_GRID) if name != "lstm"]  # copying is one
CASES += [(TINY, name) for name in (*COUNTING, "copying", "headed")]
CASES += [(NOTES, name) for name in ("ngram", "kneser-ney", "copy", "headed")]
CASES += [(GRID, "tune in numpy"), (NOTES, "headed in numpy")]
TUNE_CONTEXT = {"copy", "tune", "headed", "tune in numpy", "headed in numpy"}
"""The names of those that see more than a window."""


@cache
def made(representation, name):
    if name in NETWORKS:
        return small.model(name, representation)
    if name.endswith(" in numpy"):
        return small.numpy_model(name.removesuffix(" in numpy"), representation)
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
    tunes = walks(model.representation, 5, lengths)
    for index, part in changed:
        tunes[index][part] = others(model.representation)[tunes[index][part]]
    return model.score(tunes)


def others(representation):
    """Return for each token another of its kind with its ticks and its measure, if there is one.

    So times stay what they are, and the grammar is obeyed.
    """
    vocabulary = representation.vocabulary
    what = np.stack([vocabulary.kind, vocabulary.ticks, vocabulary.measure])
    alike = [np.flatnonzero((what == one[:, None]).all(axis=0)).tolist() for one in what.T]
    return np.array([like[(like.index(token) + 1) % len(like)] for token, like in enumerate(alike)])


def last_to_change(model, length):
    """Return the place of the last token before the last one, of `scored`, that has another."""
    (tokens,) = walks(model.representation, 5, [length])
    return int(np.flatnonzero((others(model.representation)[tokens] != tokens)[:-1])[-1])


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
    tunes = walks(model.representation, 3, lengths)
    fast, plain = model.score(tunes), Model.score(model, tunes)
    for rows, expected, length in zip(fast, plain, lengths, strict=True):
        assert rows.shape == expected.shape == (length, size)
        assert rows.dtype == expected.dtype == np.float32
        assert rows == pytest.approx(expected, abs=2e-5)
        assert np.exp(rows.astype(np.float64)).sum(axis=1) == pytest.approx(1, abs=1e-5)


@of(but={"random", "hold"})
def test_what_the_grammar_rules_out_has_no_probability(model):
    vocabulary = model.representation.vocabulary
    tunes = walks(model.representation, 3, [90, 40])
    for rows, tokens in zip(model.score(tunes), tunes, strict=True):
        possible = vocabulary.may_follow[np.append(vocabulary.none, tokens[:-1])]
        assert (np.exp(rows) == 0).tolist() == (~possible).tolist()


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
    t = last_to_change(model, 90)
    (rows,), (changed,) = scored(model, 90), scored(model, 90, changed=[(0, slice(t, t + 1))])
    assert t >= 70
    assert abs(np.exp(changed[t + 1]) - np.exp(rows[t + 1])).max() > 0.01


@of(but=TUNE_CONTEXT)
@pytest.mark.parametrize("before", [1, 8, 9, 25])
def test_no_row_sees_more_than_a_window_back(model, before):
    """But for the time to which the tokens before it have come, which stays the same here."""
    t, before = before + model.representation.window, slice(before)
    (rows,), (changed,) = scored(model, 90), scored(model, 90, changed=[(0, before)])
    assert np.array_equal(changed[t], rows[t])


@of()
def test_uniformly_random_tunes_cannot_be_predicted(model):
    """A log-loss below ln k of k possible tokens would be a leak; to copy is no help either."""
    vocabulary, draws = model.representation.vocabulary, np.random.default_rng(3).random((30, 100))
    possible = vocabulary.may_follow & ~vocabulary.ends
    last, tokens = np.full(30, vocabulary.none), []
    for now in draws.T:
        reached = possible[last].cumsum(axis=1)
        last = np.argmax(reached > now[:, None] * reached[:, -1:], axis=1)
        tokens.append(last)
    tunes = np.stack(tokens, axis=1).astype(vocabulary.dtype)
    losses = [
        -np.take_along_axis(rows, tokens[:, None].astype(int), axis=1)
        for rows, tokens in zip(model.score(list(tunes)), tunes, strict=True)
    ]
    before = np.insert(tunes[:, :-1].astype(int), 0, vocabulary.none, axis=1)
    assert np.mean(losses) > np.log(possible.sum(axis=1)[before]).mean() - 0.1


@of()
def test_a_tune_scored_alone_and_among_others(model):
    """Of more tunes than a call takes: those of like length may lie in different calls."""
    tunes = walks(model.representation, 4, [30 + i % 70 for i in range(71)])
    together = model.score(tunes)
    for place in (0, 1, 35, 70):
        assert together[place] == pytest.approx(model.score([tunes[place]])[0], abs=2e-5)


@of()
def test_no_tunes_have_no_rows(model):
    assert model.score([]) == []


@of()
@pytest.mark.parametrize("wrong", [[0, 400], [-1, 3], [0.5, 1.0]])
def test_what_is_no_token_is_refused(model, wrong):
    with pytest.raises((ValueError, TypeCheckError), match=r"tokens|Integer"):
        model.score([np.array(wrong)])
    with pytest.raises((ValueError, TypeCheckError), match=r"tokens|Integer"):
        sampling.generate(model, np.array([wrong]), steps=1, seed=0)


@dataclass(frozen=True)
class Timed:
    """Allow tokens by a sum of all that a constraint receives."""

    def allowed(self, representation, times, limits, begun, last):
        number, ends = np.arange(representation.vocabulary.size), representation.vocabulary.ends
        now = times.measure + times.tick + times.length + limits.shifts - limits.tonics
        now = now + begun + last
        return (number % 3 != now[:, None] % 3) | (times.tick >= limits.ends)[:, None] | ends


LIMITS = Limits(ends=[5, 7, 99], shifts=[1, 0, 2], tonics=[0, 5, 11])


def begun(vocabulary, tokens, times):
    """Return when the first of some tokens that has a pitch begins, in ticks; −1 without one."""
    sounding = np.flatnonzero(vocabulary.pitch[tokens] != NO_PITCH)
    if not len(sounding):
        return -1
    first = sounding[0]
    return times.measure[first] * times.length[first] + times.tick[first]


@of()
def test_generation_draws_from_the_rows_that_scoring_returns(model):
    """Each token by the row behind those before it, at the time that these have come to.

    Primers shorter and longer than a window are continued side by side.
    """
    representation, steps, how = model.representation, 40, SamplingConfig(0.9, top_p=0.7)
    vocabulary, window = representation.vocabulary, representation.window
    lengths = [window + 1, 3, window + 9]
    primers = walks(representation, 2, lengths)
    tunes = sampling.generate(
        model, primers, steps=steps, seed=7, sampling=how, constraint=Timed(), limits=LIMITS
    )
    shortest, total = min(lengths), max(lengths) + steps
    assert tunes.dtype == vocabulary.dtype
    assert tunes.shape == (3, total) or vocabulary.ends[tunes[:, -1]].all()
    rows = np.stack(model.score(list(tunes))).astype(np.float64)
    times = [clock.read(representation, tokens) for tokens in tunes]
    limits = Limits(*map(np.array, LIMITS))
    durations = (vocabulary.ticks > 0) & (vocabulary.pitch == NO_PITCH)
    draws = np.random.default_rng(7).random((3, total - shortest))
    before = np.insert(tunes.astype(int), 0, vocabulary.none, axis=1)
    for t in range(shortest, tunes.shape[1]):
        now = Clock(*(np.array([time[k][t] for time in times]) for k in range(3)))
        first = [begun(vocabulary, *one) for one in zip(tunes[:, :t], times, strict=True)]
        allowed = Timed().allowed(representation, now, limits, np.array(first), before[:, t])
        allowed = allowed & vocabulary.may_follow[before[:, t]]
        others = vocabulary.may_follow[before[:, t]] & ~durations
        expected = how.draw(rows[:, t], draws[:, t - shortest], allowed, ~others.any(axis=1))
        for tune, primer, drawn in zip(tunes, primers, expected, strict=True):
            assert tune[t] == (primer[t] if t < len(primer) else drawn), t
    for tune, primer in zip(tunes, primers, strict=True):
        assert np.array_equal(tune[: len(primer)], primer)


@of()
def test_it_comes_back_from_disk_bit_by_bit(model, tmp_path, monkeypatch):
    monkeypatch.setitem(representations.REPRESENTATIONS, "tiny", type(TINY))
    model.save(tmp_path / "model")
    compiled = not isinstance(model, NumpyModel)
    load = partial(registry.load, tmp_path / "model", compiled=compiled)
    back = load(representation=model.representation)
    assert type(back) is type(model)
    assert back.representation == model.representation
    assert back.context == model.context
    (rows,), (expected,) = scored(back, 70), scored(model, 70)
    assert np.array_equal(rows, expected)
    other = NOTES if model.representation == GRID else GRID
    with pytest.raises(InputError, match=r"but the tunes are written as .*dvc repro"):
        load(representation=other)
