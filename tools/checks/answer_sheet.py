"""The tunes read from the corpus's ABC, beside the MIDI that its own cleaners made of it.

The MIDI files are the answer sheet: melody note for note (pitch, onset, duration), chord symbols
by onset, root and quality. They were played by a program with habits of its own, which the
notation contradicts; `cleaners.HABITS` names them. A tune that differs is read again the way that
program reads. If it then equals the MIDI exactly, every note of the difference is explained by the
named habits. What they do not explain must have its reason in ``midi_faults.yaml``, found by
reading that tune; anything else fails the check.

    python -m tools.checks.answer_sheet            # needs NOTTINGHAM_ARCHIVE
"""

import io
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, zip_longest
from pathlib import Path

import yaml
from mido import MidiFile

from nottingham.corpus.archive import read_verified
from nottingham.corpus.sources import NOTTINGHAM
from nottingham.errors import exit_on_error
from nottingham.formats.abc.tunebook import split_tunes
from nottingham.formats.midi import reader as midi
from nottingham.music.pitches import NATURAL
from nottingham.music.tune import Note, Tune, measure_length
from tools.checks.cleaners import CHORD_HABITS, HABITS, MELODY_HABITS, after_accidentals, played

FAULTS = Path(__file__).with_name("midi_faults.yaml")
_TICK = Fraction(1, 1024)
_SNAP = Fraction(1, 16)
_QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "d": (0, 3, 6),
    "a": (0, 4, 8),
    "a7": (0, 4, 8, 10),
    "7b9": (0, 1, 4, 7, 10),
}
"""The corpus's chord suffixes, as semitones above the root."""
_CHORD = re.compile(r"([A-G])([#b]?)([^/]*)")


@dataclass(frozen=True)
class Answer:
    """One tune: its notation, and what the cleaners' MIDI files hold."""

    id: str
    text: str
    melody: bytes
    chords: bytes | None


@dataclass(frozen=True)
class Verdict:
    """How a tune compares with its MIDI."""

    habits: tuple[str, ...] | None
    """Those that explain the difference; none where there is none, None where none do."""
    remark: str = ""
    """The first difference, in words."""


def answers(archive: Path) -> Iterator[Answer]:
    """Yield every tune of the corpus with its MIDI."""
    files = dict(read_verified(archive, NOTTINGHAM.sha256()))
    for path in sorted(files):
        if path.startswith(f"{NOTTINGHAM.notation}/"):
            stem = Path(path).stem
            for number, text in split_tunes(files[path].decode()):
                name = f"{stem}{number}.mid"
                yield Answer(
                    id=f"{stem}/{number}",
                    text=text,
                    melody=files[f"MIDI/melody/{name}"],
                    chords=files.get(f"MIDI/chords/{name}"),
                )


def compare_melody(answer: Answer) -> Verdict:
    """Compare pitch, onset and duration of every note; times to the tick."""
    wanted = midi.read(answer.melody, id=answer.id, source="").notes
    for habits in _explanations(MELODY_HABITS):
        notes = played(answer.text, habits, id=answer.id).notes
        equal = _snapped if "tuplets" in habits else _same_note
        if len(notes) == len(wanted) and all(map(equal, notes, wanted)):
            break
    else:
        habits = None
    return Verdict(habits, _first_difference(played(answer.text, (), id=answer.id), wanted))


def compare_chords(answer: Answer) -> Verdict:
    """Compare onset, root and quality of every chord symbol."""
    assert answer.chords is not None
    wanted = _chords_of(answer.chords)
    remark = _first_chord_difference(_chords_read(answer, ()), wanted)
    drifting = None
    for habits in _explanations(CHORD_HABITS):
        chords = _chords_read(answer, habits)
        if len(chords) == len(wanted) and all(map(_same_chord, chords, wanted)):
            return Verdict(habits, remark)
        if [pitches for _, pitches in chords] == [pitches for _, pitches in wanted]:
            drifting = drifting or Verdict((*habits, "drift"), remark)
    return drifting or Verdict(None, remark)


def _chords_read(answer: Answer, habits: Sequence[str]) -> list[tuple[Fraction, tuple[int, ...]]]:
    symbols = played(answer.text, habits, id=answer.id).chords
    return [(symbol.onset, _pitch_classes(symbol.symbol)) for symbol in symbols]


def _explanations(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield sets of habits, none first, small ones before large ones."""
    for size in range(len(names) + 1):
        yield from combinations(names, size)


def _same_note(read: Note, wanted: Note) -> bool:
    return (
        read.pitch == wanted.pitch
        and abs(read.onset - wanted.onset) < _TICK
        and abs(read.duration - wanted.duration) < _TICK
    )


def _snapped(read: Note, wanted: Note) -> bool:
    """Compare a note of a tuplet to the nearest 32nd, all others to the tick."""
    in_tuplet = read.onset.denominator % 3 == 0 or read.duration.denominator % 3 == 0
    near = abs(read.onset - wanted.onset) <= _SNAP and abs(read.duration - wanted.duration) <= _SNAP
    return _same_note(read, wanted) or (in_tuplet and near and read.pitch == wanted.pitch)


def _same_chord(
    read: tuple[Fraction, tuple[int, ...]], wanted: tuple[Fraction, tuple[int, ...]]
) -> bool:
    return abs(read[0] - wanted[0]) < _TICK and read[1] == wanted[1]


def _first_difference(tune: Tune, wanted: Sequence[Note]) -> str:
    """Describe where a tune and its MIDI part company."""
    measure = measure_length(tune.meter)
    for read, right in zip_longest(tune.notes, wanted):
        if read is None or right is None or not _same_note(read, right):
            at = min(note.onset for note in (read, right) if note is not None)
            return (
                f"from measure {at // measure + 1} on: read {_in_words(read)}, "
                f"the MIDI has {_in_words(right)}"
            )
    return "no difference"


def _first_chord_difference(
    read: Sequence[tuple[Fraction, tuple[int, ...]]],
    wanted: Sequence[tuple[Fraction, tuple[int, ...]]],
) -> str:
    for place, (ours, right) in enumerate(zip_longest(read, wanted), start=1):
        if ours is None or right is None:
            return f"read {len(read)} chords, the MIDI has {len(wanted)}"
        if not _same_chord(ours, right):
            return (
                f"chord {place}: read root {ours[1][0]} at {ours[0]}, "
                f"the MIDI has {right[1][0]} at {right[0]}"
            )
    return "no difference"


def _in_words(note: Note | None) -> str:
    if note is None:
        return "no more notes"
    return f"pitch {note.pitch} for {note.duration} quarters at {note.onset}"


def _chords_of(content: bytes) -> list[tuple[Fraction, tuple[int, ...]]]:
    """Read onset and pitch classes, root first, of every chord in a chord MIDI file."""
    file = MidiFile(file=io.BytesIO(content))
    chords: dict[Fraction, list[int]] = {}
    now = 0
    for message in file.tracks[0]:
        now += message.time
        if message.type == "note_on" and message.velocity:
            chords.setdefault(Fraction(now, file.ticks_per_beat), []).append(message.note)
    return [(onset, _root_first(min(p), p)) for onset, p in sorted(chords.items())]


def _root_first(root: int, pitches: Sequence[int]) -> tuple[int, ...]:
    return (root % 12, *sorted({(pitch - root) % 12 for pitch in pitches}))


def _pitch_classes(symbol: str) -> tuple[int, ...]:
    """Spell a chord symbol of this corpus; a bass note after the slash is left out."""
    found = _CHORD.match(symbol)
    assert found is not None
    letter, sign, suffix = found.groups()
    root = NATURAL[letter] + {"#": 1, "b": -1, "": 0}[sign]
    return _root_first(root, [root + interval for interval in _QUALITIES[suffix]])


def main() -> None:
    """Compare the whole corpus and print what was found."""
    archive = os.environ.get(NOTTINGHAM.variable)
    if not archive:
        sys.exit(f"error: set {NOTTINGHAM.variable} to the corpus's archive or folder")
    faults = yaml.safe_load(FAULTS.read_text())
    tables: dict[str, dict[str, Counter[str]]] = {"melody": {}, "chords": {}}
    signs: Counter[str] = Counter()
    unexplained = 0
    for answer in answers(Path(archive)):
        signs += after_accidentals(answer.text)
        checks = {"melody": compare_melody}
        if answer.chords is not None:
            checks["chords"] = compare_chords
        for kind, compare in checks.items():
            verdict = compare(answer)
            reason = (faults[kind] or {}).get(answer.id)
            result = _result(verdict, reason)
            unexplained += result == "unexplained"
            tables[kind].setdefault(answer.id.split("/")[0], Counter())[result] += 1
            if verdict.habits != ():
                print(f"{kind} {answer.id}: {_explained(verdict, reason)}")
    for kind, rows in tables.items():
        _print_table(kind, rows)
    for kind, rows in tables.items():
        row = sum(rows.values(), Counter())
        print(
            f"{kind}: {row['equal']} of {row.total()} equal the MIDI as they are read, "
            f"{row['equal'] + row['by habit']} once its program's habits are allowed for"
        )
    for name, words in HABITS.items():
        print(f"habit {name!r}: the program behind the MIDI {words}")
    print(f"notes behind an accidental on the same note in their measure: {dict(signs)}")
    if unexplained:
        sys.exit(f"error: {unexplained} differences without a reason in {FAULTS.name}")


def _result(verdict: Verdict, reason: str | None) -> str:
    if verdict.habits is None:
        return "unexplained" if reason is None else "by hand"
    if "drift" in verdict.habits:
        return "but for times"
    return "by habit" if verdict.habits else "equal"


def _explained(verdict: Verdict, reason: str | None) -> str:
    if verdict.habits is not None:
        return f"{verdict.remark}; equal but for the MIDI's habits: {', '.join(verdict.habits)}"
    return f"{verdict.remark}; {reason or 'UNEXPLAINED'}"


def _print_table(kind: str, rows: dict[str, Counter[str]]) -> None:
    columns = ["equal", "by habit", "but for times", "by hand", "unexplained"]
    print(f"\n| {kind} | tunes | {' | '.join(columns)} |\n|{' --- |' * (len(columns) + 2)}")
    for name, row in [*rows.items(), ("all", sum(rows.values(), Counter()))]:
        cells = " | ".join(str(row[column]) for column in columns)
        print(f"| {name} | {row.total()} | {cells} |")
    print()


if __name__ == "__main__":
    with exit_on_error():
        main()
