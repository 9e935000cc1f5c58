"""The tables of docs/data.md, counted in the tunes that the pipeline read, by its own settings.

Where a note lies on the grid is worked out here anew, from its onset and the meter that holds
there, and not with the code that puts tunes on the grid.

    python -m checks.data_card    # prints them; needs make repro. make docs puts them into the card
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil
from pathlib import Path
from statistics import median

import numpy as np

from nottingham import params
from nottingham.dataset import split, streams
from nottingham.dataset.streams import Dataset
from nottingham.errors import told
from nottingham.evaluation import overlap, targets
from nottingham.files import read_json
from nottingham.music.tune import Tune, measure_length, read_tunes
from nottingham.params import Window
from nottingham.reporting.markdown import table
from nottingham.representation import Grid, Representation
from nottingham.representation.grid import REST

_KEYS_SHOWN = 12
_FINE = 24
"""Steps a measure of the finer grid that the table of meters has beside the pipeline's own."""
_NAMES = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
_RARE = 10
"""Meters of fewer tunes share a row."""


@dataclass(frozen=True)
class Corpus:
    """The tunes as they were read, and as the models get them."""

    tunes: Sequence[Tune]
    dataset: Dataset
    skipped: int

    @classmethod
    def of(cls, tunes: Sequence[Tune], settings: Window, *, skipped: int) -> "Corpus":
        """Put tunes on the grid and split them, as the window stage does."""
        grid = Grid(settings.steps_per_measure)
        dataset = streams.join(
            [grid.encode(tune) for tune in tunes],
            split=split.choose(tunes, settings),
            ids=[tune.id for tune in tunes],
            representation=grid,
        )
        return cls(tunes, dataset, skipped)

    @property
    def grid(self) -> Representation:
        """The grid that the tunes are on."""
        return self.dataset.representation

    @property
    def tokens(self) -> list[np.ndarray]:
        """The tunes as tokens, each of shape ``[time]``."""
        return [self.dataset.tune(i) for i in range(len(self.tunes))]


def load(project: Path) -> Corpus:
    """Read what the parse stage left in a project's folder."""
    report = read_json(project / "reports" / "parse.json", made_by="dvc repro parse")
    return Corpus.of(
        list(read_tunes(project / "data" / "tunes.jsonl")),
        params.load(project / "params.yaml").window,
        skipped=report["skipped"],
    )


def tables(corpus: Corpus) -> str:
    """Write all tables as Markdown, each with its caption before it."""
    captioned = {
        "The collection.": _collection(corpus),
        "By family: the book's name, without the letters behind reels.": _families(corpus),
        "The length of a tune, as it is played with all repeats.": _lengths(corpus),
        "Meters at the start of a tune, and what the grid does to notes in them.": _meters(corpus),
        f"The {_KEYS_SHOWN} commonest keys, and the others.": _keys(corpus),
        "The melody on the grid.": _steps(corpus),
        "The split. A target is a step with 32 steps of its tune before it.": _split(corpus),
    }
    return "\n".join(f"{caption}\n\n{table}" for caption, table in captioned.items())


def _collection(corpus: Corpus) -> str:
    tunes = corpus.tunes
    titles = Counter(tune.title for tune in tunes)
    melodies = Counter(tuple(b.pitch - a.pitch for a, b in pairwise(tune.notes)) for tune in tunes)
    twins = [count for count in melodies.values() if count > 1]
    return _table(
        ["", "tunes"],
        [
            ["read", len(tunes)],
            ["left out, as unreadable", corpus.skipped],
            ["with chord symbols", sum(bool(tune.chords) for tune in tunes)],
            ["with an upbeat", sum(bool(tune.upbeat) for tune in tunes)],
            ["with another meter in their midst", sum(bool(t.meter_changes) for t in tunes)],
            ["with a title that another has too", sum(n for n in titles.values() if n > 1)],
            [f"with the intervals of another: {len(twins)} groups", sum(twins)],
        ],
    )


def _families(corpus: Corpus) -> str:
    found: dict[str, list[int]] = {}
    for index, name in enumerate(targets.families(tune.id for tune in corpus.tunes)):
        found.setdefault(name, []).append(index)
    rows = []
    for name, indices in sorted(found.items(), key=lambda item: -len(item[1])):
        tunes = [corpus.tunes[i] for i in indices]
        meters = Counter(tune.meter for tune in tunes).most_common(2)
        common = ", ".join(f"{meter} {_share(count, len(tunes))}" for meter, count in meters)
        steps = sum(len(corpus.dataset.tune(i)) for i in indices)
        rows.append([name, len(tunes), common, sum(len(tune.notes) for tune in tunes), steps])
    return _table(["family", "tunes", "commonest meters", "notes", "steps"], rows)


def _lengths(corpus: Corpus) -> str:
    of = {
        "notes": [len(tune.notes) for tune in corpus.tunes],
        "measures": [ceil(len(t) / corpus.grid.measure_ticks) for t in corpus.tokens],
        "steps": [len(tokens) for tokens in corpus.tokens],
    }
    rows = [[name, min(n), round(median(n)), max(n), sum(n)] for name, n in of.items()]
    return _table(["", "shortest", "median", "longest", "all tunes"], rows)


def _meters(corpus: Corpus) -> str:
    groups: dict[str, list[Tune]] = {}
    for tune in corpus.tunes:
        groups.setdefault(tune.meter, []).append(tune)
    common = {meter: tunes for meter, tunes in groups.items() if len(tunes) >= _RARE}
    parts = dict(sorted(common.items(), key=lambda item: -len(item[1])))
    rare = [tune for meter, tunes in groups.items() if meter not in common for tune in tunes]
    rows = []
    for name, tunes in {**parts, "others": rare, "all": corpus.tunes}.items():
        notes = [n for tune in tunes for n in places(tune, corpus.grid.measure_ticks)]
        finer = [n for tune in tunes for n in places(tune, _FINE)]
        between, still = (sum(start.denominator > 1 for start, _ in n) for n in (notes, finer))
        unheard = sum(ceil(start) == ceil(end) for start, end in notes)
        shares = (_share(count, len(notes)) for count in (between, unheard, still))
        rows.append([name, len(tunes), len(notes), *shares])
    header = ["meter", "tunes", "notes", "begin between two steps", "sound at no step"]
    return _table([*header, f"begin between two of {_FINE} steps"], rows)


def places(tune: Tune, steps_per_measure: int) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield where each note begins and ends, in steps from where its meter begins."""
    spans = [(Fraction(0), tune.meter), *((c.onset, c.meter) for c in tune.meter_changes)]
    for note in tune.notes:
        since, meter = max(span for span in spans if span[0] <= note.onset)
        step = measure_length(meter) / steps_per_measure
        yield (note.onset - since) / step, (note.onset + note.duration - since) / step


def _keys(corpus: Corpus) -> str:
    count = Counter(tune.key or "none named" for tune in corpus.tunes).most_common()
    rest = sum(n for _, n in count[_KEYS_SHOWN:])
    rows = [[key, n, _share(n, len(corpus.tunes))] for key, n in count[:_KEYS_SHOWN]]
    others = [f"others ({len(count) - _KEYS_SHOWN})", rest, _share(rest, len(corpus.tunes))]
    return _table(["key", "tunes", "share"], [*rows, *([others] if rest else [])])


def _steps(corpus: Corpus) -> str:
    tokens = corpus.dataset.tokens
    follows = sum(len(tune) - 1 for tune in corpus.tokens)
    held = sum(int((tune[1:] == tune[:-1]).sum()) for tune in corpus.tokens)
    runs = sum(len(overlap.intervals(tune, corpus.grid)) + 1 for tune in corpus.tokens)
    pitches = [note.pitch for tune in corpus.tunes for note in tune.notes]
    used = len(np.unique(tokens[tokens != REST]))
    return _table(
        ["", ""],
        [
            ["steps", len(tokens)],
            ["of them rests", _share(int((tokens == REST).sum()), len(tokens))],
            ["equal to the step before, in the same tune", _share(held, follows)],
            ["written notes", len(pitches)],
            ["notes of the grid: runs of equal steps", runs],
            ["pitches", f"{_named(min(pitches))} to {_named(max(pitches))}"],
            ["piano keys in use, of 88", used],
        ],
    )


def _split(corpus: Corpus) -> str:
    rows = []
    for part, name in enumerate(split.NAMES):
        tunes = corpus.dataset.tunes(part)
        steps = sum(len(tokens) for tokens in tunes)
        share = _share(len(tunes), len(corpus.tunes))
        rows.append([name, len(tunes), share, steps, corpus.dataset.count_targets(part)])
    return _table(["part", "tunes", "share", "steps", "targets"], rows)


def _named(pitch: int) -> str:
    """Name a MIDI pitch: 60 is C4."""
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.1f} %"


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table as Markdown; whole numbers get thousands separators."""
    cells = [[f"{c:,}" if isinstance(c, int) else str(c) for c in row] for row in rows]
    return f"{table(header, cells)}\n"


def main() -> None:
    """Print the tables."""
    print(tables(load(Path())), end="")


if __name__ == "__main__":
    with told():
        main()
