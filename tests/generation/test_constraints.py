import jax
import jax.numpy as jnp
import numpy as np
import pytest

from nottingham.errors import InputError
from nottingham.generation.constraints import Constraints
from nottingham.models.sampling import Constraint, Limits
from nottingham.representation import Grid, Notes
from nottingham.representation.clock import Clock

GRID = Grid(8)
PITCHES = GRID.vocabulary.pitch


D = 2
"""The pitch class."""


def limits(ends, tonic=D):
    """Return those of tunes in one key, which sound as they are written."""
    return Limits(ends, ends * 0, ends * 0 + tonic)


def allowed(wish, tick, *ends):
    """Return the MIDI pitches that may come at a tick of tunes of these lengths, 0 for a rest."""
    times = Clock(*(np.full(len(ends), n) for n in (tick // 8, tick % 8, 8)))
    rows = wish.allowed(GRID, times, limits(np.array(ends)), times.tick * 0, times.tick * 0)
    return [PITCHES[row].tolist() for row in np.broadcast_to(rows, (len(ends), 89))]


def test_nothing_is_asked_for():
    assert isinstance(Constraints(), Constraint)
    assert allowed(Constraints(), 4, 10, 12) == [PITCHES.tolist()] * 2


def test_scale_and_range():
    wish = Constraints(key="D major", lowest=60, highest=69)
    assert allowed(wish, 0, 1) == [[0, 61, 62, 64, 66, 67, 69]]


def test_the_last_half_measure_is_the_tonic():
    """Of each tune its own, though they end at different ticks."""
    wish = Constraints(key="D major", lowest=60, highest=80, ends_on_tonic=True)
    only_tonic = [[row == [62, 74] for row in allowed(wish, t, 20, 24)] for t in range(12, 24)]
    assert np.array(only_tonic).T.tolist() == [
        [t in range(16, 20) for t in range(12, 24)],
        [t in range(20, 24) for t in range(12, 24)],
    ]


def test_the_last_measure_begins_with_a_note():
    """Also one that makes up for an upbeat, and has only some of its ticks."""
    wish = Constraints(key="D major", fills_last_measure=True)
    silent = [[0 in row for row in allowed(wish, t, 17, 20, 24, 25)] for t in range(12, 25)]
    assert np.array(silent).T.tolist() == [
        *[[t != 16 for t in range(12, 25)]] * 3,
        [t != 24 for t in range(12, 25)],
    ]
    assert allowed(wish, 16, 20)[0] == allowed(wish, 15, 20)[0][1:]


@pytest.mark.parametrize("begun", [0, 24])
def test_no_rest_is_held_over_the_last_barline(begun):
    """Nor lengthened by a tie; a note may be. The last measure makes up for an upbeat."""
    notes = Notes()
    names, ticks = np.array(notes.vocabulary.names), notes.vocabulary.ticks
    last = np.array([names.tolist().index(name) for name in ("rest", "tie", "C4")])
    spans = notes.vocabulary.kind == notes.vocabulary.kinds.index("duration")
    wish = Constraints(fills_last_measure=True)
    ends, barline = np.full(3, 4 * 144), 144 * (3 + (begun > 0))
    for now in range(barline - 48, barline, 12):
        times = Clock(*(np.full(3, n) for n in (now // 144, now % 144, 144)))
        rows = wish.allowed(notes, times, limits(ends), np.full(3, begun), last)
        longest = [ticks[row & spans].max() for row in rows]
        assert longest[:2] == [ticks[spans & (ticks <= barline - now)].max()] * 2
        assert longest[2] > barline - now
        assert not rows[:, notes.vocabulary.ends].any()
    times = Clock(*(np.full(3, n) for n in (barline // 144, 0, 144)))
    rows = wish.allowed(notes, times, limits(ends), np.full(3, begun), last)
    assert not rows[:, np.isin(names, ["rest", "tie"])].any()


def test_a_compiled_scan_is_told_the_same():
    wish = Constraints(
        "D major", lowest=60, highest=80, ends_on_tonic=True, fills_last_measure=True
    )
    ends = np.array([20, 24])

    def step(tick, _):
        times = Clock(jnp.full(2, tick // 8), jnp.full(2, tick % 8), jnp.full(2, 8))
        zero = times.tick * 0
        return tick + 1, wish.allowed(GRID, times, limits(jnp.asarray(ends)), zero, zero)

    _, rows = jax.lax.scan(step, 0, None, length=24)
    found = [[PITCHES[row].tolist() for row in step] for step in np.asarray(rows)]
    assert found == [allowed(wish, tick, *ends) for tick in range(24)]


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"lowest": 70, "highest": 60}, "no pitch lies between 70 and 60"),
        ({"key": "C major", "lowest": 61, "highest": 61}, "from 61 to 61 .* no note of C major"),
        (
            {"key": "C major", "lowest": 61, "highest": 71, "ends_on_tonic": True},
            "from 61 to 71 .* no tonic of C major lies there to end on",
        ),
    ],
)
def test_what_no_tune_can_obey_is_refused(wish, message):
    with pytest.raises(InputError, match=message):
        Constraints(**wish)
