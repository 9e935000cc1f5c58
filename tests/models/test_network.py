"""The recurrent network against its definition, written out."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.models import segments
from nottingham.models.lookback import Features
from nottingham.models.recurrent import cells
from nottingham.models.recurrent.network import Inputs, build, drop
from nottingham.representation import clock
from nottingham.representation.clock import Clock
from nottingham.representation.vocabulary import NO_PITCH
from tests.models.small import (
    CELLS,
    COPYING,
    GRID,
    HEADED,
    NETWORKS,
    NOTES,
    PLAIN,
    TINY,
    TUNE,
    at,
    network,
    walks,
)

NONE = GRID.vocabulary.none
ONE_CANDIDATE = TUNE | {"phrase": 4, "lookbacks": [], "longest_match": False}


@pytest.fixture(params=CELLS)
def settings(request):
    return CELLS[request.param]


def features_of(token, **known):
    """Return the features behind a token of each of some tunes: no others, unless given."""
    zeros = [0] * len(token)
    known = {"pitch": zeros, "previous_pitch": zeros, "upbeat": zeros} | known
    blank = dict.fromkeys(("candidates", "matches", "header"), [[]] * len(token))
    known = blank | known
    arrays = {name: jnp.asarray(np.array(values, np.int32)) for name, values in known.items()}
    return Features(token=jnp.array(token), **arrays)


def in_time(tree):
    """Return the same as a segment of one token: ``[1, batch]``."""
    return jax.tree.map(lambda x: jnp.asarray(x)[None], tree)


def ticks(*ticks):
    """Return times in the first measure: ``[time, batch]``."""
    ticks = jnp.array(ticks)
    return Clock(jnp.zeros_like(ticks), ticks, jnp.full_like(ticks, 8))


def logits_of(net, hidden, features):
    """Return the logits at the start of a tune: ``[batch, vocabulary]``."""
    return jax.jit(net.logits)(jnp.asarray(hidden), features, ticks(*[0] * len(hidden)))


def test_the_network_step_by_step(settings):
    """The table of embeddings times weights, written out; the position is that of the next token.

    The first tune's tokens are followed by ticks 0 and 1, the second's by 3 and 4.
    """
    net = build(settings, GRID, seed=3)
    features = segments.of_segments(net.lookback, jnp.array([[5, 0], [6, 88]]))
    rows = jnp.array([[[5, 90 + 0], [0, 90 + 3]], [[6, 90 + 1], [88, 90 + 4]]])
    embedded = net.embed(rows).sum(axis=2)
    inputs = (net.input(embedded) + net.bias[...]).reshape(4, -1)
    steps = jnp.arange(4).reshape(2, 2, 1)
    cell = cells.CELLS[settings["cell"]]
    expected = cells.run(cell, inputs, net.recurrent[...], steps)
    found = net.hidden(features, ticks([0, 3], [1, 4]))
    assert np.asarray(found) == pytest.approx(np.asarray(expected), abs=1e-5)


def test_all_inputs_of_a_step():
    """A row each: token, position, measure and upbeat, interval, candidate, match."""
    net, sizes = build(ONE_CANDIDATE, GRID, seed=3), [90, 8, 2 * 4, 49, 90, 14]
    token, candidate, tick = [5, 0, 88], [40, NONE, 0], [7, 0, 1]
    features = features_of(
        token,
        pitch=[65, 65, 108],
        previous_pitch=[60, NO_PITCH, 30],
        upbeat=[1, 0, 1],
        candidates=[[c] for c in candidate],
        matches=[[3], [0], [13]],
    )
    times = Clock(np.array([8, 3, 5]), np.array(tick), np.array([8, 8, 8]))
    rows = [
        [token[0], tick[0], 0 + 4, 24 + 5, candidate[0], 3],  # the ninth measure is a first again
        [token[1], tick[1], 3, 24 + 0, candidate[1], 0],  # no interval without a pitch before
        [token[2], tick[2], 1 + 4, 24 + 24, candidate[2], 13],  # 78 semitones count as 24
    ]
    assert net.embed.num_embeddings == sum(sizes)
    embedded = net.embed(jnp.array(rows) + jnp.cumsum(jnp.array([0, *sizes[:-1]])))
    inputs = net.input(embedded.sum(axis=1)) + net.bias[...]
    cell = cells.CELLS["lstm"]
    expected = cells.run(cell, inputs, net.recurrent[...], jnp.arange(3).reshape(1, 3, 1))
    found = net.hidden(in_time(features), in_time(times))
    assert np.asarray(found) == pytest.approx(np.asarray(expected), abs=1e-5)


def test_every_pitch_in_the_inputs():
    """Those of tokens, of what was before them, and of candidates; token 40 is MIDI 60."""
    net = build(COPYING | {"lookbacks": [], "last_token": False}, GRID, seed=3)
    features = features_of(
        [40, 0],
        pitch=[60, 61],
        previous_pitch=[62, NO_PITCH],
        candidates=[[1, NONE], [0, 88]],
        matches=[[1, 0], [1, 1]],
    )
    pitches = net.pitches(Inputs(in_time(features), ticks([0, 0])))
    assert sorted(pitches[:, 0].tolist()) == [NO_PITCH, 21, 60, 60, 62]
    assert sorted(pitches[:, 1].tolist()) == [NO_PITCH, NO_PITCH, NO_PITCH, 61, 108]


def test_an_lstm_begins_with_its_forget_gates_open():
    bias = np.asarray(build(PLAIN, GRID, seed=3).bias[...]).reshape(4, 12)
    assert bias[1].tolist() == [1.0] * 12
    assert not bias[[0, 2, 3]].any()


def test_candidates_that_agree_add_up():
    """By hand: −1 for all, then 2 + 0.5 and 3 + 0.25 for token 7, and 4 for the rest."""
    net = build(COPYING | {"intervals": False}, GRID, seed=3)
    net.output.kernel[...] *= 0
    net.output.bias[...] -= 1.0
    net.copy.bias[...] = jnp.array([2.0, 3.0, 4.0, 5.0])
    net.trust[...] = net.trust[...].at[0, 6].set(0.5).at[1, 2].set(0.25).at[0, 2].set(9.0)
    features = features_of([3], candidates=[[7, 7, 0, NONE]], matches=[[6, 2, 1, 0]])
    expected = np.full((1, 89), -1.0)
    expected[0, 7] += 2 + 0.5 + 3 + 0.25
    expected[0, 0] += 4
    found = logits_of(net, np.ones((1, 12)), features)
    assert np.asarray(found) == pytest.approx(expected, abs=1e-5)


def test_logits_of_intervals_by_hand():
    """The logit of an interval is its number of semitones; token 40 is C4, MIDI 60."""
    net = build(PLAIN | {"intervals": True}, GRID, seed=3)
    net.output.kernel[...] *= 0
    net.interval.bias[...] = jnp.arange(-24.0, 25.0)
    features = features_of([0] * 3, pitch=[60, NO_PITCH, 23])
    logits = np.asarray(logits_of(net, np.ones((3, 12)), features))
    from_40 = np.zeros(89)
    from_40[16:65] = np.arange(-24, 25)  # wider intervals have none
    assert logits[0].tolist() == from_40.tolist()
    assert not logits[1].any()  # nor has anything where there was no pitch
    assert logits[2, :5].tolist() == [0, -2, -1, 0, 1]  # nor has a rest


def test_the_parts_of_a_logit():
    """What the state gives for a token, of its interval, and of each candidate that it is."""
    net = network("copying")
    draw = np.random.default_rng(0)
    last = np.array([0, 1, 20, 40, 41, 88])  # a token with a pitch, or 0 for none
    candidates = draw.choice([0, 1, 40, 41, NONE], (6, 4))
    matches = np.where(candidates == NONE, 0, draw.integers(1, 14, (6, 4)))
    pitch = np.where(last > 0, last + 20, NO_PITCH)
    hidden = draw.normal(0, 1, (6, 12)).astype(np.float32)
    of_token, of_interval, of_candidate = (
        np.asarray(layer(hidden)) for layer in (net.output, net.interval, net.copy)
    )
    trust = np.asarray(net.trust[...])
    expected = of_token.copy()
    for row in range(6):
        for token in range(1, 89):
            if last[row] and abs(token - last[row]) <= 24:
                expected[row, token] += of_interval[row, token - last[row] + 24]
        for k, candidate in enumerate(candidates[row]):
            if candidate != NONE:
                expected[row, candidate] += of_candidate[row, k] + trust[k, matches[row, k]]
    features = features_of([3] * 6, pitch=pitch, candidates=candidates, matches=matches)
    found = logits_of(net, hidden, features)
    assert np.asarray(found) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", NETWORKS)
def test_step_by_step_is_the_whole_sequence(name):
    representation = NOTES if name == "headed" else GRID
    net = network(name, representation)
    tunes = walks(representation, 0, [40, 40])
    read = np.stack([clock.read(representation, tokens) for tokens in tunes])  # [tunes, 3, time]
    times = Clock(*jnp.asarray(read.transpose(1, 2, 0)[:, 1:].astype(np.int32)))
    tunes = jnp.asarray(np.stack(tunes, axis=1).astype(np.int32))

    @jax.jit
    def whole(tunes):
        features = segments.of_segments(net.lookback, tunes)
        hidden = net.hidden(features, times)
        return features, hidden, net.logits(hidden, features, times)

    features, hidden, logits = whole(tunes)
    state, prepared = net.blank(2), net.prepare()
    step, logits_after = jax.jit(net.step), jax.jit(net.logits_after)
    for t, now in enumerate(tunes):
        state = step(prepared, state, now, at(t, times))
        assert np.asarray(state.recurrent[0]) == pytest.approx(np.asarray(hidden[t]), abs=1e-5)
        for found, expected in zip(state.looking.features, at(t, features), strict=True):
            assert np.array_equal(found, expected)
        found = np.asarray(logits_after(state))
        assert found == pytest.approx(np.asarray(logits[t]), abs=1e-4)


def test_dropout_silences_units_and_keeps_the_mean():
    hidden, keys = jnp.ones((3, 400, 20)), jax.random.split(jax.random.key(0), 400)
    dropped = np.asarray(drop(hidden, 0.25, keys))
    assert set(np.unique(dropped)) == {0.0, np.float32(1 / 0.75)}
    assert (dropped == dropped[:1]).all()  # the same units through all of a segment
    assert dropped.mean() == pytest.approx(1, abs=0.02)
    half = np.asarray(drop(hidden[:, :200], 0.25, keys[:200]))
    assert (half == dropped[:, :200]).all()  # whoever else is in the batch


@pytest.mark.parametrize("used", [False, True])
def test_without_positions_the_place_does_not_matter(used):
    net = build(PLAIN | {"metrical_position": used}, GRID, seed=3)
    features = segments.of_segments(net.lookback, jnp.array([[5], [6]]))
    here, there = (net.hidden(features, ticks([t], [t + 1])) for t in (0, 3))
    assert np.array_equal(here, there) is not used


def test_a_fresh_network_has_zero_logits_of_intervals_and_candidates():
    net = build(COPYING, GRID, seed=3)
    hidden = jnp.asarray(np.random.default_rng(0).normal(0, 1, (2, 12)).astype(np.float32))
    candidates = {"candidates": [[40] * 4] * 2, "matches": [[3] * 4] * 2}
    features = features_of([40, 45], pitch=[60, 65], **candidates)
    assert np.array_equal(net.logits(hidden, features, ticks(0, 0)), net.output(hidden))


def headed_features(**known):
    """Return the features behind the header and E4 of a tune of 5 measures in C, with an upbeat."""
    names = TINY.vocabulary.names
    header = [names.index(name) for name in ("in C", "of 12", "5 measures")]
    blank = {"candidates": [[TINY.vocabulary.none] * 5], "matches": [[0] * 5]}
    return features_of([2], upbeat=[1], header=[header], pitch=[64], **blank | known)


def test_what_the_header_and_the_clock_are_as_inputs():
    """A row each: token, tonic, position, ticks to the barline, measure, measures to go, form, …

    Endings, place in the section, interval, candidates and matches. First the seventh measure is
    under way, the sixth but for the upbeat: of the 5 none is left, of the sections of two it is the
    second; and 4 of its 8 ticks have passed, 3 come behind the one to come. Of sections of eight
    the header says that neither repeats another, and that the second one closes.
    """
    net = build(HEADED, TINY, seed=3)
    size, none = TINY.vocabulary.size + 1, TINY.vocabulary.none
    sizes = [size, 3, 12, 12, 2 * 3, 66, 3 * 3, 3, 2 * 8, 49, *[size] * 5, *[14] * 5]
    features = headed_features()
    in_c, second_new, unknown = 0, 3 * 0 + 0, 3 * 0 + 2
    rest = [24, *[none] * 5, *[0] * 5]
    cases = [
        ((6, 4, 8), [2, in_c, 4, 3, 0 + 3, 0, second_new, 0, 8 + 4, *rest]),
        ((2, 9, 12), [2, in_c, 9, 2, 2 + 3, 4, second_new, 0, 8 + 6, *rest]),
        ((10, 4, 8), [2, in_c, 4, 3, 1 + 3, 0, unknown, 1, 8 + 4, *rest]),
    ]
    assert net.embed.num_embeddings == sum(sizes)
    for time, rows in cases:
        embedded = net.embed(jnp.array([rows]) + jnp.cumsum(jnp.array([0, *sizes[:-1]])))
        inputs = net.input(embedded.sum(axis=1)) + net.bias[...]
        steps = jnp.zeros((1, 1, 1), int)
        expected = cells.run(cells.CELLS["lstm"], inputs, net.recurrent[...], steps)
        found = net.hidden(in_time(features), in_time(Clock(*np.array(time)[:, None])))
        assert np.asarray(found) == pytest.approx(np.asarray(expected), abs=1e-5)


@pytest.mark.parametrize(
    ("measures", "marks"),
    [
        (48, {0: "unknown", 1: "yes", 8: "yes", 9: "no", 32: "no", 33: "unknown", 41: "yes"}),
        (44, {33: "yes", 40: "yes", 41: "unknown", 44: "unknown"}),
        (32, {25: "no", 32: "no", 33: "unknown"}),
    ],
)
def test_whether_a_section_closes_is_said_of_the_first_four_and_the_last(measures, marks):
    """Behind an upbeat, which belongs to none of them, and has no cadence."""
    header = ["measures", "endings"]
    inputs = build(HEADED | {"header": header}, NOTES, seed=3).input_classes
    names, blank = NOTES.vocabulary.names.index, [NOTES.vocabulary.none] * 4
    header = [*blank, names(f"{measures} measures"), blank[0], names("ends 1---1")]
    features = features_of([names("C4")], upbeat=[1], pitch=[60], header=[header])
    for measure, mark in marks.items():
        time = Clock(*(jnp.array([x]) for x in (measure, 0, 192)))
        closes = int(inputs.close(features, time)[0]) // (inputs.closes // 3)
        assert ["no", "yes", "unknown"][closes] == mark, measure
        is_none = int(inputs.cadence(features, time)[0]) == inputs.cadences - 1
        assert is_none == (measure % 8 not in (7, 0) or measure == 0), measure


def test_places_and_headers_have_logits_of_their_own():
    """By hand: 1 for the place, 20 for the ticks to the barline, 300 for the tonic, 4000 for them
    in steps of twelve, 50000 for the middle of a measure after the last, of "long"; and what may
    not follow a note is as good as impossible. Eight ticks are the second of the lengths.
    """
    net, names = build(HEADED, TINY, seed=3), TINY.vocabulary.names
    net.output.kernel[...] *= 0
    long, short = names.index("long"), names.index("short")
    place, barline, twelves, to_go = 16 + 8 + 4, 64 + 3, 64 + 12 + 1, 64 + 12 + 4 + 4
    tonic = 64 + 12 + 4 + 66 * 8
    rows = ((place, 1), (barline, 20), (tonic, 300), (twelves, 4000), (to_go, 50000))
    for row, value in rows:
        net.direct[...] = net.direct[...].at[row, long].set(float(value))
    time = Clock(jnp.array([6]), jnp.array([4]), jnp.array([8]))
    (logits,) = np.asarray(jax.jit(net.logits)(jnp.ones((1, 12)), headed_features(), time))
    assert (logits[long], logits[short]) == (54321, 0)
    possible = TINY.vocabulary.may_follow[2]
    assert (logits[~possible] == -1e9).all()
    assert not logits[possible & (np.arange(len(names)) != long)].any()
