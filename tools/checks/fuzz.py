"""Damaged tunes, by the thousand: each is read, or refused with a reason, in short time.

Inputs are real tunes (the hand-written ones of the tests, and, where `NOTTINGHAM_ARCHIVE` is set,
the corpus's) in which bytes, lines and elements are cut, doubled, swapped or replaced, and pieces
of ABC that are strung together at random.

    python -m tools.checks.fuzz --inputs 20000 --seed 1
"""

import argparse
import copy
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree

from nottingham.corpus.archive import read_verified
from nottingham.corpus.collection import Notation, find_notation, read_tune
from nottingham.corpus.sources import NOTTINGHAM
from nottingham.formats.files import MIDI, MUSICXML
from nottingham.music import limits
from nottingham.music.limits import UnreadableTuneError
from nottingham.music.tune import Tune, measure_length
from nottingham.representation.grid import Grid

_Content = TypeVar("_Content", str, bytes)
LIMIT_SECONDS = 10
"""No input may take longer; what the limits in `nottingham.music.limits` allow takes less."""
_DATA = Path(__file__).parents[2] / "tests" / "data"
TUNES, SCORE = _DATA / "tunes", _DATA / "musicxml" / "everything.musicxml"
_TEXTS = ("", "0", "-1", "2", "999999999", "1e400", "3.5", "x", "é", "1,2", "none", " ")
_PIECES = [
    *"CDEFGABcdefgabzZxXy',/:239-><^_=()[]{}!+\"\\%&~.$",
    *("|", "||", "|:", ":|", "::", "|]", "[|", "[1", "[2", "[1,3-5", ":|2", "|:::", ":::|"),
    *("(3", "(5:4:7", "(9::", "//", "/64", "999999999", "\n", " ", "\n\n", "\x00", "é", "[K:F#m]"),
    *("\nM:6/8\n", "\nM:C|\n", "\nL:1/64\n", "\nK:Bbdor\n", "\nP:A\n", "\nP:B\n", "\nY:ABBA\n"),
    *("\nV:2\n", "[V:1]", '"Am7"', '"G;C"', "[M:0/0]", "[L:1/0]", "\nL:9999999/1\n", "[CEG]4"),
    *("\n%%propagate-accidentals not\n", "\nP:((A9)9B)9\n", "Z64", "[1-99", "!fff!", "+CE+"),
]


def seeds(archive: Path | None) -> list[Notation]:
    """List whole notation to damage: ABC texts, MIDI and MusicXML files."""
    found = [*find_notation(TUNES), *find_notation(SCORE)]
    if archive is not None:
        draw = random.Random(0)
        files = dict(read_verified(archive, NOTTINGHAM.sha256()))
        midi = [path for path in sorted(files) if path.endswith(".mid")]
        found += [Notation("m/1", "m.mid", files[path]) for path in draw.sample(midi, 60)]
        for path in sorted(files):
            if path.startswith(NOTTINGHAM.notation):
                text = files[path].decode()
                tunes = text.split("\nX:")[1:]
                found += [Notation("a/1", "a.abc", "X:" + t) for t in draw.sample(tunes, 4)]
    return found


def damaged(notation: Notation, draw: random.Random) -> Notation:
    """Damage notation in one to six places."""
    content = notation.content
    for _ in range(draw.randint(1, 6)):
        if isinstance(content, bytes) and content.startswith(b"<?xml") and draw.random() < 0.9:
            content = _damaged_elements(content, draw)
        elif isinstance(content, str):
            text = "".join(draw.choices(_PIECES, k=draw.choice((0, 1, 1, 3, 20))))
            content = _spliced(content, text, draw, in_place=False)
        else:
            junk = draw.randbytes(draw.choice((0, 1, 1, 4))) or draw.choice((b"\xff", b"\x00"))
            # mostly in place, so that the chunks stay whole
            content = _spliced(content, junk, draw, in_place=draw.random() < 0.7)
    return Notation(notation.id, notation.source, content)


def _damaged_elements(content: bytes, draw: random.Random) -> bytes:
    """Cut, double, replace or fill an element of XML; leave what is no XML any more."""
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        return content
    elements = list(root.iter())
    parent = draw.choice([element for element in elements if len(element)])
    place = draw.randrange(len(parent))
    match draw.randrange(4):
        case 0:
            del parent[place]
        case 1:
            parent.extend(parent[place : place + 1] * draw.choice((1, 1, 5)))
        case 2:
            parent[place] = copy.deepcopy(draw.choice(elements[1:]))
        case 3:
            parent[place].text = draw.choice(_TEXTS)
    damaged: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return damaged


def _spliced(content: _Content, junk: _Content, draw: random.Random, *, in_place: bool) -> _Content:
    """Put junk, or another place of the same content, somewhere, over more or less of it."""
    if draw.random() < 0.3:
        place = draw.randrange(len(content) + 1)
        junk = content[place : place + draw.choice((1, 4, 40))]
    start = draw.randrange(len(content) + 1)
    end = start + (len(junk) if in_place else draw.choice((0, 1, 1, 2, 8, 64)))
    return content[:start] + junk * draw.choice((1, 1, 1, 2, 50)) + content[end:]


def random_notation(draw: random.Random) -> Notation:
    """Make notation of pieces of ABC, in any order."""
    text = "".join(draw.choices(_PIECES, k=draw.randint(1, 400)))
    return Notation("a/1", "a.abc", "X:1\nK:C\n" + text)


def whole_tune(tune: Tune) -> bool:
    """Return whether a tune keeps what is promised of tunes, and every later stage can take it."""
    ends = [Fraction(0), *(note.onset + note.duration for note in tune.notes)]
    return (
        all(end <= note.onset for end, note in zip(ends, tune.notes, strict=False))
        and all(note.duration > 0 for note in tune.notes)
        and all(measure_length(change.meter) > 0 for change in tune.meter_changes)
        and len(Grid(8).encode(tune)) > 0
        and len(tune.notes) <= limits.MAX_NOTES
    )


def run(inputs: int, seed: int, whole: Sequence[Notation]) -> Counter[str]:
    """Try so many inputs; count those read and those skipped.

    Raises:
        AssertionError: if an input takes too long; any other error of the reader goes through.
    """
    draw = random.Random(seed)
    outcomes: Counter[str] = Counter()
    for number in range(inputs):
        random_text = draw.random() < 0.25
        notation = random_notation(draw) if random_text else damaged(draw.choice(whole), draw)
        started = time.perf_counter()
        try:
            result: Tune | str = read_tune(notation)
        except UnreadableTuneError as error:
            result = str(error)
        except Exception:
            print(f"input {number} of seed {seed}: {notation.content!r}", file=sys.stderr)
            raise
        took = time.perf_counter() - started
        assert took < LIMIT_SECONDS, f"input {number} of seed {seed} took {took:.1f} s"
        kind = _kind(notation)
        if isinstance(result, str):
            assert result
            outcomes[f"{kind} skipped"] += 1
        else:
            assert whole_tune(result)
            outcomes[f"{kind} read"] += 1
    return outcomes


def _kind(notation: Notation) -> str:
    suffix = Path(notation.source).suffix
    return "MIDI" if suffix in MIDI else "MusicXML" if suffix in MUSICXML else "ABC"


def main() -> None:
    """Fuzz as many inputs as asked for, and print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    archive = os.environ.get(NOTTINGHAM.variable)
    outcomes = run(asked.inputs, asked.seed, seeds(Path(archive) if archive else None))
    for outcome, count in sorted(outcomes.items()):
        print(f"{outcome}: {count:,}")


if __name__ == "__main__":
    main()
