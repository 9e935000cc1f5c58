"""The signs of a part that say in which order it is played: repeats, endings and jumps.

Segno and coda count from the start of the measure that they stand in (of the next one, if they
stand after its last note); D.C., D.S., *to coda* and *fine* count at its end. A barline in the
middle of a measure divides it, where there are such signs, or repeats.

An ending lasts as long as its bracket. Where a bracket names no pass, or has an end without a
start, no ending of the part is obeyed, nor the repeat sign after any: there the part is played
once, as it stands.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from xml.etree.ElementTree import Element

from nottingham.formats.musicxml import jumps
from nottingham.formats.musicxml.jumps import Marks
from nottingham.formats.musicxml.part import Group
from nottingham.formats.notated import Bar, Jump

_DOUBLE = ("light-light", "light-heavy")
_PASSES = re.compile(r"(\d{1,2})(?:\s*[-–]\s*(\d{1,2}))?")
_NOTHING_ELSE = re.compile(r"[\d\s.,–-]+")


@dataclass
class Signs:
    """The signs around one bar, as `score.Bar` has them."""

    start: Fraction = Fraction(0)
    """Where in its measure the bar starts, in quarter notes."""
    opens: bool = False
    closes: int = 0
    double: bool = False
    endings: frozenset[int] = frozenset()
    segno: bool = False
    coda: bool = False
    to_coda: bool = False
    fine: bool = False
    jump: Jump | None = None

    def around(self, bar: Bar) -> Bar:
        """Return a bar with these signs."""
        signs = vars(self).copy()
        del signs["start"]
        return replace(bar, **signs)


@dataclass
class _Bracket:
    """An ending: its first and its last bar, and double barlines inside."""

    first: Signs
    last: Signs | None = None
    doubles: list[Signs] = field(default_factory=list)


class SignReader:
    """Reads the signs of a part, measure by measure.

    Attributes:
        remarks: what could not be followed, in sentences.
    """

    def __init__(self) -> None:
        self.remarks: list[str] = []
        self._before = self._after = Signs()
        self._brackets: list[_Bracket] = []
        self._open: _Bracket | None = None

    def read(self, measures: Iterable[list[Group]]) -> list[list[Signs]]:
        """Return the signs of each measure's bars: one, and one for each barline inside."""
        found = [self._measure(groups) for groups in measures]
        for bracket in self._brackets:
            if self.remarks:
                bracket.first.endings = frozenset()
            if self.remarks and bracket.last:
                bracket.last.closes = 0
        return found

    def _measure(self, groups: list[Group]) -> list[Signs]:
        bars = [self._after]
        self._after = Signs()
        heads = [(group.onset, group.elements[0]) for group in groups]
        marks = [(o, jumps.read(h)) for o, h in heads if h.tag in ("barline", "direction", "sound")]
        marks = [(onset, mark) for onset, mark in marks if mark != Marks()]
        for onset, head in heads:
            if head.tag == "barline":
                self._read_barline(head, onset, bars, divides=bool(marks))
        end = max((group.onset + group.duration for group in groups), default=Fraction(0))
        for onset, mark in marks:
            # a coda sign beside "to coda" is part of it
            coda = mark.coda and not any(other.to_coda for _, other in marks)
            self._place(replace(mark, coda=coda), onset, bars, end=end)
        self._before = bars[-1]
        return bars

    def _read_barline(
        self, barline: Element, onset: Fraction, bars: list[Signs], *, divides: bool
    ) -> None:
        """Hand a barline's signs to the bars before and after it.

        One inside a measure begins a bar, if it has signs or (``divides``) others need it.
        """
        location = barline.get("location", "right")
        if location == "left" or not onset:
            before, after = self._before, bars[0]
        else:
            before, after = bars[-1], self._after
        signs = barline.find("repeat") is not None or barline.find("ending") is not None
        if location == "middle" and onset and (divides or signs):
            after.start = onset
            bars.append(after)
            self._after = Signs()
        repeat = barline.find("repeat")
        if repeat is not None and repeat.get("direction") == "backward":
            before.closes = _times_back(repeat)
        elif repeat is not None:
            after.opens = True
        elif barline.findtext("bar-style") in _DOUBLE:
            before.double = True
            if self._open:
                self._open.doubles.append(before)
        for ending in barline.iterfind("ending"):
            if ending.get("type") == "start":
                self._start(ending, after)
            else:
                self._stop(before)

    def _start(self, ending: Element, first: Signs) -> None:
        first.endings = _passes(ending)
        self._open = _Bracket(first)
        self._brackets.append(self._open)
        if not first.endings:
            self.remarks.append("it has an ending without a number: its endings are played once")

    def _stop(self, last: Signs) -> None:
        if self._open is None:
            self._brackets.append(_Bracket(Signs(), last))
            self.remarks.append("it has an ending without a start: its endings are played once")
            return
        for inside in self._open.doubles:
            inside.double = inside is last
        if 1 not in self._open.first.endings:  # a first ending goes on to its closing sign
            last.double = True
        self._open.last, self._open = last, None

    def _place(self, mark: Marks, onset: Fraction, bars: list[Signs], *, end: Fraction) -> None:
        """Mark the bar that a sign stands before, or after."""
        begun = [s for s in bars if s.start <= onset]
        following = self._after if onset >= end > 0 else begun[-1]
        following.segno |= mark.segno
        following.coda |= mark.coda
        ended = ([s for s in bars if s.start < onset] or bars[:1])[-1]
        ended.to_coda |= mark.to_coda
        ended.fine |= mark.fine
        if mark.jump and (ended.jump is None or ended.jump.until == "end"):
            ended.jump = mark.jump


def _times_back(repeat: Element) -> int:
    """Return how often a closing sign sends the player back: once less than it has all played."""
    times = repeat.get("times", "2")
    return max(int(times) - 1, 1) if re.fullmatch(r"\d{1,4}", times) else 1


def _passes(ending: Element) -> frozenset[int]:
    """Read the passes that an ending is played in: what its bracket shows, if that is numbers."""
    shown = ending.text or ""
    named = shown if _NOTHING_ELSE.fullmatch(shown) else ""
    for text in (named, ending.get("number", "")):
        ranges = [(int(a), int(b or a)) for a, b in _PASSES.findall(text)]
        passes = frozenset(n for first, last in ranges for n in range(first, last + 1) if n)
        if passes:
            return passes
    return frozenset()
