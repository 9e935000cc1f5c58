"""What every written form of a tune needs: measures, ties, and notes spelled in the key."""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from nottingham.music import keys
from nottingham.music.keys import FIFTHS
from nottingham.music.pitches import NATURAL
from nottingham.music.tune import Note, Tune, measure_length


class Event(NamedTuple):
    """A note, a rest, or the part of a note that lies in one measure."""

    pitch: int | None
    """MIDI number; None: a rest."""
    length: Fraction
    """In quarter notes."""
    tied: bool
    """Whether the note goes on in the next measure."""


class Measure(NamedTuple):
    """What stands between two barlines."""

    meter: str
    events: tuple[Event, ...]
    """In order; they fill it."""


class Spelling(NamedTuple):
    """A pitch as it is written."""

    letter: str
    accidental: int
    """Semitones: −1, 0 or 1."""
    octave: int
    """4 from middle C on."""


def measures(tune: Tune) -> list[Measure]:
    """Cut a tune at its barlines.

    The rest before an upbeat is left out. The last measure ends where it makes up for the upbeat,
    if the tune ends by then, and else with the meter.
    """
    found, events = [], list(_with_rests(tune.notes))
    lengths = []
    for start, end, meter in _bounds(tune):
        inside, events = _cut(events, end - start)
        found.append(inside)
        lengths.append((meter, end - start))
    if not found:
        return []
    whole, upbeat = lengths[-1][1], tune.upbeat
    short = whole - upbeat if len(found) > 1 and _sum(found[-1]) <= whole - upbeat else whole
    missing = short - _sum(found[-1])
    if missing:
        found[-1].append(Event(None, missing, False))
    if upbeat:
        found[0].pop(0)
    return [
        Measure(meter, tuple(inside)) for inside, (meter, _) in zip(found, lengths, strict=True)
    ]


def beat(meter: str) -> Fraction:
    """Give the length of a beat in quarter notes: three eighths in 6/8 and the like."""
    beats, _, unit = meter.partition("/")
    return Fraction(3 if int(beats) % 3 == 0 and int(unit) > 4 else 1, int(unit)) * 4


@lru_cache
def altered(key: str) -> dict[str, int]:
    """Say for each letter by how many semitones the signature of a key moves it.

    Args:
        key: as in ``D major``; without one, no letter is moved.
    """
    return dict.fromkeys(NATURAL, 0) | keys.signature(key)


def spell(pitch: int, key: str) -> Spelling:
    """Write a pitch as a piece in this key would.

    The notes of the scale come first; of others, those that lead upwards are sharps, but for the
    flattened third and seventh (in minor, the flattened second): twelve neighbours on the line of
    fifths, from three below a major tonic on.
    """
    tonic = _place(key)
    shift = sum(altered(key).values()) - tonic  # how many sharps the mode has more than major
    lowest = tonic - 3 + 2 * min(shift, 0) // 3
    place = lowest + (pitch * 7 - lowest) % 12
    while place > 12:  # no double sharps: B sharp is the last on the line, F flat the first
        place -= 12
    while place < -8:
        place += 12
    letter, accidental = on_fifths(place)
    return Spelling(letter, accidental, (pitch - NATURAL[letter] - accidental) // 12 - 1)


def on_fifths(place: int) -> tuple[str, int]:
    """Give the letter and the accidental at a place on the line of fifths: C 0, G 1, F −1."""
    return FIFTHS[(place + 1) % 7], (place + 1) // 7


def _place(key: str) -> int:
    """Give the tonic's place on the line of fifths: C 0, G 1, F −1; 0 without a key."""
    tonic = key.partition(" ")[0]
    if not tonic:
        return 0
    return FIFTHS.index(tonic[0]) - 1 + 7 * (tonic.count("#") - tonic.count("b"))


def _bounds(tune: Tune) -> Iterator[tuple[Fraction, Fraction, str]]:
    """Yield where each measure starts and ends, and its meter."""
    changes = {change.onset: change.meter for change in tune.meter_changes}
    start, meter = Fraction(0), tune.meter
    while start < tune.end:
        meter = changes.get(start, meter)
        end = start + measure_length(meter)
        end = min([end, *(onset for onset in changes if start < onset < end)])
        yield start, end, meter
        start = end


def _with_rests(notes: tuple[Note, ...]) -> Iterator[Event]:
    """Yield notes and the rests between them."""
    now = Fraction(0)
    for note in notes:
        if note.onset > now:
            yield Event(None, note.onset - now, False)
        yield Event(note.pitch, note.duration, False)
        now = note.onset + note.duration


def _cut(events: list[Event], length: Fraction) -> tuple[list[Event], list[Event]]:
    """Take events of so great a length in all, or fewer at the end; give them and the others."""
    inside: list[Event] = []
    for place, event in enumerate(events):
        left = length - _sum(inside)
        if event.length > left:
            rest = [event._replace(length=event.length - left), *events[place + 1 :]]
            if not left:
                return inside, rest
            inside.append(Event(event.pitch, left, event.pitch is not None))
            return inside, rest
        inside.append(event)
    return inside, []


def _sum(events: list[Event]) -> Fraction:
    return sum((event.length for event in events), Fraction(0))
