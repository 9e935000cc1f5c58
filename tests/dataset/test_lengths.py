"""What the settings ask of the tunes, in conftest's streams of twelve: 90 to 101 steps each."""

import numpy as np
import pytest

from nottingham import params
from nottingham.dataset import streams
from nottingham.dataset.preflight import require_lengths
from nottingham.errors import InputError
from nottingham.representation import Notes
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


def test_with_tune_context_all_training_tunes_count_together(dataset):
    """From 90 to 97 steps each: 748."""
    require_lengths(dataset, settings(**{"tune-lstm": 747}))
    with pytest.raises(InputError, match=r"^train\.tune-lstm\.segment: given 748; .* 748 tokens"):
        require_lengths(dataset, settings(**{"tune-lstm": 748}))


def test_networks_of_notes_are_held_to_notes(make_tune):
    """Of two notes and an end behind a header of seven: 12 tokens."""
    tune, places = make_tune((0, 1, 60), (1, 1, 62)), np.zeros(1, np.uint8)
    notes = streams.of_tunes([tune], Notes(), split=places)
    require_lengths(notes, settings(lstm=4096, **{"note-lstm": 11}))
    with pytest.raises(InputError, match=r"^train\.note-lstm\.segment: given 12; .* 12 tokens"):
        require_lengths(notes, settings(lstm=4096, **{"note-lstm": 12}))
