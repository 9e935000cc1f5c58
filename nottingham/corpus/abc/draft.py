"""A stretch of ABC while it is being read."""

from dataclasses import dataclass, field
from fractions import Fraction

from nottingham.corpus.score import Stretch, WrittenNote


@dataclass
class Event:
    """A note, or a rest (no pitch), while its stretch is being read."""

    duration: Fraction
    pitch: int | None
    written: str = ""
    """The note without its accidental, such as ``c'``."""
    tied: bool = False


@dataclass
class Draft:
    """A stretch while it is being read; see `Stretch`."""

    meter: str = "4/4"
    events: list[Event] = field(default_factory=list)
    chords: list[tuple[int, str]] = field(default_factory=list)
    """Each symbol, with the number of events before it."""
    opens: bool = False
    closes: int = 0
    double: bool = False
    endings: frozenset[int] = frozenset()
    part: str = ""

    def stretch(self) -> Stretch:
        """Finish the stretch: place its notes and chord symbols."""
        onsets = [Fraction(0)]
        for event in self.events:
            onsets.append(onsets[-1] + event.duration)
        return Stretch(
            length=onsets[-1],
            meter=self.meter,
            notes=tuple(
                WrittenNote(onset, event.duration, event.pitch, event.tied)
                for onset, event in zip(onsets, self.events, strict=False)
                if event.pitch is not None and event.duration
            ),
            chords=tuple((onsets[place], symbol) for place, symbol in self.chords),
            opens=self.opens,
            closes=self.closes,
            double=self.double,
            endings=self.endings,
            part=self.part,
        )
