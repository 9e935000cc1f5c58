"""How far back a recurrent model sees: a window exactly, or a tune from its start.

tests/models/test_protocol.py has what they share with every other model.
"""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.models import sampling, segments
from nottingham.models.base import Model
from nottingham.models.recurrent.model import RecurrentArchitecture, RecurrentModel
from nottingham.models.recurrent.network import build
from nottingham.representation import clock
from nottingham.representation.clock import Clock
from tests.models import small
from tests.models.small import GRID, NOTES, TINY, TUNE, WINDOWS, sensitive, tokens
from tests.training.small import settings as section


def last_row(network, tune, start, end):
    """Run a network over a part of a tune from h_0 = 0: ln p of the token after it.

    A part from the start of the tune, 0, begins with the start token.
    """
    times = clock.read(GRID, tune)
    at = Clock(*(jnp.asarray(x[start + (start > 0) : end + 1, None]) for x in times))

    @jax.jit
    def run(tokens, at):
        return network.predict(network.inputs(tokens[:, None], at), last=1)[-1, 0]

    before = [] if start else [GRID.vocabulary.none]
    logits = run(jnp.asarray(np.concatenate([before, tune[start:end]]), jnp.int32), at)
    return np.asarray(jax.nn.log_softmax(logits))


@pytest.mark.parametrize("name", WINDOWS)
def test_a_row_depends_on_exactly_the_32_tokens_before(name):
    tune, model = tokens(1, 70), small.model(name)
    before, within = tune.copy(), tune.copy()
    before[: 60 - 32] = (before[: 60 - 32] + 11) % 89
    within[60 - 32] = (within[60 - 32] + 11) % 89
    rows, without, changed = (rows[60] for rows in model.score([tune, before, within]))
    assert np.array_equal(without, rows)
    assert not np.array_equal(changed, rows)


@pytest.mark.parametrize("name", ["copying", "tune"])
def test_each_row_is_a_run_over_its_own_context(name):
    model, tune = small.model(name), tokens(1, 70)
    network = small.network(name)
    (rows,) = model.score([tune])
    for t in (20, 69):
        start = 0 if name == "tune" else max(0, t - 32)
        assert rows[t] == pytest.approx(last_row(network, tune, start, t), abs=1e-5)


def test_more_windows_than_a_call_takes():
    model, tune = small.model("copying"), tokens(2, 700)
    (rows,), (end,) = model.score([tune]), model.score([tune[560:]])
    assert rows[660] == pytest.approx(end[100], abs=1e-5)  # 560 tokens are 70 measures


@pytest.mark.parametrize("name", ["lstm", "copying"])
def test_without_bounds_the_state_is_carried_through_the_tune(name):
    """The same weights as a model of whole tunes; and other predictions than of windows."""
    tune, model = tokens(1, 70), small.model(name)
    carried = model.unbounded()
    assert (carried.context, model.context) == ("tune", "window")
    (rows,), (windows,) = carried.score([tune]), model.score([tune])
    network = small.network(name)
    assert rows[69] == pytest.approx(last_row(network, tune, 0, 69), abs=1e-5)
    assert rows[:32] == pytest.approx(windows[:32], abs=1e-5)
    assert abs(rows[40:] - windows[40:]).max() > 1e-3
    primers = tokens(1, 2, 50)
    found = [sampling.generate(m, primers, steps=100, seed=1) for m in (carried, model)]
    assert not np.array_equal(*found)


def test_a_model_of_whole_tunes_is_unbounded_already():
    model, tune = small.model("tune"), tokens(1, 70)
    assert np.array_equal(model.unbounded().score([tune])[0], model.score([tune])[0])


def test_a_row_sees_the_tune_from_its_start():
    """The first token 8 measures before is a candidate; whether it is a rest matters for ever."""
    tune = tokens(1, 100)
    tune[0] = 40
    changed, upbeat = tune.copy(), tune.copy()
    changed[0], upbeat[0] = 42, 0
    rows, others, upbeats = small.model("tune").score([tune, changed, upbeat])
    there = others - rows
    assert abs(there[64]).max() > 0.1
    assert there[64, 42] > 0 > there[64, 40]
    assert abs(upbeats - rows)[1:].max(axis=1).min() > 1e-3


def test_the_state_goes_on_beyond_a_call():
    """Without features of the past, too, a row depends on more than the 32 tokens of a call."""
    settings = TUNE | {"phrase": 0, "intervals": False, "lookbacks": []}
    settings |= {"last_token": False, "longest_match": False}
    network = sensitive(settings)
    network.bias[...] = network.bias[...].at[12:24].add(4.0)  # so that it does not forget
    tune = tokens(1, 70)
    changed = tune.copy()
    changed[20] = (tune[20] + 11) % 89
    rows, others = RecurrentModel(network, settings).score([tune, changed])
    assert (abs(others - rows).max(axis=1) > 1e-4).tolist() == [t > 20 for t in range(70)]


@pytest.mark.parametrize("name", ["copying", "tune"])
def test_the_first_token_is_predicted_from_the_start_token(name):
    tune = tokens(1, 3)
    (rows,) = small.model(name).score([tune])
    expected = last_row(small.network(name), tune, 0, 0)
    assert rows[0] == pytest.approx(expected, abs=1e-5)
    assert np.ptp(rows[0] - np.asarray(small.network(name).output.bias[...])) > 1e-3


def test_a_state_is_stepped_from_outside_as_in_a_program():
    """As an interactive program would: model and state are trees of arrays."""
    model, tunes = small.model("copying"), tokens(3, 5, 4)
    state, step = model.start(5), jax.jit(RecurrentModel.step)
    for now in tunes.T.astype(np.int32):
        state = step(model, state, now)
    rows = np.asarray(jax.jit(RecurrentModel.log_probs)(model, state))
    expected = [rows[4] for rows in Model.score(model, list(np.pad(tunes, ((0, 0), (0, 1)))))]
    assert rows == pytest.approx(np.stack(expected), abs=1e-5)


def test_what_a_network_is_built_from():
    def copies(representation=GRID, **changes):
        found = RecurrentArchitecture(section(**changes), representation).settings
        return found["last_token"], found["lookbacks"]

    assert copies(context="tune", lookbacks=[4, 1]) == (True, [1, 4])
    assert copies(context="window", lookbacks=[3, 4]) == (True, [3])  # 32 steps are out of reach
    assert copies(context="tune", lookbacks=[63, 64]) == (True, [63])
    assert copies(context="window", lookbacks=[], longest_match=True) == (True, [])
    assert copies(context="window", lookbacks=[], longest_match=False) == (False, [])
    # of 12 ticks, among tokens of 3 at most
    assert copies(TINY, context="tune", lookbacks=[1, 64]) == (True, [1, 64])
    assert copies(TINY, context="window", lookbacks=[2, 3]) == (True, [2])


@pytest.mark.parametrize("header", [["dance", "tonic"], ["tonic"]])
def test_guidance_counts_what_is_known_without_a_past_so_many_times(header):
    """The place in the section and the sixteenths to the barline, of each dance and length of a
    measure; the ticks to the barline; the eighths of the measures to go; the fields of the header.
    Each has a row of logits.
    """
    settings = small.HEADED | {"header": header}
    model = RecurrentModel(sensitive(settings, NOTES), settings)
    direct = np.asarray(sensitive(settings, NOTES).direct[...])
    vocabulary, (tune,) = NOTES.vocabulary, small.walks(NOTES, 6, [80])
    (rows,), (guided,) = model.score([tune]), model.guided(2.5).score([tune])
    times = clock.read(NOTES, tune)
    first = int(np.argmax(vocabulary.pitch[tune] > 0))
    upbeat = int(times.measure[first] * times.length[first] + times.tick[first] > 0)
    total = int(vocabulary.measures[tune[4]])
    dances = np.count_nonzero(vocabulary.kind == 0) + 1 if "dance" in header else 1
    number = int(tune[0]) if "dance" in header else 0
    assert dances in (11, 1)
    for t in range(first + 1, len(tune)):
        measure, tick, length = (int(x[t]) for x in times)
        section = 8 * ((measure - upbeat) % 2) + 8 * tick // length
        to_go = 8 * min(max(total + upbeat - measure, 0), 64) + 8 * tick // length
        to_barline = min(length - tick, 288) - 1
        pair = 4 * number + sum(length > quarters * 48 for quarters in (2, 3, 4))
        classes = [(4 * dances * 16, 16 * pair + section), (288, to_barline)]
        classes += [(4 * dances * 24, 24 * pair + to_barline // 12), (66 * 8, to_go)]
        classes += [(11, int(tune[0]))] if "dance" in header else []
        classes += [(13, int(vocabulary.tonic[tune[2]]) - 1)]
        starts = np.cumsum([0] + [size for size, _ in classes])
        assert starts[-1] == len(direct)
        known = sum(
            direct[start + row] for start, (_, row) in zip(starts[:-1], classes, strict=True)
        )
        expected = np.asarray(jax.nn.log_softmax(jnp.asarray(rows[t] + 1.5 * known)))
        possible = vocabulary.may_follow[tune[t - 1]]
        assert guided[t][possible] == pytest.approx(expected[possible], abs=1e-3), t


def test_form_and_endings_weigh_on_what_they_speak_of():
    """Each of the logits that they add, by hand; guidance counts them in the third power.

    The form on what began 8 measures ago and on what followed the longest matches, by measure of
    the section and by what the section repeats; the endings on the tonics, by place in the section
    and dance, and in the last measures of a section on all tokens, by the sixteenths left and by
    whether the last pitch is the tonic.
    """
    settings = small.HEADED | {"header": ["tonic", "form", "endings"]}
    network, (tune,) = sensitive(settings, NOTES), small.walks(NOTES, 6, [120])
    plain, vocabulary = sensitive(settings, NOTES), NOTES.vocabulary
    plain.repeat[...], plain.close[...] = plain.repeat[...] * 0, plain.close[...] * 0
    plain.cadence[...], cadence = plain.cadence[...] * 0, np.asarray(network.cadence[...])
    plain.direct[...], network.direct[...] = plain.direct[...] * 0, network.direct[...] * 0
    models = [RecurrentModel(one, settings) for one in (plain, network)]
    (without,), (rows,), (guided,) = (
        model.score([tune]) for model in (*models, models[1].guided(1.5))
    )
    repeat, close = np.asarray(network.repeat[...]), np.asarray(network.close[...])
    found = segments.of_tunes(network.lookback, [tune])
    times = clock.read(NOTES, tune)
    upbeat = int(found.upbeat[-1])
    tonics = (vocabulary.pitch > 0) & (vocabulary.pitch % 12 == 0)
    said = {"repeats": vocabulary.repeats[tune[5]], "closes": vocabulary.closes[tune[6]]}
    candidates = 0
    for t in range(10, len(tune)):
        measure, tick, length = (int(x[t]) for x in times)
        section, place = divmod(measure - upbeat, 8)
        row, closes = (
            of[section] if 0 <= section < 4 and of[section] >= 0 else unknown
            for of, unknown in ((said["repeats"], 4), (said["closes"], 2))
        )
        added = np.where(tonics, 8 * close[64 * closes + 8 * place + 8 * tick // length], 0.0)
        left = ((7 - place) * length + length - tick - 1) // 12
        pitch = int(found.pitch[t - 1])
        pair = 2 * closes + (pitch != 0 and pitch % 12 == 0)
        added += 4 * cadence[36 * pair + left if left < 36 else -1]
        for number, candidate in enumerate(found.candidates[t - 1, 2:].tolist()):
            if candidate != vocabulary.none:
                candidates += 1
                added[candidate] += 8 * repeat[number, 8 * row + place]
        possible = vocabulary.may_follow[tune[t - 1]]
        for scored, weight in ((rows, 1.0), (guided, 1.5**3)):
            expected = np.asarray(jax.nn.log_softmax(jnp.asarray(without[t] + weight * added)))
            assert scored[t][possible] == pytest.approx(expected[possible], abs=1e-3), t
    assert candidates > 60


def test_a_network_that_knows_nothing_without_a_past_is_not_guided():
    model = small.model("tune")
    assert model.guided(3.0) is model


def test_a_row_depends_on_all_fields_of_the_header_that_are_inputs():
    """And on no other: here on all but the dance and the mode.

    The meter is in the clock, be its token an input or not.
    """
    model, (tune,) = small.model("headed", NOTES), small.walks(NOTES, 3, [60])
    changed = [tune.astype(int) for _ in range(7)]
    for field, (one, by) in enumerate(zip(changed, (-1, 1, 1, 1, 1, 1, 1), strict=True)):
        one[field] += by
        assert NOTES.vocabulary.kind[one[field]] == field
    rows, *others = model.score([tune, *changed])
    differ = [np.abs(np.exp(other) - np.exp(rows))[8:].max() > 1e-3 for other in others]
    assert differ == [False, True, True, False, True, True, True]


def test_an_architecture_builds_what_its_settings_describe():
    architecture = RecurrentArchitecture(section(cell="gru", context="tune", phrase=4), GRID)
    model = architecture.model(architecture.build(seed=3))
    other = RecurrentModel(build(architecture.settings, GRID, seed=3), architecture.settings)
    assert model.context == architecture.context == "tune"
    assert np.array_equal(model.score([tokens(1, 5)])[0], other.score([tokens(1, 5)])[0])
