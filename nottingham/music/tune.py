"""Tunes as values, and as JSON Lines.

A tune is a melody in playing order, and the voices that accompany it, each of them one line of
notes. Onsets and durations are exact fractions of a quarter note, counted from the grid of the
first barline: an upbeat starts after the rest that fills its measure. Pitches are MIDI note numbers
(middle C is 60).
"""

import json
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from nottingham.errors import InputError
from nottingham.files import atomic_file
from nottingham.music.limits import MAX_LENGTH

MELODY = "melody"
"""The name of the first of a tune's voices."""
_REMEDY = "dvc repro"


@dataclass(frozen=True, order=True)
class Note:
    """A sounding note: onset and duration in quarter notes, pitch as a MIDI number."""

    onset: Fraction
    duration: Fraction
    pitch: int


@dataclass(frozen=True, order=True)
class ChordSymbol:
    """A chord symbol as written above the melody, such as ``Am7``."""

    onset: Fraction
    symbol: str


@dataclass(frozen=True, order=True)
class MeterChange:
    """A new meter inside a tune, from ``onset`` (a barline) on."""

    onset: Fraction
    meter: str


@dataclass(frozen=True)
class Voice:
    """One line of notes, which are sorted and do not overlap."""

    name: str
    """As the notation has it: ``Bass``, ``2``."""
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Tune:
    """A melody in playing order; notes are sorted and do not overlap."""

    id: str
    """Source file's stem and the tune's number in it: ``jigs/12``."""
    title: str
    meter: str
    """The meter at the start, as in ``6/8``."""
    key: str
    """Tonic and mode, as in ``D major``; empty where the notation names none."""
    notes: tuple[Note, ...]
    chords: tuple[ChordSymbol, ...]
    source: str
    """The file that the tune was read from."""
    meter_changes: tuple[MeterChange, ...] = ()
    remarks: tuple[str, ...] = ()
    """What the reader changed or could not follow, in sentences, for the report."""
    further_voices: tuple[Voice, ...] = ()
    """The voices beside the melody, none of them silent; they share its meter, key and chords."""
    rhythm: str = ""
    """The kind of tune that the notation names, as in ``Hornpipe``; see `dances.named`."""
    credit: str = ""
    """What wrote it, where that was a model, for a comment of the notation."""
    corpus: str = ""
    """The name of the corpus that it is of, if any."""

    @property
    def voices(self) -> tuple[Voice, ...]:
        """All voices, the melody first."""
        return (Voice(MELODY, self.notes), *self.further_voices)

    @property
    def end(self) -> Fraction:
        """Where the melody's last note ends, in quarter notes."""
        return self.notes[-1].onset + self.notes[-1].duration if self.notes else Fraction(0)

    @property
    def upbeat(self) -> Fraction:
        """How long the melody is before the first full measure, in quarter notes; 0: none is."""
        first = self.notes[0].onset if self.notes else Fraction(0)
        length = measure_length(self.meter)
        return length - first if 0 < first < length else Fraction(0)


def is_of(tune: Tune, corpus: str | None) -> bool:
    """Return whether a tune is of a corpus; every tune is, if that is None."""
    return corpus in (None, tune.corpus)


def measure_length(meter: str) -> Fraction:
    """Return the length of a measure in quarter notes: 3 for ``6/8``.

    Raises:
        ValueError: if ``meter`` is not two positive whole numbers around a slash.
    """
    beats, _, unit = meter.partition("/")
    if not (beats.isdigit() and unit.isdigit() and int(beats) and int(unit)):
        raise ValueError(f"meter {meter!r} is not of the form 6/8")
    return Fraction(4 * int(beats), int(unit))


def write_tunes(path: Path | str, tunes: Iterable[Tune]) -> None:
    """Write tunes as JSON Lines, one a line, whole or not at all."""
    with atomic_file(path) as file:
        for tune in tunes:
            file.write(json.dumps(_to_json(tune), ensure_ascii=False).encode() + b"\n")


def read_tunes(
    path: Path | str, *, only: Iterable[str] | None = None, may_be_empty: bool = False
) -> Iterator[Tune]:
    """Read the tunes of a JSON Lines file.

    Args:
        path: the file.
        only: the ids of those that are wanted; None: all.
        may_be_empty: whether a file without tunes is one.

    Raises:
        InputError: naming the file and the line that is no tune.
    """
    wanted = None if only is None else set(only)
    return _read(path, wanted, may_be_empty=may_be_empty)


def _read(
    path: Path | str, wanted: Set[str] | None = None, *, may_be_empty: bool = False
) -> Iterator[Tune]:
    """Read the tunes of a file; of other ids than those wanted only the JSON is checked."""
    number = 0
    try:
        with Path(path).open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if tune := _from_line(line, wanted, where=f"{path}, line {number}"):
                    yield tune
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); make it again: {_REMEDY}") from error
    if not number and not may_be_empty:
        raise InputError(f"{path}: no tunes in it; make it again: {_REMEDY}")


def read_named(path: Path | str, ids: Iterable[str]) -> dict[str, Tune]:
    """Read the tunes of a JSON Lines file, by id.

    Args:
        path: the file.
        ids: those that must be among them: of what was made of the tunes.

    Raises:
        InputError: naming the file, and the line that is no tune or the id that is missing.
    """
    wanted = set(ids)
    tunes = {tune.id: tune for tune in _read(path, wanted)}
    if missing := sorted(wanted - set(tunes)):
        raise InputError(
            f"{path}: tune {missing[0]} is not in it, but in what was made of it; make both "
            "again: dvc repro"
        )
    return tunes


def _to_json(tune: Tune) -> dict[str, Any]:
    """Return a tune as JSON, which has what few tunes have only where they have it."""
    voices = [{"name": v.name, "notes": _notes_to_json(v.notes)} for v in tune.further_voices]
    return {
        "id": tune.id,
        "title": tune.title,
        "meter": tune.meter,
        "meter_changes": [[_ratio(c.onset), c.meter] for c in tune.meter_changes],
        "key": tune.key,
        "notes": _notes_to_json(tune.notes),
        "chords": [[_ratio(c.onset), c.symbol] for c in tune.chords],
        "source": tune.source,
        "remarks": list(tune.remarks),
        **({"further_voices": voices} if voices else {}),
        **({"rhythm": tune.rhythm} if tune.rhythm else {}),
        **({"credit": tune.credit} if tune.credit else {}),
        **({"corpus": tune.corpus} if tune.corpus else {}),
    }


def _notes_to_json(notes: Iterable[Note]) -> list[list[int | str]]:
    return [[_ratio(n.onset), _ratio(n.duration), n.pitch] for n in notes]


def _ratio(value: Fraction) -> int | str:
    return int(value) if value.denominator == 1 else str(value)


def _from_line(line: str, wanted: Set[str] | None, *, where: str) -> Tune | None:
    """Read a tune, if it is wanted or all are."""
    try:
        raw = json.loads(line)
        if wanted is not None and str(raw["id"]) not in wanted:
            return None
        tune = Tune(
            id=str(raw["id"]),
            title=str(raw["title"]),
            meter=str(raw["meter"]),
            meter_changes=tuple(MeterChange(Fraction(o), str(m)) for o, m in raw["meter_changes"]),
            key=str(raw["key"]),
            notes=_notes(raw["notes"]),
            chords=tuple(ChordSymbol(Fraction(o), str(s)) for o, s in raw["chords"]),
            source=str(raw["source"]),
            remarks=tuple(map(str, raw["remarks"])),
            further_voices=tuple(
                Voice(str(voice["name"]), _notes(voice["notes"]))
                for voice in raw.get("further_voices", ())
            ),
            rhythm=str(raw.get("rhythm", "")),
            credit=str(raw.get("credit", "")),
            corpus=str(raw.get("corpus", "")),
        )
        _check(tune)
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
        raise InputError(
            f"{where}: not a tune ({error!r}); make the file again: {_REMEDY}"
        ) from error
    return tune


def _notes(raw: Iterable[tuple[int | str, int | str, int]]) -> tuple[Note, ...]:
    return tuple(Note(_fraction(o), _fraction(d), int(p)) for o, d, p in raw)


@lru_cache(maxsize=2**14)
def _fraction(text: int | str) -> Fraction:
    """Read a number of `_ratio`; the same few thousand come again and again."""
    return Fraction(text)


def _check(tune: Tune) -> None:
    """Raise a ValueError where a tune breaks what its classes promise."""
    for meter in (tune.meter, *(change.meter for change in tune.meter_changes)):
        measure_length(meter)
    if not all(voice.notes for voice in tune.further_voices):
        raise ValueError("one of its further voices has no notes")
    end = max(_checked_end(voice.notes) for voice in tune.voices)
    for name, onsets in (
        ("chords", [chord.onset for chord in tune.chords]),
        ("other meters", [change.onset for change in tune.meter_changes]),
    ):
        if onsets != sorted(onsets) or any(onset < 0 for onset in onsets):
            raise ValueError(f"it has {name} from {onsets} on")
        end = max([end, *onsets])
    if end > MAX_LENGTH:
        raise ValueError(f"it is {end} quarter notes long")


def _checked_end(notes: Iterable[Note]) -> Fraction:
    """Return where one line of notes ends, in quarter notes; raise a ValueError if it is none."""
    end = Fraction(0)
    for note in notes:
        if note.onset < end or note.duration <= 0:
            raise ValueError(f"the note at {note.onset} begins before {end} or never ends")
        end = note.onset + note.duration
    return end
