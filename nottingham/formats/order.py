"""In which order the bars of a written melody are played.

- A closing repeat sign sends the player back to the opening one; where that is missing, to the
  last double bar or the end of the section before (ABC 2.1, 4.8), or to the start of the part. A
  double bar within a phrase, less than four measures from either end, does not count, nor does one
  after which the measure that the closing sign cuts would not be whole, if it is at the start.
- A numbered ending is played in its passes only. It lasts to the next ending, a closing repeat
  sign or a double bar.
- Parts are played in the stated order, each with its repeats every time; but see
  `Score.endings_by_play`. What stands before the first part is played first.
- D.C. and D.S. are obeyed once, after the repeats around them. From then on sections are played
  without repeats, with their last endings, until *fine* or the sign that leaves for the coda.
  A jump at the end of a tune that has neither asks for the dance once more: it is left. A stated
  order of parts says all there is to say: with one, all jumps are left.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from nottingham.formats.notated import Bar, Jump, Score
from nottingham.music.limits import MAX_BARS, MAX_NOTES, UnreadableTuneError
from nottingham.music.tune import measure_length

_PHRASE = 4
"""Measures."""


def playing_order(score: Score, *, jumps: bool = True) -> tuple[list[int], list[str]]:
    """List the indices of a score's bars in playing order.

    Args:
        score: a written melody.
        jumps: whether D.C., D.S., *fine* and codas are obeyed.

    Returns:
        The indices, and a remark for each jump whose sign is missing.

    Raises:
        UnreadableTuneError: if that is longer than any tune.
    """
    order = _within_limits(score, _indices(score))
    if not jumps or score.part_order or not any(s.jump for s in score.bars):
        return order, []
    jumping = _Jumps(score.bars, order, list(_indices(score, once=True)))
    return _within_limits(score, jumping.played()), jumping.remarks


def _within_limits(score: Score, indices: Iterable[int]) -> list[int]:
    order: list[int] = []
    notes = 0
    for index in indices:
        order.append(index)
        notes += len(score.bars[index].notes)
        if len(order) > MAX_BARS or notes > MAX_NOTES:
            raise UnreadableTuneError(
                f"its repeats unfold to more than {MAX_NOTES:,} notes or {MAX_BARS:,} measures"
            )
    return order


def _indices(score: Score, *, once: bool = False) -> Iterator[int]:
    """Yield the indices without jumps; ``once``: without repeats, with the last endings."""
    for part, in_a_row in groupby(parts_in_order(score)):
        plays = len(list(in_a_row))
        endings = max((max(score.bars[i].endings, default=0) for i in part), default=0)
        by_turns = score.endings_by_play and plays == endings > 1
        for play in range(1, plays + 1):
            ending = play if by_turns else None
            yield from _with_repeats(score.bars, part, once=once, ending=ending)


def parts_in_order(score: Score) -> list[range]:
    """List each part's bars, in the order in which the parts are played."""
    everything = [range(len(score.bars))]
    if not score.part_order or not score.bars:
        return everything
    starts = [i for i, bar in enumerate(score.bars) if i == 0 or bar.part]
    ends = [*starts[1:], len(score.bars)]
    parts: dict[str, range] = {}
    for start, end in zip(starts, ends, strict=True):
        parts.setdefault(score.bars[start].part, range(start, end))
    named = [parts[label] for label in score.part_order if label in parts]
    if not named:
        return everything
    return [parts[""], *named] if "" in parts else named


def _with_repeats(
    bars: Sequence[Bar], part: range, *, once: bool = False, ending: int | None = None
) -> Iterator[int]:
    section = Section(part.start)
    for index in part:
        bar = bars[index]
        if bar.opens:
            yield from section.played(index, once=once, ending=ending)
            section = Section(index)
        if bar.endings:
            section.endings.append((bar.endings, index))
        if bar.closes and _goes_back_to_double(bars, section, index):
            yield from range(section.start, section.double)
            section.start, section.double = section.double, 0
        section.passes = max(section.passes, bar.closes + 1)
        if bar.double and not section.endings and not bars[section.start].opens:
            section.double = index + 1
        ends = bar.closes or (bar.double and section.endings)
        if ends and not (index + 1 in part and bars[index + 1].endings):
            yield from section.played(index + 1, once=once, ending=ending)
            section = Section(index + 1)
    yield from section.played(part.stop, once=once, ending=ending)


def _goes_back_to_double(bars: Sequence[Bar], section: "Section", closing: int) -> bool:
    """Return whether a closing sign sends the player to the double bar in its section."""
    start, double = section.start, section.double
    if min(double - start, closing + 1 - double) < _PHRASE:
        return False

    def is_whole(target: int) -> bool:
        first, last = bars[target], bars[closing]
        upbeat = first.length if first.length < measure_length(first.meter) else 0
        return (last.length + upbeat) % measure_length(last.meter) == 0

    return is_whole(double) or not is_whole(start)


@dataclass
class Section:
    """What one repeat plays again: a body, and endings for some of the passes."""

    start: int
    passes: int = 1
    endings: list[tuple[frozenset[int], int]] = field(default_factory=list)
    """The passes of each ending, and the bar where it begins."""
    double: int = 0
    """The bar after the last double bar of a body that no sign opens; 0: there is none."""

    def played(self, end: int, *, once: bool = False, ending: int | None = None) -> Iterator[int]:
        """Yield the section's bars, up to ``end``.

        Args:
            end: the first bar after it.
            once: play its last pass only.
            ending: play the pass of this ending only, if the section has endings.
        """
        starts = [start for _, start in self.endings] + [end]
        last = max(self.passes, *(max(e) for e, _ in self.endings), 1)
        passes = range(last if once else 1, last + 1)
        if self.endings and ending is not None:
            passes = range(ending, ending + 1)
        for number in passes:
            yield from range(self.start, starts[0])
            for (numbers, start), stop in zip(self.endings, starts[1:], strict=True):
                if number in numbers:
                    yield from range(start, stop)


class _Jumps:
    """The jumps of a melody whose repeats are unfolded already.

    Attributes:
        remarks: what was found missing while playing.
    """

    def __init__(self, bars: Sequence[Bar], full: list[int], once: list[int]) -> None:
        self.remarks: list[str] = []
        self._bars, self._full, self._once = bars, full, once
        self._last = {index: position for position, index in enumerate(full)}
        self._again = {index: position for position, index in enumerate(once)}
        codas = [i for i, bar in enumerate(bars) if bar.coda]
        self._leaving = {i for i, bar in enumerate(bars) if bar.to_coda}
        if len(codas) > 1 and not self._leaving:
            self._leaving = {codas[0] - 1}  # a first sign is where to leave, a second the coda
        self._coda = full.index(codas[-1]) if codas and codas[-1] in self._last else None

    def played(self) -> Iterator[int]:
        """Yield the indices in playing order."""
        route, position, obeyed = self._full, 0, None
        done: set[int] = set()
        while position < len(route):
            index = route[position]
            bar = self._bars[index]
            yield index
            position += 1
            if obeyed and bar.fine and obeyed.until != "coda":
                return
            leaves = obeyed and obeyed.until != "fine" and index in self._leaving
            if leaves and self._coda is not None:
                route, position, obeyed = self._full, self._coda, None
            elif bar.jump and index not in done and self._is_last(route, position - 1):
                done.add(index)
                target = self._target(bar.jump, index)
                if target is not None:
                    route, position, obeyed = self._once, target, bar.jump

    def _is_last(self, route: list[int], position: int) -> bool:
        """Return whether the repeats around a jump have been played."""
        return route is self._once or self._last[route[position]] == position

    def _target(self, jump: Jump, index: int) -> int | None:
        """Return where a jump leads to in the order without repeats; remark what is missing."""
        name = "D.C." if jump.to == "start" else "D.S."
        has_fine = any(bar.fine for bar in self._bars)
        has_coda = self._coda is not None and bool(self._leaving)
        starts = [i for i in range(index + 1) if self._bars[i].segno and i in self._again]
        if jump.until == "fine" and not has_fine:
            self.remarks.append(f"its {name} al fine finds no fine: not played")
        elif jump.until == "coda" and not has_coda:
            self.remarks.append(f"its {name} al coda finds no coda: not played")
        elif jump.to == "segno" and not starts:
            self.remarks.append("its D.S. finds no segno: not played")
        elif has_fine or has_coda or index < len(self._bars) - 1:
            return self._again[starts[-1]] if jump.to == "segno" else 0
        return None
