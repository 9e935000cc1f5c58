"""A beginning on the grid and back, in a key, in writing."""

from fractions import Fraction

import numpy as np
import pytest

from nottingham.errors import InputError
from nottingham.generation.primer import in_key, restored
from nottingham.representation import Grid

F, GRID = Fraction, Grid(8)


def melody(tune):
    return [(n.onset, n.duration, n.pitch) for n in tune.notes]


def going_on(primer, *tokens):
    """Let steps follow a beginning."""
    given = GRID.encode(primer)
    tune = GRID.decode(np.concatenate([given, np.array(tokens, np.uint8)]), primer)
    return melody(restored(tune, primer, len(given), GRID))


def token(pitch):
    return pitch - 20


def test_notes_that_the_grid_joined_are_two_again(make_tune):
    primer = make_tune((0, "1/2", 60), ("1/2", "1/2", 60), (1, "1/2", 62))
    assert going_on(primer, token(64), token(65)) == [
        *melody(primer), (F(3, 2), F(1, 2), 64), (2, F(1, 2), 65)
    ]  # fmt: skip


def test_triplets_and_sixteenths_stay(make_tune):
    primer = make_tune((0, "1/3", 60), ("1/3", "1/3", 62), ("2/3", "1/3", 64), (1, "1/4", 65))
    assert going_on(primer, token(67)) == [*melody(primer), (F(3, 2), F(1, 2), 67)]


def test_the_last_note_goes_on(make_tune):
    primer = make_tune((0, "1/2", 60), ("1/2", "1/2", 62))
    assert going_on(primer, token(62), token(64)) == [
        (0, F(1, 2), 60), (F(1, 2), 1, 62), (F(3, 2), F(1, 2), 64)
    ]  # fmt: skip


def test_what_goes_on_behind_a_note_between_two_steps_begins_anew(make_tune):
    """The sixteenth is on no step: for the model, the note before it still sounds."""
    primer = make_tune((0, "3/4", 60), ("3/4", "1/4", 62))
    assert going_on(primer, token(60), token(64)) == [
        *melody(primer), (1, F(1, 2), 60), (F(3, 2), F(1, 2), 64)
    ]  # fmt: skip


def test_what_follows_waits_for_the_end_of_a_duplet(make_tune):
    """On the grid, the second step of 6/8 stands for the second eighth, at 1/2 and not at 3/4."""
    primer = make_tune((0, "3/4", 60), meter="6/8")
    assert going_on(primer, token(64), token(65)) == [
        (0, F(3, 4), 60), (F(3, 4), F(1, 4), 64), (1, F(1, 2), 65)
    ]  # fmt: skip


@pytest.mark.parametrize(("key", "semitones"), [("F major", 5), ("A major", -3), ("", 0)])
def test_a_beginning_moves_by_the_shorter_way(make_tune, key, semitones):
    moved = in_key(make_tune((0, 1, 60)), key)
    assert melody(moved) == [(0, 1, 60 + semitones)]
    assert moved.key == (key or "C major")


def test_without_a_key_it_cannot_move(make_tune):
    with pytest.raises(InputError, match="names no key, so it cannot be transposed to"):
        in_key(make_tune((0, 1, 60), key=""), "D major")
