"""Key, dance and title of tunes from MIDI files of which a corpus says more.

A MIDI file has major and minor keys only, and a title that may name the dance: ``Achonry Lasses
(reel), The``. Given the tonic, which a table has that was made by hand, the notes tell the mode.
Hornpipes were swung by the program that made the files, and no others: what is swung is one.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from nottingham.errors import InputError
from nottingham.music import dances, keys, notation, swing
from nottingham.music.pitches import NATURAL
from nottingham.music.tune import Tune

_DANCES = {"6/8": "jig", "9/8": "slip jig", "12/8": "slide"}
"""The dances of *Ceol Rince na hÉireann* by meter, for tunes whose titles name none."""
_MODES = ("major", "mixolydian", "dorian", "minor")
"""The modes of this music."""
_SWUNG = (
    "its pairs are long and short, 2:1, as hornpipes are played; they are read as even ones, each "
    "second note a sixth of a quarter earlier"
)
_PITCH_CLASSES = 12
_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def read_roots(path: Path) -> dict[str, int]:
    """Read a table of tonics: pitch classes by the names of files without their endings.

    Raises:
        InputError: naming the line that is not of this form.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)  # the heading
        found = {}
        for number, row in enumerate(rows, start=2):
            name, root = row if len(row) == 2 else ("", "")
            if not root.isdigit() or int(root) >= _PITCH_CLASSES:
                raise InputError(f"{path}, line {number}: expected a name and a tonic from 0 to 11")
            found[name] = int(root)
    return found


def annotate(tune: Tune, roots: Mapping[str, int]) -> Tune:
    """Return a tune with its mode, its dance, and its title as one would say it.

    Args:
        tune: as its MIDI file has it.
        roots: of `read_roots`; a tune that is not among them keeps its key.
    """
    title = tune.title.replace("*", "").strip()
    match = re.fullmatch(r"(.+?)\s*\(([\w ]+)\)\s*(,.*)?", title)
    if match and _dance(tune, match[2]):
        title = match[1] + (match[3] or "")
    if match := re.fullmatch(r"(.+),\s*(The|An|A)", title):
        title = f"{match[2]} {match[1]}"
    written = swing.straight(tune)
    is_swung = written.notes != tune.notes
    rhythm = _dance(tune, tune.title) or _DANCES.get(tune.meter, "hornpipe" if is_swung else "")
    remarks = (*tune.remarks, _SWUNG) if is_swung else tune.remarks
    root = roots.get(Path(tune.source).stem)
    key = tune.key if root is None else _in_mode(tune, root)
    return replace(written, title=title, rhythm=rhythm, key=key, remarks=remarks)


def _dance(tune: Tune, text: str) -> str:
    """Return the dance that a text names, if it does."""
    slide = re.search(r"\bslides?\b", text, re.IGNORECASE)
    return "slide" if slide else dances.named(replace(tune, rhythm=text))


def _in_mode(tune: Tune, root: int) -> str:
    """Name the key of a tonic whose scale most notes of a tune are in; of several, the tune's."""
    tonic, _, named = tune.key.partition(" ")
    if not tonic or keys.tonic(tune.key) != root:
        tonic = _TONICS[root]

    def fit(mode: str) -> tuple[int, bool]:
        moved = notation.altered(f"{tonic} {mode}")
        scale = {(pitch + moved[letter]) % _PITCH_CLASSES for letter, pitch in NATURAL.items()}
        return sum(note.pitch % _PITCH_CLASSES in scale for note in tune.notes), mode == named

    return f"{tonic} {max(_MODES, key=fit)}"
