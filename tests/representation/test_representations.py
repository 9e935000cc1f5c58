"""What every representation keeps to, by hand and on tunes that chance makes.

A new representation is an entry of `EVERY`.
"""

import json
from dataclasses import replace
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nottingham import representation
from nottingham.music.tune import MeterChange, Note, Tune, measure_length
from nottingham.representation import REPRESENTATIONS, Grid, Representation, clock, from_settings
from nottingham.representation.clock import Clock
from nottingham.representation.vocabulary import NO_PITCH

EVERY = [Grid(1), Grid(6), Grid(8), Grid(24)]
METERS = ["4/4", "6/8", "3/4", "9/8", "5/4", "2/2"]

every = pytest.mark.parametrize("representation", EVERY, ids=str)


def tune(notes, meter="4/4", **fields):
    melody = tuple(Note(Fraction(o), Fraction(d), p) for o, d, p in notes)
    return Tune("book/1", "A tune", meter, "C major", melody, (), "book.abc", **fields)


def scale(meter, *, length, first=Fraction(0)):
    """Go up chromatically in notes of one length, and hold the last one for two measures."""
    notes = [(first + k * Fraction(length), length, 60 + k) for k in range(20)]
    return tune([*notes, (first + 20 * Fraction(length), 2 * measure_length(meter), 59)], meter)


TUNES = {
    "no notes": tune([]),
    "one note": tune([(0, 8, 60)]),
    "eighths of a reel": scale("4/4", length="1/2"),
    "eighths of a jig behind an upbeat": scale("6/8", length="1/2", first=Fraction(5, 2)),
    "triplets": scale("3/4", length="1/3"),
    "a repeated note, rests": tune([(0, 1, 60), (1, 1, 60), (3, 1, 64), (5, 2, 60), (8, 8, 62)]),
    "the ends of the piano": tune([(0, 4, 21), (4, 4, 108), (8, 8, 21)]),
    "other meters within": tune(
        [(0, 4, 60), (4, 3, 62), (7, 1, 64), (8, 6, 65)],
        meter_changes=(MeterChange(Fraction(4), "6/8"), MeterChange(Fraction(8), "3/4")),
    ),
}
every_tune = pytest.mark.parametrize("tune", TUNES.values(), ids=TUNES)


@st.composite
def tunes(draw):
    """Draw a tune in one meter, whose last note is long enough for the coarsest grid."""
    meter, now, notes = draw(st.sampled_from(METERS)), draw(st.sampled_from([0, 1, 2])), []
    lengths = st.sampled_from([Fraction(n, 12) for n in (1, 2, 3, 4, 6, 8, 9, 12, 18, 24, 48)])
    for length, pitch, rest in draw(st.lists(st.tuples(lengths, st.integers(33, 96), lengths))):
        notes.append((Fraction(now), length, pitch))
        now += length + (rest if draw(st.booleans()) else 0)
    return tune([*notes, (now, 2 * measure_length(meter), draw(st.integers(33, 96)))], meter)


any_tune = given(tunes(), st.sampled_from(EVERY))


@st.composite
def written(draw):
    """Draw what a model may write: tokens that the grammar lets follow each other."""
    representation = draw(st.sampled_from(EVERY))
    vocabulary = representation.vocabulary
    tokens = [int(representation.encode(TUNES["one note"])[0])]
    for _ in range(draw(st.integers(0, 40))):
        follows = vocabulary.follows[vocabulary.kind[tokens[-1]]][vocabulary.kind]
        tokens.append(draw(st.sampled_from(np.flatnonzero(follows).tolist())))
    return representation, np.array(tokens, vocabulary.dtype)


def test_every_representation_is_tried():
    assert {one.settings()["name"] for one in EVERY} == set(REPRESENTATIONS)
    assert all(isinstance(one, Representation) for one in EVERY)


@every
def test_settings_come_back(representation):
    again = from_settings(json.loads(json.dumps(representation.settings())))
    assert again == representation
    assert hash(again) == hash(representation)
    assert sum(other == representation for other in EVERY) == 1


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"name": "none"},
        {"name": ["grid"]},
        {"name": "grid"},
        {"name": "grid", "more": 1},
        8,
        [],
    ],
)
def test_settings_of_nothing_are_refused(settings):
    with pytest.raises(ValueError, match="is no representation"):
        representation.from_settings(settings)


@every
def test_tables_have_an_entry_for_each_token(representation):
    vocabulary = representation.vocabulary
    assert len(set(vocabulary.names)) == vocabulary.size
    for table in (vocabulary.pitch, vocabulary.ticks, vocabulary.kind):
        assert table.shape == (vocabulary.size,)
        assert table.min() >= 0
    assert vocabulary.kind.max() < len(vocabulary.follows)
    assert vocabulary.ticks.max() > 0
    assert representation.measure_ticks > 0
    assert representation.window > 0


def comes_back(representation, tune):
    """Check what is so of every tune: its tokens, and the tune that they stand for."""
    tokens = representation.encode(tune)
    assert tokens.dtype == representation.vocabulary.dtype
    representation.vocabulary.check(tokens)
    kind = representation.vocabulary.kind[tokens]
    assert representation.vocabulary.follows[kind[:-1], kind[1:]].all()
    decoded = representation.decode(tokens, replace(tune, meter_changes=()))
    assert replace(decoded, notes=tune.notes) == replace(tune, meter_changes=())
    assert representation.encode(decoded).tolist() == tokens.tolist()


@every
@every_tune
def test_tunes_come_back(representation, tune):
    comes_back(representation, tune)


@settings(max_examples=100, deadline=None)
@any_tune
def test_any_tune_comes_back(tune, representation):
    comes_back(representation, tune)


@every
@pytest.mark.parametrize("meter", METERS)
def test_whole_measures_by_hand(representation, meter):
    """C for a measure, a rest of one, E and D: 60, none, 64 and 62 for a measure's ticks each."""
    measure, ticks = measure_length(meter), representation.measure_ticks
    whole = tune([(m * measure, measure, p) for m, p in ((0, 60), (2, 64), (3, 62))], meter)
    tokens = representation.encode(whole)
    begins, times = representation.begins_note(tokens), clock.read(representation, tokens)
    assert representation.decode(tokens, whole) == whole
    assert representation.notes(tokens).tolist() == [[60, ticks], [64, ticks], [62, ticks]]
    assert representation.sounding(tokens).tolist() == np.repeat([60, 0, 64, 62], ticks).tolist()
    assert times.measure[:-1][begins].tolist() == [0, 2, 3]
    assert times.tick[:-1][begins].tolist() == [0, 0, 0]
    assert (times.measure[-1], times.tick[-1]) == (4, 0)


def agree(representation, tokens, heading):
    """Check that notes, sounding pitches, clock and decoded notes are of the same music."""
    notes, sounding = representation.notes(tokens), representation.sounding(tokens)
    times, begins = clock.read(representation, tokens), representation.begins_note(tokens)
    now = times.measure * representation.measure_ticks + times.tick
    decoded = representation.decode(tokens, heading).notes
    onsets = now[:-1][begins].tolist()
    painted = np.full(now[-1], NO_PITCH)
    for onset, (pitch, duration), note in zip(onsets, notes.tolist(), decoded, strict=True):
        painted[onset : onset + duration] = pitch
        ends = [representation.moment_of(k, heading.meter) for k in (onset, onset + duration)]
        assert note == Note(ends[0], ends[1] - ends[0], pitch)
    assert sounding.tolist() == painted.tolist()
    assert now[-1] == representation.vocabulary.ticks[tokens].sum()


@settings(max_examples=100, deadline=None)
@any_tune
def test_what_is_read_from_tokens_agrees(tune, representation):
    agree(representation, representation.encode(tune), tune)


@settings(max_examples=100, deadline=None)
@given(written(), st.sampled_from(METERS))
def test_what_is_read_from_what_a_model_writes_agrees(found, meter):
    agree(*found, tune([], meter))


@settings(max_examples=100, deadline=None)
@given(written(), st.sampled_from(METERS))
def test_what_a_model_writes_comes_back(found, meter):
    """But for the silence behind the last note."""
    representation, tokens = found
    again = representation.encode(representation.decode(tokens, tune([], meter)))
    sounding, heard = representation.sounding(tokens), representation.sounding(again)
    assert heard.tolist() == sounding[: len(heard)].tolist()
    assert not np.any(sounding[len(heard) :] != NO_PITCH)


@every
def test_notes_begin_in_each_row_by_itself(representation):
    encoded = [representation.encode(tune)[:40] for tune in TUNES.values()]
    rows = np.stack([tokens[:2] for tokens in encoded if len(tokens) > 1])
    found = representation.begins_note(rows)
    assert found.tolist() == [representation.begins_note(row).tolist() for row in rows]
    assert found.any()


@every
@pytest.mark.parametrize("meter", METERS)
def test_ticks_and_moments_are_each_other_s(representation, meter):
    ticks, measure = range(representation.measure_ticks), measure_length(meter)
    moments = [representation.moment_of(tick, meter) for tick in ticks]
    assert moments[0] == 0
    assert moments == sorted(set(moments))
    assert moments[-1] < measure
    assert [representation.tick_of(moment, meter) for moment in moments] == list(ticks)
    later = [representation.moment_of(tick + 3 * len(ticks), meter) for tick in ticks]
    assert later == [3 * measure + moment for moment in moments]


@settings(max_examples=100, deadline=None)
@given(tunes(), st.sampled_from(EVERY), st.integers(-12, 12))
def test_a_transposed_tune_has_transposed_tokens(tune, representation, semitones):
    higher = tuple(replace(note, pitch=note.pitch + semitones) for note in tune.notes)
    table = representation.vocabulary.transposition(12)
    tokens = table[12 + semitones, representation.encode(tune)]
    assert tokens.tolist() == representation.encode(replace(tune, notes=higher)).tolist()


@every
def test_what_cannot_be_transposed_stays(representation):
    vocabulary = representation.vocabulary
    table, without = vocabulary.transposition(5), vocabulary.pitch == NO_PITCH
    tokens = np.arange(vocabulary.size)
    assert table.shape == (11, vocabulary.size + 1)
    assert (table[:, vocabulary.none] == vocabulary.none).all()
    assert (table[:, :-1][:, without] == tokens[without]).all()
    assert (table[10, :-1][vocabulary.pitch > 108 - 5] == tokens[vocabulary.pitch > 108 - 5]).all()
    assert (vocabulary.kind[table[:, :-1]] == vocabulary.kind).all()


@every
@every_tune
def test_the_clock_runs_step_by_step_as_it_is_read_at_once(representation, tune):
    tokens = representation.encode(tune)
    whole, now = clock.read(representation, tokens), Clock(np.zeros(1, int), np.zeros(1, int))
    passed = [now]
    for token in tokens:
        now = clock.advance(representation, now, token[None])
        passed.append(now)
    assert [int(time.measure[0]) for time in passed] == whole.measure.tolist()
    assert [int(time.tick[0]) for time in passed] == whole.tick.tolist()

    def step(now, tokens):
        return clock.advance(representation, now, tokens), now

    zero = jnp.zeros(1, jnp.int32)
    _, scanned = jax.lax.scan(step, Clock(zero, zero), tokens[:, None])
    assert scanned.measure[:, 0].tolist() == whole.measure[:-1].tolist()
    assert scanned.tick[:, 0].tolist() == whole.tick[:-1].tolist()
