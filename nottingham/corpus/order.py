"""In which order the stretches of a written melody are played.

- A closing repeat sign sends the player back to the opening one; where that is missing, to the
  end of the section before (a closing sign, or the double bar that ends an ending), or to the
  start of the part.
- A numbered ending is played in its passes only. It lasts to the next ending, a closing repeat
  sign or a double bar.
- Parts are played in the stated order, each with its repeats every time. What stands before the
  first part is played first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nottingham.corpus.limits import MAX_NOTES, MAX_STRETCHES, UnreadableTuneError
from nottingham.corpus.score import Score, Stretch


def playing_order(score: Score) -> list[int]:
    """List the indices of a score's stretches in playing order.

    Raises:
        UnreadableTuneError: if that is longer than any tune.
    """
    order: list[int] = []
    notes = 0
    for index in _indices(score):
        order.append(index)
        notes += len(score.stretches[index].notes)
        if len(order) > MAX_STRETCHES or notes > MAX_NOTES:
            raise UnreadableTuneError(
                f"its repeats unfold to more than {MAX_NOTES:,} notes or {MAX_STRETCHES:,} measures"
            )
    return order


def _indices(score: Score) -> Iterator[int]:
    for part in parts_in_order(score):
        yield from _with_repeats(score.stretches, part)


def parts_in_order(score: Score) -> list[range]:
    """List each part's stretches, in the order in which the parts are played."""
    if not score.part_order or not score.stretches:
        return [range(len(score.stretches))]
    starts = [i for i, stretch in enumerate(score.stretches) if i == 0 or stretch.part]
    ends = [*starts[1:], len(score.stretches)]
    parts: dict[str, range] = {}
    for start, end in zip(starts, ends, strict=True):
        parts.setdefault(score.stretches[start].part, range(start, end))
    heading = [parts[""]] if "" in parts else []
    return heading + [parts[label] for label in score.part_order if label in parts]


def _with_repeats(stretches: Sequence[Stretch], part: range) -> Iterator[int]:
    section = Section(part.start)
    for index in part:
        stretch = stretches[index]
        if stretch.opens:
            yield from section.played(index)
            section = Section(index)
        if stretch.endings:
            section.endings.append((stretch.endings, index))
        section.passes = max(section.passes, stretch.closes + 1)
        ends = stretch.closes or (stretch.double and section.endings)
        if ends and not (index + 1 in part and stretches[index + 1].endings):
            yield from section.played(index + 1)
            section = Section(index + 1)
    yield from section.played(part.stop)


@dataclass
class Section:
    """What one repeat plays again: a body, and endings for some of the passes."""

    start: int
    passes: int = 1
    endings: list[tuple[frozenset[int], int]] = field(default_factory=list)
    """The passes of each ending, and the stretch where it begins."""

    def played(self, end: int) -> Iterator[int]:
        """Yield the section's stretches, up to ``end``, as often as they are played."""
        starts = [start for _, start in self.endings] + [end]
        for number in range(1, max(self.passes, *(max(e) for e, _ in self.endings), 1) + 1):
            yield from range(self.start, starts[0])
            for (passes, start), stop in zip(self.endings, starts[1:], strict=True):
                if number in passes:
                    yield from range(start, stop)
