"""Measures written again: all else stays, and the same measures come again alike."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from nottingham.errors import InputError
from nottingham.generation import rewriting
from nottingham.models.counting.baselines import Uniform
from nottingham.models.counting.ngram import Ngram, count_all
from nottingham.models.sampling import AS_PREDICTED
from nottingham.music import measures
from nottingham.music.tune import ChordSymbol, MeterChange, Note, Tune
from nottingham.representation import Grid, Notes
from tests.known_model import KnownModel, expecting

NOTES = Notes()
UNIFORM = Uniform(NOTES)


def tune(*sections, upbeat=True, key="D major"):
    """Return a tune in 2/4 of sections, each of eight measures of quarters from a pitch upwards."""
    quarters = [first + k % 5 for first in sections for k in range(16)]
    notes = [Note(Fraction(2 + k), Fraction(1), pitch) for k, pitch in enumerate(quarters)]
    if not upbeat:
        notes = [replace(note, onset=note.onset - 2) for note in notes]
    else:
        notes = [Note(Fraction(1), Fraction(1), 69), *notes[:-1]]
    return Tune("mine/1", "Mine", "2/4", key, tuple(notes), (), "mine.abc")


def written(of, bars, *, model=UNIFORM, count=2, **options):
    options = {"everywhere": True} | options
    found = rewriting.rewrite(
        model, of, bars, count=count, seed=1, sampling=AS_PREDICTED, **options
    )
    return [one.tune for one in found]


def places(before, after):
    """Return the measures, from 1 on, in which two tunes differ."""
    found, start = set(), measures.start(before, 0)
    for number in range(1, measures.count(before) + 1):
        begin, end = start + (number - 1) * 2, start + number * 2
        own, other = (
            [n for n in one.notes if n.onset < end and begin < n.onset + n.duration]
            for one in (before, after)
        )
        if own != other:
            found.add(number)
    return found


@pytest.mark.parametrize("upbeat", [True, False])
@pytest.mark.parametrize("bars", [(1, 1), (3, 4), (8, 9), (7, 16), (15, 16)])
def test_only_these_measures_change(bars, upbeat):
    before = tune(60, 70, upbeat=upbeat)
    for after in written(before, bars, everywhere=False):
        changed = places(before, after)
        assert changed
        assert changed <= set(range(bars[0], bars[1] + 1))
        assert replace(after, notes=before.notes) == before
        assert measures.count(after) == measures.count(before)


def test_the_first_measure_does_not_become_an_upbeat():
    """Of a model that begins tunes with a rest."""
    size, rest = NOTES.vocabulary.size, NOTES.vocabulary.names.index("rest")

    def rule(before):
        sure = 0.99 if before.shape[1] == NOTES.vocabulary.headers else 1 / size
        return expecting([rest] * len(before), sure, size=size)

    model, before = KnownModel(rule, representation=NOTES), tune(60, 70, upbeat=False)
    for after in written(before, (1, 2), model=model, everywhere=False):
        assert not after.upbeat
        assert places(before, after) <= {1, 2}


def test_the_rest_is_kept_with_chords_and_key():
    before = replace(tune(60, 70, key=""), chords=(ChordSymbol(Fraction(2), "D"),))
    (after,) = written(before, (5, 6), count=1)
    assert replace(after, notes=()) == replace(before, notes=())
    assert places(before, after) <= {5, 6}


@pytest.mark.parametrize(
    ("sections", "bars", "where"),
    [
        ((60, 60, 70, 70), (3, 4), {3, 4, 11, 12}),
        ((60, 60, 70, 70), (11, 12), {3, 4, 11, 12}),
        ((60, 70, 60, 70), (3, 3), {3, 19}),
        ((60, 70, 80, 70), (3, 3), {3}),
        ((60, 60, 60, 60, 60), (1, 12), {*range(1, 13), *range(17, 29)}),
    ],
)
def test_where_a_section_comes_again_its_measures_do(sections, bars, where):
    before = tune(*sections, upbeat=False)
    for after in written(before, bars):
        assert places(before, after) == where
        assert after.end == before.end
        parts = [
            [n.pitch for n in after.notes if 2 * (k - 1) <= n.onset < 2 * k] for k in sorted(where)
        ]
        length = bars[1] - bars[0] + 1
        assert parts[:length] * (len(where) // length) == parts
    (once,) = written(before, bars, count=1, everywhere=False)
    assert places(before, once) <= set(range(bars[0], bars[1] + 1))


def test_an_upbeat_that_is_another_each_time_stays():
    """Before the second time, and before what follows both."""
    before = tune(60, 60, 70, 70)
    notes = list(before.notes)
    notes[16], notes[32] = replace(notes[16], pitch=50), replace(notes[32], pitch=51)
    before = replace(before, notes=tuple(notes))
    for after in written(before, (7, 8)):
        assert places(before, after) == {7, 8, 15, 16}
        assert [n for n in after.notes if n.pitch in (50, 51)] == [notes[16], notes[32]]
        first, again = (
            [n.pitch for n in after.notes if 14 <= n.onset - lag < 17] for lag in (0, 16)
        )
        assert first == again


def test_a_note_that_is_held_into_the_measures_stays_and_one_that_leaves_them_is_cut():
    notes = [Note(Fraction(k), Fraction(1), 60 + k) for k in range(16)]
    held = Note(Fraction(3), Fraction(2), 63), Note(Fraction(7), Fraction(2), 67)
    notes[3:5], notes[6:8] = held[:1], held[1:]
    before = Tune("mine/1", "Mine", "2/4", "C major", tuple(notes), (), "mine.abc")
    for after in written(before, (3, 4), everywhere=False):
        assert held[0] in after.notes
        assert Note(Fraction(8), Fraction(1), 67) in after.notes
        assert [n for n in after.notes if n.onset >= 9] == [n for n in notes if n.onset >= 9]
    struck = replace(
        before,
        notes=(
            *notes[:6],
            *(replace(held[1], onset=Fraction(7 + k), duration=Fraction(1)) for k in (0, 1)),
            *notes[8:],
        ),
    )
    counted = count_all([NOTES.encode(struck)], 4, NOTES.vocabulary.size)
    same = Ngram(NOTES, counted, smoothing=1e-9)  # writes what was there
    suggested = written(before, (3, 4), model=same, everywhere=False)
    assert struck.notes not in [one.notes for one in suggested]
    whole = replace(before, notes=(Note(Fraction(0), Fraction(8), 60), *notes[-4:]))
    with pytest.raises(InputError, match=r"mine\.abc: a note before these measures is held over"):
        written(whole, (2, 3))


def test_the_least_surprising_come_first_and_the_tune_itself_is_none():
    """Of a model of tunes of two kinds, of which measures 3 and 4 may be otherwise."""
    kinds = [tune(60, 70), tune(60, 71), tune(62, 71)]
    counted = count_all([NOTES.encode(one) for one in kinds], 3, NOTES.vocabulary.size)
    model = Ngram(NOTES, counted, smoothing=1e-3)
    found = rewriting.rewrite(
        model, kinds[0], (3, 4), count=5, seed=1, sampling=AS_PREDICTED, everywhere=False
    )
    bits = [one.bits_a_note for one in found]
    assert bits == sorted(bits)
    assert kinds[0].notes not in {one.tune.notes for one in found}
    assert len({one.tune.notes for one in found}) == len(found)
    tokens = NOTES.encode(found[0].tune)
    (rows,) = model.score([tokens])
    given = rows[range(len(tokens)), tokens][NOTES.vocabulary.headers :]
    assert rewriting.surprisal(model, found[0].tune) == pytest.approx(-given.sum() / np.log(2))


@pytest.mark.parametrize(
    ("of", "bars", "model", "message"),
    [
        (
            tune(60),
            (5, 9),
            UNIFORM,
            r"mine\.abc: there are no measures 5-9: its measures are 1 to 8, an",
        ),
        (tune(60), (0, 2), UNIFORM, "there are no measures 0-2"),
        (tune(60), (4, 3), UNIFORM, "there are no measures 4-3"),
        (tune(60), (1, 2), Uniform(Grid(8)), "measures are written by models of notes"),
        (
            replace(tune(60), meter_changes=(MeterChange(Fraction(4), "3/4"),)),
            (1, 2),
            UNIFORM,
            r"mine\.abc: its meter changes to 3/4",
        ),
    ],
)
def test_what_cannot_be_written_is_refused(of, bars, model, message):
    with pytest.raises(InputError, match=message):
        written(of, bars, model=model)
