"""The music of one ABC voice, token by token, as bars between barlines.

Of notes that stand together the highest is the melody; grace notes take no time. An accidental
holds for its note, in every octave, until the next barline. What an overlay (``&``) has to play
beside the measures before it is no melody.
"""

import re
from collections.abc import Callable
from fractions import Fraction

from nottingham.formats import signs
from nottingham.formats.abc.bars import BarBuilder, Event
from nottingham.formats.abc.fields import ALTERATIONS
from nottingham.formats.abc.tokens import LENGTH, NOTE
from nottingham.formats.notated import Bar
from nottingham.formats.signs import Sign
from nottingham.music import limits
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.pitches import NATURAL
from nottingham.music.tune import measure_length

_OCTAVE = 60
"""Where that of capital letters begins: middle C."""
_NOTE_PARTS = re.compile(rf"(\^{{0,2}}|_{{0,2}}|=)([A-Ga-g])([,']*)({LENGTH})$")
_NOTE_IN_CHORD = re.compile(rf"({NOTE})(-?)")
_LENGTH = re.compile(r"(\d*)(/*)(\d*)$")
_IN_CHORDS = re.compile(r'"[^"]*"|![^!]*!')
_MAX_DIGITS = 9
_CHORD_SYMBOL = re.compile(
    r"\(?([A-G][#b]?(?:maj|min|dim|aug|sus|add|[mMdaob°ø+#-]|\d)*(?:/[A-Ga-g][#b+]?)?)\)?(?:;.*)?"
)
PROPAGATIONS = ("not", "octave", "pitch")
_TUPLET_TIME = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
"""In the time of how many notes so many are played; for 5, 7 and 9 the meter decides, and for more
the next lower power of two."""
_SHORTHANDS: dict[str, Sign] = {"S": "segno", "O": "coda"}


class Melody:
    """The bars read so far, and the meter, key and unit in force.

    Attributes:
        meter: in force from the next bar on, or from this one while it is empty.
        unit: the unit note length, in quarter notes.
        signature: the alteration of each natural note in this key.
        shift: semitones that the notes sound above what is written.
        propagation: how far an accidental reaches in its measure, ABC's
            ``propagate-accidentals``: ``pitch`` (every octave), ``octave`` or ``not``.
        in_part: the label of the part that is being read.
        sounds: whether there is a note yet.
    """

    def __init__(self, meter: str, unit: Fraction) -> None:
        self.meter = meter
        self.unit = unit
        self.signature: dict[str, int] = {}
        self.shift = 0
        self.propagation = "pitch"
        self.in_part = ""
        self.sounds = False
        self._builders: list[BarBuilder] = []
        self._builder = BarBuilder()
        self._accidentals: dict[str, int] = {}
        self._last: Event | None = None
        self._tuplet, self._in_tuplet = Fraction(1), 0
        self._broken = Fraction(1)
        self._events = 0
        self._bars_overlaid = 0
        self._overlay_group = False
        self._deferred: list[tuple[int, Sign]] = []
        self._take: dict[str, Callable[[str], None]] = {
            "note": self._note,
            "chord": self._chord,
            "rest": self._rest,
            "measures": self._measures,
            "tuplet": self._begin_tuplet,
            "broken": self._break_rhythm,
            "tie": self._tie,
            "quoted": self._symbol,
            "bar": self._bar,
            "ending": self._ending,
            "decoration": self._decoration,
            "sign": self._decoration,
            "fine": lambda _: self._mark("fine"),
            "overlay": self._overlay,
        }

    def beside(self) -> "Melody":
        """Begin another voice with what is in force here."""
        other = Melody(self.meter, self.unit)
        other.signature, other.shift = self.signature, self.shift
        other.propagation = self.propagation
        return other

    def take(self, kind: str, text: str) -> None:
        """Write what a token of the music says.

        Raises:
            UnreadableTuneError: if it asks for more than any tune has.
        """
        if not self._bars_overlaid or kind in ("bar", "overlay"):
            self._take[kind](text)

    def part(self, label: str) -> None:
        """Begin a part."""
        self._end_bar()
        self._leave_signs()
        self._builder.part = self.in_part = label

    def pause(self) -> None:
        """Let another voice go on; an overlay ends by then."""
        self._bars_overlaid = 0

    def bars(self) -> tuple[Bar, ...]:
        """Return the bars, the last one finished."""
        self._end_bar()
        self._leave_signs()
        return tuple(builder.build() for builder in self._builders)

    def _note(self, text: str) -> None:
        pitch, written, length = self._pitched(text)
        self._add(Event(length * self.unit, pitch, written))

    def _chord(self, text: str) -> None:
        inside, _, outer = text[1:].rpartition(text[0] if text[0] == "+" else "]")
        found = _NOTE_IN_CHORD.findall(_IN_CHORDS.sub("", inside))
        notes = [(*self._pitched(note), tie) for note, tie in found]
        if notes:
            pitch, written, _, tie = max(notes)
            length = notes[0][2] * _length(outer) * self.unit
            self._add(Event(length, pitch, written, tied=bool(tie)))

    def _rest(self, text: str) -> None:
        self._add(Event(_length(text[1:]) * self.unit, None))

    def _measures(self, text: str) -> None:
        self._add(Event(_length(text[1:]) * measure_length(self.meter), None))

    def _pitched(self, text: str) -> tuple[int, str, Fraction]:
        """Read a note: its MIDI pitch, its name with the octave, its length in units."""
        found = _NOTE_PARTS.match(text)
        assert found is not None
        sign, letter, octaves, length = found.groups()
        name = letter.upper()
        written = letter + octaves
        carried = {"pitch": name, "octave": written}.get(self.propagation, "")
        if sign:
            self._accidentals[carried] = ALTERATIONS[sign]
        alteration = self._accidentals.get(carried, self.signature.get(name, 0))
        self._accidentals.pop("", None)
        pitch = _OCTAVE + NATURAL[name] + alteration + self.shift
        pitch += 12 * (letter.islower() + octaves.count("'") - octaves.count(","))
        last = self._last
        carries = carried and carried not in self._accidentals
        if carries and last and last.tied and last.written == written and last.pitch is not None:
            pitch = last.pitch  # an accidental lasts through a tie over the barline
        return pitch, written, _length(length)

    def _add(self, event: Event) -> None:
        if not self._builder.events:
            self._builder.meter = self.meter
        event.duration *= self._broken
        self._broken = Fraction(1)
        if self._in_tuplet:
            event.duration *= self._tuplet
            self._in_tuplet -= 1
        if event.duration > limits.MAX_EVENT:
            raise UnreadableTuneError(f"a note or rest lasts {event.duration} quarter notes")
        if event.duration.denominator > limits.MAX_DENOMINATOR:
            raise UnreadableTuneError(f"a note lasts {event.duration} of a quarter note")
        self._events += 1
        if self._events > limits.MAX_NOTES:
            raise UnreadableTuneError(f"it has more than {limits.MAX_NOTES:,} notes")
        self.sounds = self.sounds or event.pitch is not None
        self._builder.events.append(event)
        self._last = event

    def _begin_tuplet(self, text: str) -> None:
        notes, time, count = ([int(n or 0) for n in text.split(":")] + [0, 0])[:3]
        if not notes:
            return
        beats, _, unit = self.meter.partition("/")
        compound = int(beats) % 3 == 0 and unit == "8"
        usual = 2 ** (notes.bit_length() - 1) if notes > 9 else 3 if compound else 2
        time = time or _TUPLET_TIME.get(notes, usual)
        self._tuplet, self._in_tuplet = Fraction(time, notes), count or notes

    def _break_rhythm(self, text: str) -> None:
        if not self._builder.events or len(text) > 4:
            return
        less = Fraction(1, 2 ** len(text))
        before, self._broken = (2 - less, less) if text[0] == ">" else (less, 2 - less)
        self._builder.events[-1].duration *= before

    def _tie(self, text: str) -> None:
        if self._last:
            self._last.tied = True

    def _symbol(self, text: str) -> None:
        """Keep a chord symbol; of two for the same moment, the first. Other text is layout, unless
        it is a sign such as *Fine*.
        """
        sign = None if "/" in text else signs.read(text)  # D/C is a chord, Coda is none
        if sign:
            self._mark(sign)
            return
        found = _CHORD_SYMBOL.fullmatch(text.replace(" ", ""))
        position = len(self._builder.events)
        if found and all(position != other for other, _ in self._builder.chords):
            self._builder.chords.append((position, found.group(1)))

    def _decoration(self, text: str) -> None:
        if sign := _SHORTHANDS.get(text) or signs.read(text):
            self._mark(sign)

    def _mark(self, sign: Sign) -> None:
        """Read a sign: a segno or a coda stands before a measure, the others after theirs.

        After the last note of a measure, a segno or a coda belongs to the next one.
        """
        if sign in ("segno", "coda") and self._builder.events:
            self._deferred.append((len(self._builder.events), sign))
        else:
            self._builder.mark(sign)

    def _leave_signs(self) -> None:
        """Put what stands after the last barline, and after a measure, there."""
        if not self._builder.events and self._builders:
            before, here = self._builders[-1], self._builder
            before.jump, here.jump = here.jump or before.jump, None
            before.fine, here.fine = before.fine or here.fine, False
            before.to_coda, here.to_coda = before.to_coda or here.to_coda, False

    def _overlay(self, text: str) -> None:
        """Pass over music beside that of the measures before: ``&`` of one, ``&&`` of two, and
        ``(& … & … &)`` of all in the brackets.
        """
        if text == "(&":
            self._overlay_group = True
        elif text.endswith(")"):
            self._overlay_group, self._bars_overlaid = False, 0
        else:
            self._bars_overlaid = limits.MAX_BARS if self._overlay_group else len(text)

    def _bar(self, text: str) -> None:
        if text == ":":
            return
        if self._bars_overlaid:
            self._bars_overlaid -= 1
            if self._bars_overlaid:
                return
        self._leave_signs()
        closes = len(text) - len(text.lstrip(":"))
        if "|" not in text:  # :: closes and opens
            closes //= 2
        self._end_bar()
        self._accidentals.clear()
        if self._builders and not self._builder.events:
            after = self._builders[-1]
            after.closes = max(after.closes, closes)
            seen = text.replace("[|]", "")  # which is no barline to be seen
            after.double = after.double or any(sign in seen for sign in ("||", "[|", "|]"))
        self._builder.opens = self._builder.opens or text.endswith(":")

    def _ending(self, text: str) -> None:
        self._end_bar()
        self._builder.endings = _passes(text)

    def _end_bar(self) -> None:
        """Begin a new bar, unless nothing is in this one yet."""
        if self._builder.events:
            ended, self._builder = self._builder, BarBuilder()
            self._builders.append(ended)
            for position, sign in self._deferred:
                (ended if position < len(ended.events) else self._builder).mark(sign)
            self._deferred = []


def _length(text: str) -> Fraction:
    """Read a note's length: ``3/2``, ``/`` for a half, ``//`` for a quarter.

    Raises:
        UnreadableTuneError: if it is no length that a note can have.
    """
    found = _LENGTH.match(text)
    assert found is not None
    beats, slashes, parts = found.groups()
    if max(len(beats), len(slashes), len(parts)) > _MAX_DIGITS or (parts and not int(parts)):
        raise UnreadableTuneError(f"a note's length is {text[:40]}")
    return Fraction(int(beats or 1), int(parts) if parts else 2 ** len(slashes))


def _passes(text: str) -> frozenset[int]:
    """Read the numbers of an ending: ``1,3-5``."""
    passes: set[int] = set()
    for first, last in re.findall(r"(\d{1,2})(?:-(\d{1,2}))?", text):
        passes.update(range(int(first), int(last or first) + 1))
    return frozenset(passes)
