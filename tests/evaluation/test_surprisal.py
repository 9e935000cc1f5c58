"""How many bits each measure and each note tells a model."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from nottingham.evaluation import surprisal
from nottingham.evaluation.surprisal import NoteSurprisal
from nottingham.models.counting.baselines import Uniform
from nottingham.representation import Grid, Notes
from tests.known_model import KnownModel, expecting


def half_or_quarter(before):
    """Expect token 40 with a half and a quarter by turns."""
    return expecting([40] * len(before), 0.25 if before.shape[1] % 2 else 0.5)


def test_every_step_tells_a_uniform_model_the_same():
    (bits,) = surprisal.bits(Uniform(Grid(8)), [np.full(20, 40, np.uint8)])
    assert bits.tolist() == pytest.approx([8 * np.log2(89), 8 * np.log2(89), 4 * np.log2(89)])


def test_bits_by_hand():
    """1 and 2 bits by turns; the one token that is not expected, log₂ 176: half of 1/88."""
    tokens = np.array([40, 40, 40, 40, 41, 40], np.uint8)
    model = KnownModel(half_or_quarter, representation=Grid(4))
    (bits,) = surprisal.bits(model, [tokens])
    assert bits.tolist() == pytest.approx([6, np.log2(176) + 2])


def test_a_header_is_no_part_of_a_measure(make_tune):
    """Two measures of 3/4: a rest and an upbeat; three notes, and the end, which begins none."""
    notes = Notes()
    tokens = notes.encode(make_tune((2, 1, 60), *((k, 1, 62) for k in (3, 4, 5)), meter="3/4"))
    (bits,) = surprisal.bits(Uniform(notes), [tokens])
    assert bits == pytest.approx(np.array([4, 6 + 1]) * np.log2(notes.vocabulary.size))


def test_a_measure_in_which_a_note_is_held_tells_nothing(make_tune):
    notes = Notes()
    tokens = notes.encode(make_tune((0, 8, 60), (8, 4, 62)))
    (bits,) = surprisal.bits(Uniform(notes), [tokens])
    assert bits == pytest.approx(np.array([2, 0, 3]) * np.log2(notes.vocabulary.size))


def test_each_tune_has_its_own_measures():
    """Of 8, 3, 6 and no steps: two measures, a part of one, one with a part, and none."""
    model = KnownModel(half_or_quarter, representation=Grid(4))
    found = surprisal.bits(model, [np.full(length, 40, np.uint8) for length in (8, 3, 6, 0)])
    assert [bits.tolist() for bits in found] == [
        pytest.approx(expected) for expected in ([6, 6], [4], [6, 3], [])
    ]


def of_notes(tune, representation, surprises):
    """Score with a model that gives each token a half, but expects others at some positions.

    Args:
        tune: which is scored.
        representation: of its tokens.
        surprises: by position the token that has 3/4 there; a name of the vocabulary.
    """
    tokens, vocabulary = representation.encode(tune), representation.vocabulary
    expected = {at: list(vocabulary.names).index(name) for at, name in surprises.items()}

    def rule(before):
        at = min(before.shape[1], len(tokens) - 1)
        row = expected.get(at, tokens[at]), 0.75 if at in expected else 0.5
        return expecting([row[0]] * len(before), row[1], size=vocabulary.size)

    (rows,) = KnownModel(rule, representation=representation).score([tokens])
    return surprisal.of_notes(tune, tokens, rows, representation)


def rounded(notes):
    """Round bits to what single precision holds."""
    return [
        replace(
            note, pitch_bits=round(note.pitch_bits, 4), duration_bits=round(note.duration_bits, 4)
        )
        for note in notes
    ]


def test_a_note_tells_its_pitch_and_its_duration(make_tune):
    """A header of seven tokens; then a pitch and a duration by turns, of 1 bit each.

    What is not expected has a quarter of the probability, shared by all tokens but one.
    """
    tune = make_tune((0, 1, 65), (1, 1, 70), (2, 2, 69), key="F major")
    size = Notes().vocabulary.size
    found = of_notes(tune, Notes(), {9: "E4", 12: "1 quarters"})  # E4: four semitones above F
    rare = float(np.log2(4 * (size - 1)))
    assert rounded(found) == rounded(
        [
            NoteSurprisal(1, "F4", None, Fraction(1), 1.0, 1.0, None),
            NoteSurprisal(1, "Bb4", "F4", Fraction(1), rare, 1.0, "A4"),
            NoteSurprisal(1, "A4", "Bb4", Fraction(2), 1.0, rare, "quarter"),
        ]
    )
    assert found[1].bits == pytest.approx(rare + 1)


def test_rests_and_ends_are_no_part_of_a_note_and_ties_are(make_tune):
    """An upbeat after a rest; a note of five quarters and an eighth, spelt as a sum; a rest."""
    tune = make_tune((3, 1, 60), (4, Fraction(41, 8), 62), (10, 1, 64))
    tokens = Notes().encode(tune)
    names = [Notes().vocabulary.names[token] for token in tokens[7:]]
    assert names[:2] == ["rest", "3 quarters"]
    ties = names.count("tie")
    assert ties
    found = of_notes(tune, Notes(), {7: "C4", len(tokens) - 1: "rest"})
    assert [note.measure for note in found] == [0, 1, 2]
    assert [note.bits for note in found] == pytest.approx([2, 2 + 2 * ties, 2])
    assert [note.likeliest for note in found] == [None] * 3


def test_what_may_not_follow_is_never_the_likeliest(make_tune):
    """A duration cannot follow a duration; of what may, all are equally likely here: the first."""
    tune = make_tune((0, 1, 60), (1, 1, 62))
    found = of_notes(tune, Notes(), {9: "1 quarters"})
    assert found[1].likeliest == "rest"


def test_on_a_grid_a_note_is_its_steps(make_tune):
    """Of four steps a measure: a note of two, a rest, and a note of one, which are 1 bit each."""
    tune = make_tune((0, 2, 60), (3, 1, 62))
    found = of_notes(tune, Grid(4), {1: "E4", 3: "C4"})
    rare = float(np.log2(4 * 88))
    assert rounded(found) == rounded(
        [
            NoteSurprisal(1, "C4", None, Fraction(2), 1.0, rare, "E4"),
            NoteSurprisal(1, "D4", "C4", Fraction(1), rare, 0.0, "C4"),
        ]
    )


def test_all_that_is_written_is_told_by_notes_rests_and_the_end(make_tune):
    """Without rests, the measures' bits are those of the notes and of the end."""
    tune = make_tune(*((k, 1, 60 + k) for k in range(8)))
    tokens = Notes().encode(tune)
    (rows,) = Uniform(Notes()).score([tokens])
    notes = surprisal.of_notes(tune, tokens, rows, Notes())
    (bits,) = surprisal.bits(Uniform(Notes()), [tokens])
    end = np.log2(Notes().vocabulary.size)
    assert sum(note.bits for note in notes) + end == pytest.approx(bits.sum(), rel=1e-5)
