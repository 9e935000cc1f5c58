"""Variants of held-out tunes of another corpus are kept out of training."""

from fractions import Fraction

import numpy as np
import pytest

from nottingham.dataset import leaks
from nottingham.dataset.split import TEST, TRAIN, UNUSED, VALID
from nottingham.music.passages import RUN
from nottingham.music.tune import Note, Tune

STEPS = np.random.default_rng(1).integers(-5, 6, 200).tolist()


def melody(steps, id, *, corpus, low=60, length=1):
    """A tune whose notes are so many semitones apart."""
    pitches = np.cumsum([low, *steps]).tolist()
    notes = tuple(Note(Fraction(length * k), Fraction(length), p) for k, p in enumerate(pitches))
    return Tune(id, id, "4/4", "C major", notes, (), "a.abc", corpus=corpus)


def test_how_much_two_tunes_share_is_by_the_one_with_fewer_passages():
    """40 intervals have 29 passages; of 25 that both tunes have, 14 are whole passages."""
    known = melody(STEPS[:40], "known", corpus="a")
    other = melody([*STEPS[15:40], *STEPS[100:180]], "other", corpus="b", low=50, length=2)
    (leak,) = leaks.find([known, other], np.array([TEST, TRAIN]), most=0.4)
    assert leak == ("other", "known", pytest.approx(14 / 29))
    assert leaks.find([known, other], np.array([TEST, TRAIN]), most=0.5) == []


@pytest.mark.parametrize(
    ("corpora", "parts", "kept_out"),
    [
        (("a", "b"), (TRAIN, TEST), ["0"]),
        (("a", "b"), (TEST, TRAIN), ["1"]),
        (("a", "b"), (VALID, TRAIN), ["1"]),
        (("a", "b"), (TRAIN, TRAIN), []),
        (("a", "b"), (UNUSED, TEST), []),
        (("a", "a"), (TRAIN, TEST), []),  # the split itself keeps duplicates together
    ],
)
def test_only_training_tunes_are_kept_out_and_only_for_another_corpus(corpora, parts, kept_out):
    tunes = [melody(STEPS[:50], str(k), corpus=corpus) for k, corpus in enumerate(corpora)]
    found = leaks.find(tunes, np.array(parts), most=0.1)
    assert [leak.tune for leak in found] == kept_out
    left = leaks.without(np.array(parts, np.uint8), [tune.id for tune in tunes], found)
    assert [str(k) for k in np.flatnonzero((left == UNUSED) & (parts != left))] == kept_out


def test_the_nearest_relative_is_named():
    tunes = [
        melody(STEPS[:60], "near", corpus="a"),
        melody([*STEPS[:30], *STEPS[150:180]], "nearer", corpus="b"),
        melody(STEPS[:50], "nearest", corpus="b"),
    ]
    (leak,) = leaks.find(tunes, np.array([TRAIN, TEST, VALID]), most=0.1)
    assert (leak.relative, leak.shared) == ("nearest", 1)


def test_a_tune_without_a_passage_shares_nothing():
    tunes = [melody(STEPS[: RUN - 1], str(k), corpus="ab"[k]) for k in range(2)]
    assert leaks.find(tunes, np.array([TRAIN, TEST]), most=0) == []
