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
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nottingham import representation
from nottingham.music.tune import MeterChange, Note, Tune, measure_length
from nottingham.representation import (
    REPRESENTATIONS,
    Grid,
    Notes,
    Representation,
    clock,
    from_settings,
)
from nottingham.representation.base import Heading
from nottingham.representation.vocabulary import NO_PITCH

EVERY = [Grid(1), Grid(6), Grid(8), Grid(24), Notes(), Notes(relative=False)]
EVERY.append(Notes(corpora=("ours", "theirs")))
METERS = ["4/4", "6/8", "3/4", "9/8", "5/4", "2/2"]
TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
KEYS = [f"{name} major" for name in TONICS]
"""By tonic."""

every = pytest.mark.parametrize("representation", EVERY, ids=str)


def tune(notes, meter="4/4", key="C major", **fields):
    melody = tuple(Note(Fraction(o), Fraction(d), p) for o, d, p in notes)
    return Tune("book/1", "A tune", meter, key, melody, (), "book.abc", **fields)


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
    "a new meter within a note and one within a rest": tune(
        [(0, 8, 60), (15, 8, 62)],
        key="A dorian",
        meter_changes=(MeterChange(Fraction(4), "6/8"), MeterChange(Fraction(13), "3/4")),
    ),
    "durations that are sums": tune(
        [(Fraction(k), Fraction(n, 48), 60 + k) for k, n in enumerate((5, 7, 47))] + [(4, 37, 60)]
    ),
}
GRIDS_ALONE = {"no notes", "the ends of the piano"}


def every_tune(test):
    """Run a test on every tune that a representation can write, by all of them."""
    cases = [
        pytest.param(one, tune, id=f"{one}-{name}")
        for one in EVERY
        for name, tune in TUNES.items()
        if isinstance(one, Grid) or name not in GRIDS_ALONE
    ]
    return pytest.mark.parametrize(("representation", "tune"), cases)(test)


def exact(representation):
    """Return whether a representation writes notes and changes of meter as they are."""
    return isinstance(representation, Notes)


def measure_ticks(representation, meter):
    """Return the ticks of a measure: those of notes are 48ths of a quarter note."""
    if exact(representation):
        return int(measure_length(meter) * 48)
    return representation.measure_ticks


def range_of(representation, tonic):
    """Return the pitches that a representation can write in a key."""
    if not exact(representation):
        return range(21, 109)
    shift = tonic if representation.relative else 0
    return range(36 + shift, 97 + shift)


@st.composite
def encodable(draw, *, room=0, changes=True):
    """Draw a representation, and a tune that it can write, also some semitones higher or lower.

    The last note is long enough for the coarsest grid.
    """
    representation, tonic = draw(st.sampled_from(EVERY)), draw(st.integers(0, 11))
    pitches = st.sampled_from(range_of(representation, tonic)[room:][: -room or None])
    meter, now, notes = draw(st.sampled_from(METERS)), draw(st.sampled_from([0, 1, 2])), []
    lengths = st.sampled_from([Fraction(n, 12) for n in (1, 2, 3, 4, 6, 8, 9, 12, 18, 24, 48)])
    for length, pitch, rest in draw(st.lists(st.tuples(lengths, pitches, lengths))):
        notes.append((Fraction(now), length, pitch))
        now += length + (rest if draw(st.booleans()) else 0)
    onsets = draw(st.sets(st.integers(0, int(now)), max_size=2)) if changes else ()
    meters = [MeterChange(Fraction(k), draw(st.sampled_from(METERS))) for k in sorted(onsets)]
    notes.append((now, 2 * measure_length(meter), draw(pitches)))
    return representation, tune(notes, meter, KEYS[tonic], meter_changes=tuple(meters))


@st.composite
def written(draw):
    """Draw what a model may write: tokens that the grammar lets follow each other.

    The last one leaves no note without a duration.
    """
    representation = draw(st.sampled_from(EVERY))
    vocabulary, tokens = representation.vocabulary, []
    for _ in range(draw(st.integers(1, 40))):
        before = tokens[-1] if tokens else vocabulary.none
        possible = np.flatnonzero(vocabulary.may_follow[before]).tolist()
        tokens.append(draw(st.sampled_from(possible)))
    unfinished = (vocabulary.ticks == 0) & ~vocabulary.may_follow[:-1, vocabulary.ticks == 0].any(1)
    if unfinished[tokens[-1]]:
        tokens.pop()
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
    for name in ("pitch", "ticks", "kind", "measure", "measures", "tonic"):
        table = getattr(vocabulary, name)
        assert table.shape == (vocabulary.size,), name
        assert table.min() >= 0
    assert vocabulary.kind.max() < len(vocabulary.kinds) == len(set(vocabulary.kinds))
    assert vocabulary.follows.shape == (len(vocabulary.kinds),) * 2
    assert vocabulary.begins.shape == (len(vocabulary.kinds),)
    assert vocabulary.ticks.max() > 0
    assert representation.measure_ticks > 0
    assert representation.window > 0


def comes_back(representation, tune):
    """Check what is so of every tune: its tokens, and the tune that they stand for."""
    tokens, vocabulary = representation.encode(tune), representation.vocabulary
    assert tokens.dtype == vocabulary.dtype
    vocabulary.check(tokens)
    before = np.append(vocabulary.none, tokens)[:-1]
    assert vocabulary.may_follow[before, tokens].all()
    assert not vocabulary.ends[tokens[:-1]].any()
    if vocabulary.ends.any():
        assert vocabulary.ends[tokens[-1]]
    decoded = representation.decode(tokens, replace(tune, meter_changes=()))
    if exact(representation):
        assert decoded == tune
    else:
        assert replace(decoded, notes=tune.notes) == replace(tune, meter_changes=())
    assert representation.encode(decoded).tolist() == tokens.tolist()


@every_tune
def test_tunes_come_back(representation, tune):
    comes_back(representation, tune)


@settings(max_examples=150, deadline=None)
@given(encodable())
def test_any_tune_comes_back(case):
    comes_back(*case)


@every_tune
def test_a_header_is_the_first_tokens(representation, tune):
    """And its fields are the kinds that come first, each once."""
    tokens, headers = representation.encode(tune), representation.vocabulary.headers
    kind, heading = representation.vocabulary.kind[tokens], Heading.of(tune)
    assert representation.header(heading).tolist() == tokens[:headers].tolist()
    assert kind[:headers].tolist() == list(range(headers))
    assert (kind[headers:] >= headers).all()
    if headers:
        assert representation.heading(tokens) == heading


@every
@pytest.mark.parametrize("meter", METERS)
def test_whole_measures_by_hand(representation, meter):
    """C for a measure, a rest of one, E and D: 60, none, 64 and 62 for a measure's ticks each."""
    measure, ticks = measure_length(meter), measure_ticks(representation, meter)
    whole = tune([(m * measure, measure, p) for m, p in ((0, 60), (2, 64), (3, 62))], meter)
    tokens = representation.encode(whole)
    begins, times = representation.begins_note(tokens), clock.read(representation, tokens)
    assert representation.decode(tokens, whole) == whole
    assert representation.notes(tokens).tolist() == [[60, ticks], [64, ticks], [62, ticks]]
    assert representation.sounding(tokens).tolist() == np.repeat([60, 0, 64, 62], ticks).tolist()
    assert times.measure[:-1][begins].tolist() == [0, 2, 3]
    assert times.tick[:-1][begins].tolist() == [0, 0, 0]
    assert (times.measure[-1], times.tick[-1], times.length[-1]) == (4, 0, ticks)


def agree(representation, tokens, heading):
    """Check that notes, sounding pitches, clock and decoded notes are of the same music."""
    notes, sounding = representation.notes(tokens), representation.sounding(tokens)
    times, begins = clock.read(representation, tokens), representation.begins_note(tokens)
    now = np.cumsum([0, *representation.vocabulary.ticks[tokens]])
    decoded = representation.decode(tokens, heading).notes
    onsets = now[:-1][begins].tolist()
    painted = np.full(now[-1], NO_PITCH)
    for onset, (pitch, duration), note in zip(onsets, notes.tolist(), decoded, strict=True):
        painted[onset : onset + duration] = pitch
        ends = [representation.moment_of(k, heading.meter) for k in (onset, onset + duration)]
        assert note == Note(ends[0], ends[1] - ends[0], pitch)
    assert sounding.tolist() == painted.tolist()
    if not (representation.vocabulary.measure[tokens] * now[:-1]).any():  # one meter
        assert (times.measure * times.length + times.tick).tolist() == now.tolist()


@settings(max_examples=100, deadline=None)
@given(encodable())
def test_what_is_read_from_tokens_agrees(case):
    representation, tune = case
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
    decoded = representation.decode(tokens, tune([], meter, key=""))
    assume(decoded.notes or not exact(representation))
    again = representation.encode(decoded)
    sounding, heard = representation.sounding(tokens), representation.sounding(again)
    assert heard.tolist() == sounding[: len(heard)].tolist()
    assert not np.any(sounding[len(heard) :] != NO_PITCH)


@every
def test_notes_begin_in_each_row_by_itself(representation):
    names = set(TUNES) - GRIDS_ALONE
    encoded = [representation.encode(TUNES[name]) for name in sorted(names)]
    rows = np.stack([tokens[: min(map(len, encoded))] for tokens in encoded])
    found = representation.begins_note(rows)
    assert found.tolist() == [representation.begins_note(row).tolist() for row in rows]
    assert found.any()


@every
@pytest.mark.parametrize("meter", METERS)
def test_ticks_and_moments_are_each_other_s(representation, meter):
    ticks, measure = range(measure_ticks(representation, meter)), measure_length(meter)
    moments = [representation.moment_of(tick, meter) for tick in ticks]
    assert moments[0] == 0
    assert moments == sorted(set(moments))
    assert moments[-1] < measure
    assert [representation.tick_of(moment, meter) for moment in moments] == list(ticks)
    later = [representation.moment_of(tick + 3 * len(ticks), meter) for tick in ticks]
    assert later == [3 * measure + moment for moment in moments]


@settings(max_examples=100, deadline=None)
@given(encodable(room=12), st.data())
def test_a_transposed_tune_has_transposed_tokens(case, data):
    """Where pitches are relative, all but the tonic stay, as long as it stays in its octave."""
    representation, tune = case
    tonic, relative = KEYS.index(tune.key), representation.vocabulary.relative
    semitones = data.draw(st.integers(*((-tonic, 11 - tonic) if relative else (-12, 12))))
    notes = tuple(replace(note, pitch=note.pitch + semitones) for note in tune.notes)
    higher = replace(tune, notes=notes, key=KEYS[(tonic + semitones) % 12])
    table, tokens = representation.vocabulary.transposition(12), representation.encode(tune)
    expected = representation.encode(higher)
    assert table[12 + semitones, tokens].tolist() == expected.tolist()
    if relative:
        assert np.sum(tokens != expected) == (semitones != 0)


@every
def test_what_cannot_be_transposed_stays(representation):
    vocabulary = representation.vocabulary
    table, stays = vocabulary.transposition(5), vocabulary.pitch == NO_PITCH
    stays = (stays & (vocabulary.tonic == 0)) | (vocabulary.relative & ~stays)
    tokens, high = np.arange(vocabulary.size), vocabulary.pitch > vocabulary.highest_pitch - 5
    assert table.shape == (11, vocabulary.size + 1)
    assert (table[:, vocabulary.none] == vocabulary.none).all()
    assert (table[:, :-1][:, stays] == tokens[stays]).all()
    assert (table[10, :-1][high] == tokens[high]).all()
    assert (vocabulary.kind[table[:, :-1]] == vocabulary.kind).all()


@every_tune
def test_the_clock_runs_step_by_step_as_it_is_read_at_once(representation, tune):
    tokens, zero = representation.encode(tune), np.zeros(1, int)
    whole, now = clock.read(representation, tokens), clock.start(representation, zero)
    passed = [now]
    for token in tokens:
        now = clock.advance(representation, now, token[None])
        passed.append(now)

    def step(now, tokens):
        return clock.advance(representation, now, tokens), now

    start = clock.start(representation, jnp.zeros(1, jnp.int32))
    _, scanned = jax.lax.scan(step, start, tokens[:, None])
    for name, expected in whole._asdict().items():
        assert [int(getattr(time, name)[0]) for time in passed] == expected.tolist(), name
        assert getattr(scanned, name)[:, 0].tolist() == expected[:-1].tolist(), name
