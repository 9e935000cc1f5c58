"""Tunes as players write them: what comes twice stands once, between repeat signs.

The inverse of `order.playing_order` and `unfold.unfold`: whoever reads the bars and obeys the signs
plays the tune as it was. A section that comes twice in a row, with its upbeat, is written once;
where only its last measures differ, they become a first and a second ending.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from nottingham.formats import notated
from nottingham.formats.order import playing_order
from nottingham.music import notation
from nottingham.music.notation import Measure
from nottingham.music.tune import Tune, measure_length

_SECTIONS = (8, 16, 4, 12, 6, 10, 24)
"""The measures of a section that may be repeated; the first that fits is taken."""
_ENDINGS = 2
"""The most measures, of each eight of a section, that may differ the second time."""
_MEASURES_PER_LINE = 4
_GRID = 4
"""Measures, from the start or the last repeat on, after which a section may begin."""


@dataclass(frozen=True)
class Bar:
    """What stands between two barlines, and the signs there."""

    measure: Measure
    offset: Fraction
    """How much of its measure has passed before it, in quarter notes."""
    opens: bool = False
    """Whether an opening repeat sign stands before it."""
    closes: bool = False
    """Whether a closing repeat sign stands after it."""
    ending: int = 0
    """1 or 2: the ending that begins here."""
    double: bool = False
    """Whether a double barline stands after it, as the second ending is over."""


class _Repeat(NamedTuple):
    """A section that is written once, in quarter notes."""

    start: Fraction
    common: Fraction
    """Where the first ending begins; the end of the section, if there is none."""
    end: Fraction

    @property
    def over(self) -> Fraction:
        """Where it has been played twice."""
        return 2 * self.end - self.start

    @property
    def second(self) -> Fraction:
        """Where the second ending begins."""
        return self.common + self.end - self.start


def plain(tune: Tune) -> list[Bar]:
    """Write a tune out, in playing order."""
    measures, bounds = notation.measures(tune), notation.barlines(tune)
    offsets = [bounds[0][0], *[Fraction(0)] * (len(measures) - 1)] if bounds else []
    return [Bar(one, offset) for one, offset in zip(measures, offsets, strict=True)]


def bars(tune: Tune) -> list[Bar]:
    """Write a tune with repeat signs; one with further voices or other meters without."""
    bounds = notation.barlines(tune)
    if not bounds or tune.further_voices or tune.meter_changes:
        return plain(tune)
    found: list[Bar] = []
    now, end = bounds[0][0], bounds[-1][1]
    for repeat in _repeats(tune, now, end):
        found += _written(tune, bounds, now, repeat.start)
        body = _written(tune, bounds, repeat.start, repeat.common)
        ending = _written(tune, bounds, repeat.common, repeat.end)
        over = min(repeat.over, end)
        other = _written(tune, bounds, repeat.second, over)[: None if ending else 0]
        once = [*body, *ending]
        once[0] = replace(once[0], opens=True)
        once[-1] = replace(once[-1], closes=True)
        if ending:
            once[len(body)] = replace(once[len(body)], ending=1)
            other[0] = replace(other[0], ending=2)
            other[-1] = replace(other[-1], double=True)
        found += once + other
        now = repeat.over
    return found + (_written(tune, bounds, now, end) if now < end else [])


def played_before(written: Sequence[Bar]) -> list[list[int]]:
    """Return for each bar which bars come just before it, one time or the other."""
    signs = [
        notated.Bar(
            Fraction(0),
            bar.measure.meter,
            opens=bar.opens,
            closes=int(bar.closes),
            endings=frozenset([bar.ending]) if bar.ending else frozenset(),
            double=bar.double,
        )
        for bar in written
    ]
    order, _ = playing_order(notated.Score("", "", tuple(signs)))
    found: list[list[int]] = [[] for _ in written]
    for before, bar in pairwise(order):
        found[bar].append(before)
    return found


def lines(written: Sequence[Bar]) -> list[list[Bar]]:
    """Part bars into lines: a new one for each section, and after each four measures."""
    found: list[list[Bar]] = [[]]
    for bar in written:
        if found[-1] and _begins_line(bar, found[-1]):
            found.append([])
        found[-1].append(bar)
    return found


def _begins_line(bar: Bar, line: Sequence[Bar]) -> bool:
    """Return whether a bar begins a new line after some bars of one.

    None does within a second ending: its last measure would stand alone.
    """
    full = sum(not one.offset for one in line)
    if bar.ending == 2 or (any(one.ending == 2 for one in line) and not line[-1].double):
        return False
    opens = bar.opens and full > 0  # an upbeat that is not repeated stands before the sign
    return opens or line[-1].closes or line[-1].double or full >= _MEASURES_PER_LINE


def _written(
    tune: Tune, bounds: list[notation.Bounds], start: Fraction, end: Fraction
) -> list[Bar]:
    """Write the music between two moments, cut at barlines."""
    edges = sorted({start, end, *(bound for bound, _, _ in bounds if start < bound < end)})
    parts = [(one, other, tune.meter) for one, other in pairwise(edges)]
    measures, whole = notation.measures(tune, bounds=parts), measure_length(tune.meter)
    return [Bar(one, begin % whole) for one, (begin, _, _) in zip(measures, parts, strict=True)]


def _repeats(tune: Tune, start: Fraction, end: Fraction) -> Iterator[_Repeat]:
    """Yield the sections that come twice in a row, in order."""
    step, now, section = _GRID * measure_length(tune.meter), start, start
    while now < end:
        found = _repeat(tune, now, end, after_sign=now == section)
        within = now != section and (now - section) % (2 * step) != 0
        if found and within and _repeat(tune, now + step, end, after_sign=False):
            found = None  # half a section later one begins as well
        if found:
            yield found
        now = found.over if found else now + step
        section = now if found else section


def _repeat(tune: Tune, now: Fraction, end: Fraction, *, after_sign: bool) -> _Repeat | None:
    """Return what comes twice from some moment, or from the next barline, on.

    Args:
        tune: whose music it is.
        now: a barline, or an upbeat before one.
        end: of the tune.
        after_sign: whether the tune begins there, or a repeat has ended: a sign that opens within a
            measure needs one before it that closes.
    """
    barline = -(-now // (whole := measure_length(tune.meter))) * whole
    starts = dict.fromkeys((now, barline) if after_sign else (barline,))
    tried = (one for begin in starts for one in _candidates(tune, begin, end))
    return next((one for one in tried if _is_played(tune, one)), None)


def _candidates(tune: Tune, start: Fraction, end: Fraction) -> Iterator[_Repeat]:
    """Yield the repeats that might begin somewhere, without endings and with them."""
    whole = measure_length(tune.meter)
    last = start % whole or whole  # the measure before the repeat sign makes up for an upbeat
    for section in _SECTIONS:
        stop = start + section * whole
        if stop + section * whole >= end + whole:  # the last measure may make up for an upbeat
            continue
        yield _Repeat(start, stop, stop)
        for differ in range(section // 8 * _ENDINGS):
            found = _Repeat(start, stop - last - differ * whole, stop)
            if found.second < end:
                yield found


def _is_played(tune: Tune, repeat: _Repeat) -> bool:
    """Return whether the tune is what the signs say, and no note or chord crosses one of them."""
    again = repeat.end - repeat.start
    seams = {repeat.start, repeat.common, repeat.end, repeat.second, repeat.over}
    if any(n.onset < seam < n.onset + n.duration for n in tune.notes for seam in seams):
        return False
    notes, chords = (
        [
            [replace(x, onset=x.onset - shift) for x in some if start <= x.onset < stop]
            for shift, start, stop in (
                (Fraction(0), repeat.start, repeat.common),
                (again, repeat.end, repeat.second),
            )
        ]
        for some in (tune.notes, tune.chords)
    )
    return notes[0] == notes[1] and chords[0] == chords[1] and bool(notes[0])
