"""What a training needs at least, and what is said where that is more than there is."""

import pytest

from nottingham import params
from nottingham.errors import InputError
from nottingham.models.recurrent.model import RecurrentArchitecture
from nottingham.representation import Grid, Notes
from nottingham.training import preflight
from tests.closure import ROOT
from tests.training.small import architecture


@pytest.fixture
def plain():
    """Describe a network whose only input is the token."""
    rnn = params.load(ROOT / "params.yaml").train["rnn"]
    return rnn.model_copy(
        update={"metrical_position": False, "units": 3, "embedding": 2, "segment": 4, "batch": 5}
    )


def needs(dataset, sections):
    """Pair each section with its architecture."""
    return {name: (architecture(dataset, section), section) for name, section in sections.items()}


def test_what_is_needed(dataset, plain):
    """Weights: 90 × 2 embedded, 2 × 3 + 3 × 3 + 3 in the cell, 3 × 89 + 89 to the logits, five
    times; for each of 5 × 5 tokens a gate and a state of 3 and twice 89 logits; four bytes each.
    """
    weights = 90 * 2 + 2 * 3 + 3 * 3 + 3 + 3 * 89 + 89
    assert preflight.needed(architecture(dataset, plain), plain) == 4 * (
        5 * weights + 5 * 5 * (3 * 2 + 2 * 89)
    )


def test_what_the_committed_settings_need_is_there():
    written = {"windows": Grid(8), "notes": Notes()}
    sections = params.load(ROOT / "params.yaml").train.items()
    preflight.require_memory(
        {name: (RecurrentArchitecture(s, written[s.tokens]), s) for name, s in sections}
    )


@pytest.mark.parametrize("change", [{"batch": 65536, "segment": 4096, "units": 8192}])
def test_more_than_there_is_is_refused_with_the_keys(dataset, plain, change):
    large = {"rnn": plain, "large": plain.model_copy(update=change)}
    with pytest.raises(
        InputError, match=r"train\.large: needs more than .* GiB of memory"
    ) as error:
        preflight.require_memory(needs(dataset, large))
    for key, value in change.items():
        assert f"train.large.{key} (" in str(error.value)
        assert f"{value})" in str(error.value)
