"""Tunes of O'Neill's Music of Ireland (1850), beside what abc2midi makes of them.

Pitches and durations of the melody must agree for 97 % of a fixed sample. abc2midi is another
reading of the same notation: what it adds of its own (swung dotted pairs, ornaments, gaps between
notes, chord symbols) is switched off or left out of its input.

    python -m tools.checks.abc2midi        # needs Debian's abcmidi: apt install abcmidi
"""

import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from nottingham.corpus import collection, sources
from nottingham.errors import exit_on_error
from nottingham.formats.midi import reader as midi
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.tune import Note, Tune

SAMPLE, SEED, WANTED = 400, 1, 0.97
_GAP = Fraction(1, 32)
"""By how much abc2midi shortens a note, at most, in quarter notes."""
_ORNAMENTS = re.compile(r'"[^"]*"|\{[^}]*\}|![^!]*!|(?<!\[)[.~HLMOPSTuvk](?!:)|(?<!\d)\((?!\d)|\)')


def plain(text: str) -> str:
    """Leave out of a tune what has no bearing on pitch and time."""
    lines = []
    for line in text.splitlines():
        line = re.sub(r"(?<!\\)%.*", "", line).strip()
        if re.match(r"[XTMLKPV]:", line):
            lines.append(line)
        elif line and not re.match(r"[A-Za-z]:(?!\|)", line):
            lines.append(_ORNAMENTS.sub("", line))
    return re.sub(r"(?m)^(K:.*)$", r"%%MIDI ratio 3 1\n\1", "\n".join(lines) + "\n", count=1)


def played(text: str, folder: Path) -> tuple[Note, ...]:
    """Let abc2midi play a tune.

    Raises:
        UnreadableTuneError: if it plays nothing.
    """
    notes, _ = performed(plain(text), folder, "-NGRA", "-NFNP", "-NGUI", "-silent")
    if not notes:
        raise UnreadableTuneError("abc2midi plays nothing")
    return together(notes)


def performed(text: str, folder: Path, *options: str) -> tuple[tuple[Note, ...], list[str]]:
    """Have abc2midi make a MIDI file: its notes, none where it makes no file, and what it says."""
    tune, result = folder / "tune.abc", folder / "tune.mid"
    tune.write_text(text)
    result.unlink(missing_ok=True)
    command = ["abc2midi", str(tune), "-o", str(result), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    played = result.exists() and midi.read(result.read_bytes(), id="abc2midi/1", source="").notes
    return played or (), done.stdout.splitlines()


def together(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Let the notes of a chord, which abc2midi spreads a little, begin together: the top stays."""
    joined: list[Note] = []
    for note in notes:
        if joined and joined[-1].duration <= _GAP:
            first = joined.pop()
            top = max(first.pitch, note.pitch)
            note = Note(first.onset, first.duration + note.duration, top)
        joined.append(note)
    return tuple(joined)


def difference(read: Sequence[Note], heard: Sequence[Note]) -> str:
    """Return where the two part company; nothing where they do not."""
    for place, (ours, theirs) in enumerate(zip(read, heard, strict=False), start=1):
        if ours.pitch != theirs.pitch or abs(ours.duration - theirs.duration) > _GAP:
            return (
                f"note {place}: read {ours.pitch} for {ours.duration} quarters, "
                f"abc2midi plays {theirs.pitch} for {float(theirs.duration):.3f}"
            )
    if len(read) != len(heard):
        return f"read {len(read)} notes, abc2midi plays {len(heard)}"
    return ""


def main() -> None:
    """Compare the sample, print each tune that differs, and fail below the wanted share."""
    if shutil.which("abc2midi") is None:
        sys.exit("error: abc2midi is not here; Debian and Ubuntu: apt install abcmidi")
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (record,) = sources.fetch(["oneills-1850"], work / "raw", archive=None)
        folder = work / "raw" / record["notation"]
        texts = {notation.id: notation.content for notation in collection.find_notation(folder)}
        tunes = [tune for tune in collection.read_all(folder) if isinstance(tune, Tune)]
        agree = 0
        for tune in random.Random(SEED).sample(tunes, SAMPLE):
            try:
                differs = difference(tune.notes, played(str(texts[tune.id]), work))
            except UnreadableTuneError as error:
                differs = str(error)
            agree += not differs
            if differs:
                print(f"{tune.id}: {differs}")
    print(f"{agree} of {SAMPLE} tunes agree ({agree / SAMPLE:.1%}); wanted {WANTED:.0%}")
    sys.exit(agree < WANTED * SAMPLE)


if __name__ == "__main__":
    with exit_on_error():
        main()
