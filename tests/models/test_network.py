"""The recurrent network against its definition, written out."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.models.lookback import Features
from nottingham.models.recurrent import cells
from nottingham.models.recurrent.network import build, drop
from nottingham.representation import clock
from nottingham.representation.clock import Clock
from tests.models.small import CELLS, COPYING, PLAIN, TUNE, WINDOWS, at, caring
from tests.models.stepping import GRID, NONE

ONE_CANDIDATE = TUNE | {"phrase": 4, "lags": [1], "longest_match": False}


@pytest.fixture(params=CELLS)
def settings(request):
    return CELLS[request.param]


def features_of(token, **known):
    """What is known after a step of each of some tunes: a rest and nothing, unless given."""
    zeros = [0] * len(token)
    known = {"pitch": zeros, "previous_pitch": zeros, "upbeat": zeros} | known
    known = {"candidates": [[]] * len(token), "matches": [[]] * len(token)} | known
    arrays = {name: jnp.asarray(np.array(values, np.int32)) for name, values in known.items()}
    return Features(token=jnp.array(token), **arrays)


def at_steps(*steps):
    """The times of steps of a grid: ``[1, batch]`` each."""
    found = np.array(steps, np.int32)[None]
    return Clock(jnp.asarray(found // 8), jnp.asarray(found % 8))


def in_time(features):
    """The same as a segment of one token: ``[1, batch]``."""
    return jax.tree.map(lambda x: x[None], features)


def test_the_network_step_by_step(settings):
    """The table of embeddings times weights, written out; the position is that of the next step."""
    net = build(settings, GRID, seed=3)
    features = net.lookback.run(jnp.array([[5, 0], [6, 88]]))
    rows = jnp.array([[[5, 90 + 0], [0, 90 + 3]], [[6, 90 + 1], [88, 90 + 4]]])
    embedded = net.embed(rows).sum(axis=2)
    inputs = (net.input(embedded) + net.bias[...]).reshape(4, -1)
    steps = jnp.arange(4).reshape(2, 2, 1)
    cell = cells.CELLS[settings["cell"]]
    expected = cells.run(cell, inputs, net.recurrent[...], steps)
    found = net.hidden(features, Clock(jnp.zeros((2, 2), int), jnp.array([[0, 3], [1, 4]])))
    assert np.asarray(found) == pytest.approx(np.asarray(expected), abs=1e-5)


def test_all_that_a_step_is_told():
    """Token, place in the measure, measure and upbeat, interval, candidate, run: a row for each."""
    net = build(ONE_CANDIDATE, GRID, seed=3)
    features = features_of(
        [5, 0, 88],
        pitch=[65, 65, 108],
        previous_pitch=[60, 0, 30],
        upbeat=[1, 0, 1],
        candidates=[[40], [NONE], [0]],
        matches=[[3], [0], [13]],
    )
    sizes = [90, 8, 2 * 4, 49, 90, 14]
    told = [
        [5, 7, 0 + 4, 24 + 5, 40, 3],  # step 71 comes next: the eighth of the ninth measure
        [0, 0, 3, 24 + 0, 89, 0],  # no interval without a pitch before
        [88, 1, 1 + 4, 24 + 24, 0, 13],  # 78 semitones are told as 24
    ]
    assert net.embed.num_embeddings == sum(sizes)
    rows = jnp.array(told) + jnp.cumsum(jnp.array([0, *sizes[:-1]]))
    inputs = net.input(net.embed(rows).sum(axis=1)) + net.bias[...]
    cell = cells.CELLS["lstm"]
    expected = cells.run(cell, inputs, net.recurrent[...], jnp.arange(3).reshape(1, 3, 1))
    found = net.hidden(in_time(features), at_steps(71, 24, 41))
    assert np.asarray(found) == pytest.approx(np.asarray(expected), abs=1e-5)


def test_a_phrase_is_counted_from_the_start_and_shifted_by_an_upbeat():
    net = caring(ONE_CANDIDATE)
    known = {"candidates": [[NONE]] * 4, "matches": [[0]] * 4}

    def hidden(upbeat):
        features = features_of([40] * 4, upbeat=[upbeat] * 4, **known)
        return np.asarray(net.hidden(in_time(features), at_steps(4, 4 + 8, 4 + 8 * 4, 5 + 8)))[0]

    plain, shifted = hidden(0), hidden(1)
    assert np.array_equal(plain[0], plain[2])  # again after four measures
    for one, other in [(plain[0], plain[1]), (plain[1], plain[3]), (plain[0], shifted[0])]:
        assert not np.array_equal(one, other)


def test_an_lstm_begins_with_its_forget_gates_open():
    bias = np.asarray(build(PLAIN, GRID, seed=3).bias[...]).reshape(4, 12)
    assert bias[1].tolist() == [1.0] * 12
    assert not bias[[0, 2, 3]].any()


def test_candidates_that_agree_add_up():
    """By hand: −1 for all, then 2 + 0.5 and 3 + 0.25 for token 7, and 4 for the rest."""
    net = build(COPYING | {"intervals": False, "lags": [1, 8], "longest_match": True}, GRID, seed=3)
    net.output.kernel[...] *= 0
    net.output.bias[...] -= 1.0
    net.copy.bias[...] = jnp.array([2.0, 3.0, 4.0, 5.0])
    net.trust[...] = net.trust[...].at[0, 6].set(0.5).at[1, 2].set(0.25).at[0, 2].set(9.0)
    features = features_of([3], candidates=[[7, 7, 0, NONE]], matches=[[6, 2, 1, 0]])
    expected = np.full((1, 89), -1.0)
    expected[0, 7] += 2 + 0.5 + 3 + 0.25
    expected[0, 0] += 4
    found = net.logits(jnp.ones((1, 12)), features)
    assert np.asarray(found) == pytest.approx(expected, abs=1e-5)


def test_logits_of_intervals_by_hand():
    """The logit of an interval is its number of semitones."""
    net = build(COPYING | {"lags": [], "longest_match": False}, GRID, seed=3)
    net.output.kernel[...] *= 0
    net.interval.bias[...] = jnp.arange(-24.0, 25.0)
    logits = np.asarray(net.logits(jnp.ones((3, 12)), features_of([0] * 3, pitch=[60, 0, 23])))
    from_40 = np.zeros(89)
    from_40[16:65] = np.arange(-24, 25)  # wider intervals have none
    assert logits[0].tolist() == from_40.tolist()
    assert not logits[1].any()  # nor has anything where there was no pitch
    assert logits[2, :5].tolist() == [0, -2, -1, 0, 1]  # nor has a rest


def test_the_parts_of_a_logit():
    """What the state says of a token, of its interval, and of each candidate that it is."""
    net = caring(COPYING)
    draw = np.random.default_rng(0)
    pitch = np.array([0, 21, 40, 60, 61, 108])
    candidates = draw.choice([0, 1, 40, 41, NONE], (6, 4))
    runs = np.where(candidates == NONE, 0, draw.integers(1, 14, (6, 4)))
    hidden = draw.normal(0, 1, (6, 12)).astype(np.float32)
    of_token, of_interval, of_candidate = (
        np.asarray(layer(hidden)) for layer in (net.output, net.interval, net.copy)
    )
    trust = np.asarray(net.trust[...])
    expected = of_token.copy()
    for row in range(6):
        for token in range(1, 89):
            interval = token + 20 - pitch[row]
            if pitch[row] and abs(interval) <= 24:
                expected[row, token] += of_interval[row, interval + 24]
        for k, candidate in enumerate(candidates[row]):
            if candidate != NONE:
                expected[row, candidate] += of_candidate[row, k] + trust[k, runs[row, k]]
    features = features_of([3] * 6, pitch=pitch, candidates=candidates, matches=runs)
    found = net.logits(jnp.asarray(hidden), features)
    assert np.asarray(found) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", [*WINDOWS, "tune"])
def test_step_by_step_is_the_whole_sequence(name):
    """From the start of a tune on, which is the first token of a segment."""
    net = caring(TUNE if name == "tune" else WINDOWS[name])
    tunes = np.random.default_rng(0).choice([0, 40, 42, 43], (40, 2))
    begun = jnp.asarray(np.concatenate([np.full((1, 2), NONE), tunes]))
    read = [clock.read(GRID, tune) for tune in tunes.T]
    times = Clock(*(jnp.asarray(np.stack([x[k] for x in read], axis=1)) for k in (0, 1)))
    inputs = jax.jit(net.inputs)(begun, times)
    whole, logits = net.hidden(*inputs), np.asarray(net.predict(inputs, last=41))
    prepared, step = net.prepare(), jax.jit(net.step)
    state = net.start(prepared, 2)
    for t in range(41):
        if t:
            state = step(prepared, state, begun[t], Clock(*(x[t] for x in times)))
        assert np.asarray(state.recurrent[0]) == pytest.approx(np.asarray(whole[t]), abs=1e-5)
        for found, expected in zip(state.looking.features, at(t, inputs.features), strict=True):
            assert np.array_equal(found, expected)
        assert np.asarray(net.logits_after(state)) == pytest.approx(logits[t], abs=1e-4)


def test_dropout_silences_units_and_keeps_the_mean():
    hidden, keys = jnp.ones((3, 400, 20)), jax.random.split(jax.random.key(0), 400)
    dropped = np.asarray(drop(hidden, 0.25, keys))
    assert set(np.unique(dropped)) == {0.0, np.float32(1 / 0.75)}
    assert (dropped == dropped[:1]).all()  # the same units through all of a stretch
    assert dropped.mean() == pytest.approx(1, abs=0.02)
    half = np.asarray(drop(hidden[:, :200], 0.25, keys[:200]))
    assert (half == dropped[:, :200]).all()  # whoever else is in the batch


def test_without_positions_the_place_does_not_matter(settings):
    for told in (False, True):
        net = build(settings | {"metrical_position": told}, GRID, seed=3)
        features = in_time(features_of([5]))
        here, there = net.hidden(features, at_steps(1)), net.hidden(features, at_steps(4))
        assert np.array_equal(here, there) is not told


def test_a_fresh_network_judges_neither_intervals_nor_candidates():
    net = build(COPYING, GRID, seed=3)
    hidden = jnp.asarray(np.random.default_rng(0).normal(0, 1, (2, 12)).astype(np.float32))
    features = features_of(
        [40, 45], pitch=[60, 65], candidates=[[40] * 4] * 2, matches=[[3] * 4] * 2
    )
    assert np.array_equal(net.logits(hidden, features), net.output(hidden))
