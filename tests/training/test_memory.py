"""What a training needs at least, and what is said where that is more than there is."""

import pytest

from nottingham import params
from nottingham.errors import InputError
from nottingham.models.recurrent.model import RecurrentArchitecture
from nottingham.representation import Grid
from nottingham.training import preflight
from tests.closure import ROOT


def training(section):
    return RecurrentArchitecture(section, Grid(8)), section


@pytest.fixture
def plain():
    """A network that is told nothing but the token, and copies from nowhere."""
    rnn = params.load(ROOT / "params.yaml").train["rnn"]
    return rnn.model_copy(
        update={"metrical_position": False, "units": 3, "embedding": 2, "segment": 4, "batch": 5}
    )


def test_what_is_needed(plain):
    """Weights: 90 × 2 embedded, the start of a tune among them, 2 × 3 + 3 × 3 + 3 in the cell, 3 × 89 + 89 to the logits, five
    times; for each of 5 × 5 steps a gate and a state of 3 and twice 89 logits; four bytes each.
    """
    weights = 90 * 2 + 2 * 3 + 3 * 3 + 3 + 3 * 89 + 89
    assert preflight.needed(*training(plain)) == 4 * (5 * weights + 5 * 5 * (3 * 2 + 2 * 89))


def test_what_the_committed_settings_need_is_there():
    committed = params.load(ROOT / "params.yaml").train
    preflight.require_memory({name: training(one) for name, one in committed.items()})


@pytest.mark.parametrize("change", [{"batch": 65536, "segment": 4096, "units": 8192}])
def test_more_than_there_is_is_refused_with_the_keys(plain, change):
    large = {"rnn": plain, "large": plain.model_copy(update=change)}
    with pytest.raises(
        InputError, match=r"train\.large: needs more than .* GiB of memory"
    ) as error:
        preflight.require_memory({name: training(one) for name, one in large.items()})
    for key, value in change.items():
        assert f"train.large.{key} (" in str(error.value)
        assert f"{value})" in str(error.value)
