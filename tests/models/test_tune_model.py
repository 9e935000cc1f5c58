"""What the tune model promises: all of a tune before a step, however the tune is scored."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.models import batching
from nottingham.models.choice import AS_IT_IS
from nottingham.models.recurrent.tune import TuneModel
from nottingham.models.sampler import by_rows
from nottingham.representation import vocabulary
from tests.models.small import TUNE, caring, tokens


@pytest.fixture(scope="module")
def model():
    return TuneModel(caring(TUNE), TUNE)


@pytest.fixture
def tune():
    return tokens(1, 100)


def test_the_rows_are_one_run_over_the_tune(model, tune):
    net = model._merge(model._weights)

    @jax.jit
    def run(tune):
        recall = net.remembered.run(tune[:, None])
        return jax.nn.log_softmax(net.logits(net.hidden(recall, jnp.array([0])), recall)[:, 0])

    rows = model.log_probs(tune)
    expected = np.asarray(run(jnp.asarray(tune.astype(np.int32))))
    assert rows[1:] == pytest.approx(expected[:-1], abs=1e-5)
    first = jax.nn.log_softmax(net.output.bias[...])  # before the first step nothing is known
    assert rows[0] == pytest.approx(np.asarray(first), abs=1e-5)


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 70])
def test_tunes_of_any_length(model, tune, length):
    rows = model.log_probs(tune[:length])
    assert rows.shape == (length, vocabulary.SIZE)
    assert rows.dtype == np.float32
    assert rows == pytest.approx(model.log_probs(tune)[:length], abs=1e-5)


def test_tunes_scored_together_and_alone(model, tune):
    """More of them than a call takes."""
    lengths = [100, 0, 33, 1, 70, 32, 31, *range(2, 2 + batching.TUNES)]
    tunes = [np.roll(tune, place)[:length] for place, length in enumerate(lengths)]
    together = model.log_probs_of(tunes)
    assert [len(rows) for rows in together] == lengths
    for place in (0, 1, 2, 3, 4, 5, 6, 40, len(lengths) - 1):
        assert together[place] == pytest.approx(model.log_probs(tunes[place]), abs=1e-5)


@pytest.mark.parametrize("t", [1, 31, 32, 33, 99])
def test_step_by_step(model, tune, t):
    other = np.roll(tune, 5)
    rows = model.next_log_probs(np.stack([tune[:t], other[:t]]))
    assert rows[0] == pytest.approx(model.log_probs(tune)[t], abs=1e-5)
    assert rows[1] == pytest.approx(model.log_probs(other)[t], abs=1e-5)


def test_a_row_sees_the_tune_from_its_start(model, tune):
    """The first step 8 measures before is a candidate; whether it is a rest matters for ever."""
    tune[0] = 40
    rows = model.log_probs(tune)
    changed, upbeat = tune.copy(), tune.copy()
    changed[0], upbeat[0] = 42, vocabulary.REST
    there = model.log_probs(changed) - rows
    assert abs(there[64]).max() > 0.1
    assert there[64, 42] > 0 > there[64, 40]
    assert abs(model.log_probs(upbeat) - rows)[1:].max(axis=1).min() > 1e-3


def test_the_state_goes_on_beyond_a_call():
    """Without a memory, too, a row depends on more than the 32 steps of a call."""
    settings = TUNE | {"phrase": 0, "intervals": False, "lookbacks": [], "longest": False}
    network = caring(settings)
    network.bias[...] = network.bias[...].at[12:24].add(4.0)  # so that it does not forget
    model, tune = TuneModel(network, settings), tokens(1, 70)
    changed = tune.copy()
    changed[20] = (tune[20] + 11) % 89
    differs = abs(model.log_probs(changed) - model.log_probs(tune)).max(axis=1) > 1e-4
    assert differs.tolist() == [t > 20 for t in range(70)]


@pytest.mark.parametrize("carry", [True, False])
@pytest.mark.parametrize("primed", [0, 1, 40])
def test_the_compiled_sampler_draws_what_the_rows_say(model, primed, carry):
    primers = tokens(primed, 3, primed)
    draws = np.random.default_rng(5).random((60, 3))
    how = {"choice": AS_IT_IS, "allowed": np.ones((60, 1, 89), bool)}
    continued = model.continued(primers, draws, carry=carry, **how)
    assert np.array_equal(continued, by_rows(model, primers, draws, **how))
    assert continued.dtype == np.uint8
