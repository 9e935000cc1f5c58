"""The recurrent network against its definition, written out."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.models.lookback import NOTHING, Recall
from nottingham.models.recurrent import cells
from nottingham.models.recurrent.network import build, drop
from tests.models.small import CELLS, COPYING, PLAIN, TUNE, WINDOWS, at, caring

ONE_CANDIDATE = TUNE | {"phrase": 4, "lookbacks": [1], "longest": False}


@pytest.fixture(params=CELLS)
def settings(request):
    return CELLS[request.param]


def recall_of(token, **known):
    """What is known after a step of each of some tunes: a rest and nothing, unless given."""
    zeros = [0] * len(token)
    known = {"pitch": zeros, "before": zeros, "upbeat": zeros} | known
    known = {"candidates": [[]] * len(token), "runs": [[]] * len(token)} | known
    arrays = {name: jnp.asarray(np.array(values, np.int32)) for name, values in known.items()}
    return Recall(token=jnp.array(token), **arrays)


def in_time(recall):
    """The same as a stretch of one step: ``[1, batch]``."""
    return jax.tree.map(lambda x: x[None], recall)


def test_the_network_step_by_step(settings):
    """The table of embeddings times weights, written out; the position is that of the next step."""
    net = build(settings, seed=3)
    recall = net.remembered.run(jnp.array([[5, 0], [6, 88]]))
    rows = jnp.array([[[5, 89 + 0], [0, 89 + 3]], [[6, 89 + 1], [88, 89 + 4]]])
    embedded = net.embed(rows).sum(axis=2)
    inputs = (net.input(embedded) + net.bias[...]).reshape(4, -1)
    steps = jnp.arange(4).reshape(2, 2, 1)
    cell = cells.CELLS[settings["cell"]]
    expected = cells.run(cell, inputs, net.recurrent[...], steps)
    found = net.hidden(recall, jnp.array([7, 2]))
    assert np.asarray(found) == pytest.approx(np.asarray(expected), abs=1e-5)


def test_all_that_a_step_is_told():
    """Token, place in the measure, measure and upbeat, interval, candidate, run: a row for each."""
    net = build(ONE_CANDIDATE, seed=3)
    recall = recall_of(
        [5, 0, 88],
        pitch=[45, 45, 88],
        before=[40, 0, 10],
        upbeat=[1, 0, 1],
        candidates=[[40], [NOTHING], [0]],
        runs=[[3], [0], [13]],
    )
    sizes = [89, 8, 2 * 4, 49, 90, 14]
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
    found = net.hidden(in_time(recall), jnp.array([70, 23, 40]))
    assert np.asarray(found) == pytest.approx(np.asarray(expected), abs=1e-5)


def test_a_phrase_is_counted_from_the_start_and_shifted_by_an_upbeat():
    net = caring(ONE_CANDIDATE)
    known = {"candidates": [[NOTHING]] * 4, "runs": [[0]] * 4}

    def hidden(upbeat):
        recall = recall_of([40] * 4, upbeat=[upbeat] * 4, **known)
        return np.asarray(net.hidden(in_time(recall), jnp.array([3, 3 + 8, 3 + 8 * 4, 4 + 8])))[0]

    plain, shifted = hidden(0), hidden(1)
    assert np.array_equal(plain[0], plain[2])  # again after four measures
    for one, other in [(plain[0], plain[1]), (plain[1], plain[3]), (plain[0], shifted[0])]:
        assert not np.array_equal(one, other)


def test_an_lstm_begins_with_its_forget_gates_open():
    bias = np.asarray(build(PLAIN, seed=3).bias[...]).reshape(4, 12)
    assert bias[1].tolist() == [1.0] * 12
    assert not bias[[0, 2, 3]].any()


def test_candidates_that_agree_add_up():
    """By hand: −1 for all, then 2 + 0.5 and 3 + 0.25 for token 7, and 4 for the rest."""
    net = build(COPYING | {"intervals": False, "lookbacks": [1, 8], "longest": True}, seed=3)
    net.output.kernel[...] *= 0
    net.output.bias[...] -= 1.0
    net.copy.bias[...] = jnp.array([2.0, 3.0, 4.0, 5.0])
    net.trust[...] = net.trust[...].at[0, 6].set(0.5).at[1, 2].set(0.25).at[0, 2].set(9.0)
    recall = recall_of([3], candidates=[[7, 7, 0, NOTHING]], runs=[[6, 2, 1, 0]])
    expected = np.full((1, 89), -1.0)
    expected[0, 7] += 2 + 0.5 + 3 + 0.25
    expected[0, 0] += 4
    found = net.logits(jnp.ones((1, 12)), recall)
    assert np.asarray(found) == pytest.approx(expected, abs=1e-5)


def test_logits_of_intervals_by_hand():
    """The logit of an interval is its number of semitones."""
    net = build(COPYING | {"lookbacks": [], "longest": False}, seed=3)
    net.output.kernel[...] *= 0
    net.interval.bias[...] = jnp.arange(-24.0, 25.0)
    logits = np.asarray(net.logits(jnp.ones((3, 12)), recall_of([0] * 3, pitch=[40, 0, 3])))
    from_40 = np.zeros(89)
    from_40[16:65] = np.arange(-24, 25)  # wider intervals have none
    assert logits[0].tolist() == from_40.tolist()
    assert not logits[1].any()  # nor has anything where there was no pitch
    assert logits[2, :5].tolist() == [0, -2, -1, 0, 1]  # nor has a rest


def test_the_parts_of_a_logit():
    """What the state says of a token, of its interval, and of each candidate that it is."""
    net = caring(COPYING)
    draw = np.random.default_rng(0)
    pitch = np.array([0, 1, 20, 40, 41, 88])
    candidates = draw.choice([0, 1, 40, 41, NOTHING], (6, 4))
    runs = np.where(candidates == NOTHING, 0, draw.integers(1, 14, (6, 4)))
    hidden = draw.normal(0, 1, (6, 12)).astype(np.float32)
    of_token, of_interval, of_candidate = (
        np.asarray(layer(hidden)) for layer in (net.output, net.interval, net.copy)
    )
    trust = np.asarray(net.trust[...])
    expected = of_token.copy()
    for row in range(6):
        for token in range(1, 89):
            if pitch[row] and abs(token - pitch[row]) <= 24:
                expected[row, token] += of_interval[row, token - pitch[row] + 24]
        for k, candidate in enumerate(candidates[row]):
            if candidate != NOTHING:
                expected[row, candidate] += of_candidate[row, k] + trust[k, runs[row, k]]
    recall = recall_of([3] * 6, pitch=pitch, candidates=candidates, runs=runs)
    found = net.logits(jnp.asarray(hidden), recall)
    assert np.asarray(found) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", [*WINDOWS, "tune"])
def test_step_by_step_is_the_whole_sequence(name):
    net = caring(TUNE if name == "tune" else WINDOWS[name])
    tunes = jnp.asarray(np.random.default_rng(0).choice([0, 40, 42, 43], (40, 2)))
    recall = jax.jit(net.remembered.run)(tunes)
    whole = net.hidden(recall, jnp.zeros(2, jnp.int32))
    logits = np.asarray(net.logits(whole, recall))
    state, step = net.start(2), jax.jit(net.stepper())
    for t, now in enumerate(tunes):
        state = step(state, now, jnp.array([t + 1, t + 1]))
        assert np.asarray(state.recurrent[0]) == pytest.approx(np.asarray(whole[t]), abs=1e-5)
        for found, expected in zip(state.heard.recall, at(t, recall), strict=True):
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
        net = build(settings | {"metrical_position": told}, seed=3)
        recall = net.remembered.run(jnp.array([[5], [6]]))
        here, there = net.hidden(recall, jnp.array([0])), net.hidden(recall, jnp.array([3]))
        assert np.array_equal(here, there) is not told


def test_a_fresh_network_judges_neither_intervals_nor_candidates():
    net = build(COPYING, seed=3)
    hidden = jnp.asarray(np.random.default_rng(0).normal(0, 1, (2, 12)).astype(np.float32))
    recall = recall_of([40, 45], pitch=[40, 45], candidates=[[40] * 4] * 2, runs=[[3] * 4] * 2)
    assert np.array_equal(net.logits(hidden, recall), net.output(hidden))
