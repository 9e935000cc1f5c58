"""What every written form of a tune needs: measures, ties, and notes spelled in the key.

All voices of a tune have the same barlines. The first measure begins, and the last one ends, where
the music of all voices and the chord symbols do.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from statistics import fmean
from typing import Literal, NamedTuple

from nottingham.music import keys
from nottingham.music.keys import FIFTHS
from nottingham.music.pitches import NATURAL
from nottingham.music.tune import Note, Tune, Voice, measure_length

_MIDDLE_C = 60


Bounds = tuple[Fraction, Fraction, str]
"""Where a measure starts and ends, in quarter notes, and its meter."""


class Event(NamedTuple):
    """A note, a rest, or the part of a note that lies in one measure."""

    pitch: int | None
    """MIDI number; None: a rest."""
    length: Fraction
    """In quarter notes."""
    tied: bool
    """Whether the note goes on after this part of it."""
    chord: str = ""
    """The chord symbol at its start; see `at_chords`."""


class Measure(NamedTuple):
    """What stands between two barlines."""

    meter: str
    events: tuple[Event, ...]
    """In order; they fill it."""
    chords: tuple[tuple[Fraction, str], ...] = ()
    """In order: how long after the first event, in quarter notes, and symbol."""


class Spelling(NamedTuple):
    """A pitch as it is written."""

    letter: str
    accidental: int
    """Semitones: −1, 0 or 1."""
    octave: int
    """4 from middle C on."""


def measures(
    tune: Tune, voice: Voice | None = None, bounds: Sequence[Bounds] | None = None
) -> list[Measure]:
    """Cut a voice at the barlines of its tune.

    The rest before an upbeat is left out. The last measure ends where it makes up for the upbeat,
    if the tune ends by then, and else with the meter.

    Args:
        tune: whose measures they are.
        voice: one of the tune's; None for the melody, with which the chord symbols go.
        bounds: of other parts of the tune, instead of its measures.
    """
    notes = tune.notes if voice is None else voice.notes
    onsets, found = [note.onset for note in notes], []
    for start, end, meter in barlines(tune) if bounds is None else bounds:
        first = max(0, bisect_right(onsets, start) - 1)
        inside = tuple(_events(notes[first : bisect_left(onsets, end)], start, end))
        chords = [(c.onset - start, c.symbol) for c in tune.chords if start <= c.onset < end]
        found.append(Measure(meter, inside, () if voice else tuple(chords)))
    return found


def at_chords(measure: Measure) -> Iterator[Event]:
    """Yield the events of a measure, cut and tied where a chord symbol stands inside one.

    Of several symbols for one moment, the first is kept.
    """
    symbols = dict(reversed(measure.chords))
    moment = Fraction(0)
    for event in measure.events:
        end = moment + event.length
        inside = [onset for onset in sorted(symbols) if moment < onset < end]
        for start, stop in pairwise([moment, *inside, end]):
            tied = event.pitch is not None if stop < end else event.tied
            yield Event(event.pitch, stop - start, tied, symbols.get(start, ""))
        moment = end


def upbeat(tune: Tune) -> Fraction:
    """Return how long a tune is before its first full measure, in quarter notes; 0: none is.

    All voices and the chord symbols count: what stands before the melody's first note makes a
    measure full.
    """
    onsets = [note.onset for voice in tune.voices for note in voice.notes[:1]]
    first = min([*onsets, *(chord.onset for chord in tune.chords[:1])], default=Fraction(0))
    length = measure_length(tune.meter)
    begins = all(first < change.onset for change in tune.meter_changes)
    return length - first if 0 < first < length and begins else Fraction(0)


def clef(voice: Voice) -> Literal["treble", "bass"]:
    """Return the clef for a voice: that of the bass if its notes are below middle C on average."""
    return "bass" if fmean(note.pitch for note in voice.notes) < _MIDDLE_C else "treble"


def beat(meter: str) -> Fraction:
    """Return the length of a beat in quarter notes: three eighths in 6/8 and the like."""
    beats, _, unit = meter.partition("/")
    return Fraction(3 if int(beats) % 3 == 0 and int(unit) > 4 else 1, int(unit)) * 4


def beam(meter: str) -> Fraction:
    """Return the time whose notes are beamed together: two beats of 4/4 or 2/2, else a beat."""
    return Fraction(2) if meter in ("4/4", "2/2") else beat(meter)


@lru_cache
def altered(key: str) -> dict[str, int]:
    """Return for each letter by how many semitones the signature of a key moves it.

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
    tonic = _position(key)
    shift = sum(altered(key).values()) - tonic  # how many sharps the mode has more than major
    lowest = tonic - 3 + 2 * min(shift, 0) // 3
    position = lowest + (pitch * 7 - lowest) % 12
    while position > 12:  # no double sharps: B sharp is the last on the line, F flat the first
        position -= 12
    while position < -8:
        position += 12
    letter, accidental = on_fifths(position)
    return Spelling(letter, accidental, (pitch - NATURAL[letter] - accidental) // 12 - 1)


def name(pitch: int, key: str) -> str:
    """Return the name of a MIDI number as it is spelled in a key: 70 is ``Bb4`` in F major."""
    letter, accidental, octave = spell(pitch, key)
    return f"{letter}{('b', '', '#')[accidental + 1]}{octave}"


def on_fifths(position: int) -> tuple[str, int]:
    """Return the letter and the accidental at a position on the line of fifths: C 0, G 1, F −1."""
    return FIFTHS[(position + 1) % 7], (position + 1) // 7


def _position(key: str) -> int:
    """Return the tonic's position on the line of fifths: C 0, G 1, F −1; 0 without a key."""
    tonic = key.partition(" ")[0]
    if not tonic:
        return 0
    return FIFTHS.index(tonic[0]) - 1 + 7 * (tonic.count("#") - tonic.count("b"))


def barlines(tune: Tune) -> list[Bounds]:
    """List where each measure starts and ends, in quarter notes, and its meter."""
    changes = {change.onset: change.meter for change in tune.meter_changes}
    last_chord = max((chord.onset for chord in tune.chords), default=Fraction(-1))
    ends = [n.onset + n.duration for voice in tune.voices for n in voice.notes[-1:]]
    last_end = max(ends, default=Fraction(0))
    bounds = []
    start, meter = Fraction(0), tune.meter
    while start < last_end or start <= last_chord:
        meter = changes.get(start, meter)
        end = start + measure_length(meter)
        end = min([end, *(onset for onset in changes if start < onset < end)])
        bounds.append((start, end, meter))
        start = end
    if bounds and (missing := upbeat(tune)):
        bounds[0] = (measure_length(tune.meter) - missing, *bounds[0][1:])
        short = start - missing
        if len(bounds) > 1 and last_end <= short and last_chord < short:
            bounds[-1] = (bounds[-1][0], short, meter)
    return bounds


def _events(notes: Iterable[Note], start: Fraction, end: Fraction) -> Iterator[Event]:
    """Yield what sounds between two moments, notes and rests, which fills the time."""
    now = start
    for note in notes:
        begin, stop = max(note.onset, start), note.onset + note.duration
        if stop <= start:
            continue
        if begin > now:
            yield Event(None, begin - now, False)
        now = min(stop, end)
        yield Event(note.pitch, now - begin, stop > end)
    if now < end:
        yield Event(None, end - now, False)
