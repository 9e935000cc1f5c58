"""A bar of ABC while it is being read."""

from dataclasses import dataclass, field
from fractions import Fraction

from nottingham.formats.notated import Bar, Jump, WrittenNote
from nottingham.formats.signs import Sign


@dataclass
class Event:
    """A note, or a rest (no pitch), while its bar is being read."""

    duration: Fraction
    pitch: int | None
    written: str = ""
    """The note without its accidental, such as ``c'``."""
    tied: bool = False


@dataclass
class BarBuilder:
    """A bar while it is being read; see `Bar`."""

    meter: str = "4/4"
    events: list[Event] = field(default_factory=list)
    chords: list[tuple[int, str]] = field(default_factory=list)
    """Each symbol, with the number of events before it."""
    opens: bool = False
    closes: int = 0
    double: bool = False
    endings: frozenset[int] = frozenset()
    part: str = ""
    segno: bool = False
    coda: bool = False
    to_coda: bool = False
    fine: bool = False
    jump: Jump | None = None

    def mark(self, sign: Sign) -> None:
        """Put a sign at the bar: before it or after it, as the sign has it."""
        if isinstance(sign, Jump):
            self.jump = sign
        elif sign == "segno":
            self.segno = True
        elif sign == "coda":
            self.coda = True
        elif sign == "fine":
            self.fine = True
        else:
            self.to_coda = True

    def build(self) -> Bar:
        """Finish the bar: place its notes and chord symbols."""
        onsets = [Fraction(0)]
        for event in self.events:
            onsets.append(onsets[-1] + event.duration)
        return Bar(
            length=onsets[-1],
            meter=self.meter,
            notes=tuple(
                WrittenNote(onset, event.duration, event.pitch, event.tied)
                for onset, event in zip(onsets, self.events, strict=False)
                if event.pitch is not None and event.duration
            ),
            chords=tuple((onsets[index], symbol) for index, symbol in self.chords),
            opens=self.opens,
            closes=self.closes,
            double=self.double,
            endings=self.endings,
            part=self.part,
            segno=self.segno,
            coda=self.coda,
            to_coda=self.to_coda,
            fine=self.fine,
            jump=self.jump,
        )
