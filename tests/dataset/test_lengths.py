"""What the settings ask of the tunes, in conftest's streams of twelve: 90 to 101 steps each."""

import pytest

from nottingham import params
from nottingham.dataset.preflight import require_lengths
from nottingham.errors import InputError
from tests.closure import ROOT


def settings(**stretches):
    found = params.load(ROOT / "params.yaml")
    networks = {
        name: network.model_copy(update={"segment": stretches.get(name, 64)})
        for name, network in found.train.items()
    }
    return found.model_copy(update={"train": networks})


def test_as_long_as_the_longest_tunes_is_enough(dataset):
    """Of the training tunes the longest has 97 steps."""
    require_lengths(dataset, settings(rnn=96, lstm=96))


def test_all_that_is_too_long_is_named_at_once(dataset):
    with pytest.raises(InputError) as error:
        require_lengths(dataset, settings(lstm=97, gru=4096))
    fewer = "no training tune has more than 97 steps: take fewer than 97"
    assert str(error.value).splitlines() == [
        f"train.gru.segment: given 4096; {fewer}",
        f"train.lstm.segment: given 97; {fewer}",
    ]


def test_only_stretches_that_are_heeded_count(dataset):
    long = settings(lstm=4096, **{"note-lstm": 4096})
    lstm = long.train["lstm"].model_copy(update={"objective": "last-step"})
    require_lengths(dataset, long.model_copy(update={"train": {**long.train, "lstm": lstm}}))
