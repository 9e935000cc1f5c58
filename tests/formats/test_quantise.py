"""Written and played timing; every expected moment is worked out by hand."""

from fractions import Fraction

import numpy as np
import pytest

from nottingham.formats.midi.quantise import quantise
from nottingham.formats.notated import WrittenNote
from nottingham.music.limits import UnreadableTuneError

F = Fraction


def notes(*spans, ticks=480):
    """Notes of rising pitch from (start, end) in ticks."""
    return [
        WrittenNote(F(start, ticks), F(end - start, ticks), 60 + k % 12, False)
        for k, (start, end) in enumerate(spans)
    ]


def times(moved):
    return [(note.onset, note.onset + note.duration) for note in moved]


@pytest.mark.parametrize(
    ("spans", "ticks", "expected"),
    [
        # exact: eighths, a triplet, a quintuplet, an ornament of 1/48, a rest of a sixteenth
        ([(0, 240), (240, 400), (480, 720)], 480, [(0, F(1, 2)), (F(1, 2), F(5, 6)), (1, F(3, 2))]),
        ([(0, 96), (96, 192), (192, 480)], 480, [(0, F(1, 5)), (F(1, 5), F(2, 5)), (F(2, 5), 1)]),
        ([(0, 10), (10, 360), (480, 960)], 480, [(0, F(1, 48)), (F(1, 48), F(3, 4)), (1, 2)]),
        # thirds that were rounded to a tick
        (
            [(0, 341), (341, 682), (683, 1024)],
            1024,
            [(0, F(1, 3)), (F(1, 3), F(2, 3)), (F(2, 3), 1)],
        ),
        # one tick late and one short, as abc2midi writes; a rest of a quarter
        ([(1, 240), (241, 480), (961, 1440)], 480, [(0, F(1, 2)), (F(1, 2), 1), (2, 3)]),
        ([(1, 12), (13, 24), (25, 48)], 24, [(0, F(1, 2)), (F(1, 2), 1), (1, 2)]),
    ],
)
def test_written_timing_is_read_without_a_remark(spans, ticks, expected):
    moved, remarks = quantise(notes(*spans, ticks=ticks), ticks)
    assert (times(moved), remarks) == (expected, ())


def test_a_delay_of_the_whole_file_is_taken_off():
    spans = [(240 * k + 7, 240 * k + 247) for k in range(16)]
    moved, remarks = quantise(notes(*spans), 480)
    assert times(moved) == [(F(k, 2), F(k + 1, 2)) for k in range(16)]
    assert remarks == (  # 7/480 is 0.0146
        "its onsets are not written ones, and were moved to eighths, by 0.015 of a quarter note on "
        "average",
    )


@pytest.mark.parametrize("gate", [0.95, 0.9, 0.8])
def test_shortened_notes_are_whole_again_and_rests_stay(gate):
    """Quarters and eighths, a dotted half before a quarter's rest, a half."""
    written = [(0, 480), (480, 720), (720, 960), (960, 2400), (2880, 3840), (3840, 4320)]
    played = [(start, start + round((end - start) * gate)) for start, end in written]
    moved, (remark,) = quantise(notes(*played), 480)
    assert times(moved) == times(notes(*written))
    assert remark.startswith(f"its notes were lengthened: they sound for {gate:.0%}")


def test_exact_staccato_is_written():
    spans = [(0, 240), (480, 600), (720, 840), (960, 1440)]
    assert quantise(notes(*spans), 480) == (notes(*spans), ())


def played(onsets, *, deviation, seed):
    """Onsets in ticks of 1/480, each with normal jitter of so many ticks; legato."""
    jitter = np.random.default_rng(seed).normal(0, deviation, len(onsets))
    starts = [max(round(onset + j), 0) for onset, j in zip(onsets, jitter, strict=True)]
    return notes(*zip(starts, [*starts[1:], starts[-1] + 240], strict=True))


@pytest.mark.parametrize(
    ("pattern", "grid"),
    [
        ((0, 240), "eighths"),
        ((0, 160, 320), "triplets"),
        ((0, 160, 320, 480, 720), "eighths and triplets"),
        ((0, 240, 360, 480, 600, 720), "sixteenths"),
    ],
)
def test_played_onsets_move_to_the_coarsest_grid(pattern, grid):
    """With jitter of 9 ticks (10 ms at 112 beats a minute), in 16 times the pattern."""
    beats = 480 * (max(pattern) // 480 + 1)
    onsets = [beats * k + place for k in range(16) for place in pattern]
    moved, remarks = quantise(played(onsets, deviation=9, seed=1), 480)
    assert [note.onset for note in moved] == [F(onset, 480) for onset in onsets]
    assert f"moved to {grid}, by 0.01" in remarks[0]  # 9 · √(2/π) / 480 = 0.015


@pytest.mark.parametrize("seed", range(5))
def test_onsets_without_regard_to_the_beat_are_refused(seed):
    onsets = sorted(np.random.default_rng(seed).uniform(0, 480 * 60, 120))
    with pytest.raises(UnreadableTuneError, match="fits no grid: it was played without regard"):
        quantise(played(onsets, deviation=0, seed=0), 480)


def test_a_tempo_other_than_the_files_is_refused():
    with pytest.raises(UnreadableTuneError, match="fits no grid"):
        quantise(played([245 * k for k in range(200)], deviation=5, seed=0), 480)


def test_a_rolled_chord_starts_together():
    strikes = [(480 * k + late, 480 * (k + 1)) for k in range(12) for late in (3, 11, 19)]
    moved, _ = quantise(notes(*strikes), 480)
    assert [note.onset for note in moved] == [k for k in range(12) for _ in range(3)]


def test_an_ornament_before_the_beat_is_left_out_with_a_remark():
    eighths = [(240 * k + k % 3, 240 * (k + 1)) for k in range(160)]
    moved, remarks = quantise(notes(*sorted([*eighths, (1880, 1915)])), 480)
    assert [note.onset for note in moved] == [F(k, 2) for k in range(160)]
    assert remarks[1] == "1 of its notes were left out: on the grid they last for no time"


def test_notes_that_would_fall_together_are_refused():
    """Every beat has a second note 40 ticks behind the first, which ends by then."""
    strikes = [
        (480 * k + late, 480 * k + late + 38) for k in range(40) for late in (2 * (k % 2), 41)
    ]
    with pytest.raises(UnreadableTuneError, match="fits no grid"):
        quantise(notes(*strikes), 480)
