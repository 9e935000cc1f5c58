"""A melody as it is written: bars between barlines, with the signs that order them.

Every notation is first read into a `Score`; `order.playing_order` says in which order its
bars sound, and `unfold.unfold` plays them. What further voices have to play beside a bar
stands in it, so that the order of the melody is theirs, too.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Literal, NamedTuple

UNTITLED = "Untitled"
"""The title of a melody that has none."""


class WrittenNote(NamedTuple):
    """A note of a bar: onset in the bar and duration, in quarter notes; MIDI pitch."""

    onset: Fraction
    duration: Fraction
    pitch: int
    tied: bool
    """Whether a tie leads to the next note."""


class Jump(NamedTuple):
    """A da capo or dal segno."""

    to: Literal["start", "segno"]
    until: Literal["end", "fine", "coda"] = "end"
    """``fine`` (al fine) and ``coda`` (al coda) as they are written; ``end``: nothing is said, so
    that whichever of the two signs comes first is obeyed."""


@dataclass(frozen=True)
class Bar:
    """What stands between two barlines, which is a measure or a part of one."""

    length: Fraction
    """In quarter notes."""
    meter: str
    """In force at the start, as in ``6/8``."""
    notes: tuple[WrittenNote, ...] = ()
    """In order; no two overlap."""
    chords: tuple[tuple[Fraction, str], ...] = ()
    """Onset in the bar, and symbol."""
    opens: bool = False
    """Whether an opening repeat sign stands before it."""
    closes: int = 0
    """How often the closing repeat sign after it sends the player back; 0 where there is none."""
    double: bool = False
    """Whether a double barline stands after it."""
    endings: frozenset[int] = frozenset()
    """The passes for which it begins an ending; empty where it begins none."""
    part: str = ""
    """The part that begins here; empty where none does."""
    segno: bool = False
    """Whether a segno stands before it."""
    coda: bool = False
    """Whether a coda sign stands before it: that of the coda, or the one to leave for it at."""
    to_coda: bool = False
    """Whether *to coda* stands after it."""
    fine: bool = False
    """Whether *fine* stands after it, or a fermata on the barline, which means the same."""
    jump: Jump | None = None
    """The D.C. or D.S. after it."""
    beside: tuple[tuple[WrittenNote, ...], ...] = ()
    """The notes of each further voice, as `notes`; one for each of `Score.further_voices`."""


@dataclass(frozen=True)
class Score:
    """A written melody with its heading."""

    title: str
    key: str
    """Tonic and mode, as in ``D major``; empty where the notation names none."""
    bars: tuple[Bar, ...]
    part_order: str = ""
    """The parts' labels in playing order, one letter each; empty to play them as they stand."""
    endings_by_play: bool = False
    """Whether a part that the order names in a row as often as it has endings takes another of them
    each time (ABC 2.1, 4.10), instead of all of them in its repeats."""
    remarks: tuple[str, ...] = ()
    """What the reader could not follow and did without, in sentences, for the report."""
    further_voices: tuple[str, ...] = ()
    """The names of the voices beside the melody."""
    rhythm: str = ""
    """The kind of tune that the notation names, as in ``Hornpipe``."""


def top_line(notes: Iterable[WrittenNote]) -> list[WrittenNote]:
    """Keep the melody of notes that sound together.

    Of notes that start together the highest stays. A lower one that starts while a note sounds, and
    goes on for at most half of its time after it, accompanies it, and is left out; else the note
    ends where the next one starts.
    """
    line: list[WrittenNote] = []
    for note in sorted(notes, key=lambda n: (n.onset, -n.pitch)):
        if line and note.onset == line[-1].onset:
            continue
        overlap = line[-1].onset + line[-1].duration - note.onset if line else Fraction(0)
        if overlap >= note.duration / 2 and note.pitch < line[-1].pitch:
            continue
        if overlap > 0:
            line[-1] = line[-1]._replace(duration=note.onset - line[-1].onset, tied=False)
        line.append(note)
    return line


def in_bars(
    notes: Iterable[WrittenNote], lengths: Sequence[Fraction]
) -> list[tuple[WrittenNote, ...]]:
    """Cut one line of notes at the bounds of bars.

    Args:
        notes: in order, with onsets from the start of the first bar on.
        lengths: of the bars, in quarter notes.

    Returns:
        The notes of each bar, with onsets in it; what goes on after its end is tied. What
        sounds after the last bar is left out.
    """
    bounds = [Fraction(0), *accumulate(lengths)]
    cut: list[list[WrittenNote]] = [[] for _ in lengths]
    for note in notes:
        end = note.onset + note.duration
        for index in range(bisect_right(bounds, note.onset) - 1, len(lengths)):
            start, stop = max(note.onset, bounds[index]), min(end, bounds[index + 1])
            if start < stop:
                tied = note.tied or stop < end
                onset = start - bounds[index]
                cut[index].append(WrittenNote(onset, stop - start, note.pitch, tied))
            if bounds[index + 1] >= end:
                break
    return list(map(tuple, cut))
