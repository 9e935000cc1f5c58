"""A thousand tunes written by trained models, read back from MIDI, ABC and MusicXML.

Each tune must obey what was asked for, to the measure and the note (of a key a model of notes is
asked for the name, one of a grid for the scale as well); each of its files must hold
the same notes, meter and key for this project's readers, for music21 (whose measures must have the
right length), for a musician who goes by the accidentals that MusicXML prints, none of which may be
needless, and, where it is installed, for abc2midi.

    python -m tools.checks.generated --tunes 1000 --seed 1     # by two models; needs make repro
    python -m tools.checks.generated --models note-copy
"""

import argparse
import random
import shutil
import sys
import tempfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, chain, islice
from pathlib import Path

from nottingham.cli.project import choose
from nottingham.cli.writer import Writer
from nottingham.corpus import collection
from nottingham.errors import exit_on_error
from nottingham.formats import writers
from nottingham.formats.abc import reader
from nottingham.formats.unfold import unfold
from nottingham.generation import titles
from nottingham.generation.constraints import Constraints
from nottingham.generation.request import Request
from nottingham.models.sampling import SamplingConfig
from nottingham.music import keys
from nottingham.music.dances import is_usual
from nottingham.music.tune import Note, Tune, measure_length
from tools.checks import listeners, printed
from tools.checks.listeners import Heard

TOGETHER = 20
"""Tunes of one request."""
SHOWN = 2
"""Failures of each claim that are printed in full."""
_STEP = Fraction(1, 8)
"""Of a measure."""
_METERS = ("", "6/8", "4/4", "3/4", "2/4", "9/8", "3/2", "2/2", "6/4")
_DANCES = ("", "jig", "slip jig", "reel", "hornpipe", "waltz", "polka")
_FORMS = {8: ("A",), 16: ("AA", "AB"), 32: ("AABB", "ABAB", "AABA", "ABAC", "ABCD", "AABC")}
"""By the measures of the tune."""
_KEYS = (
    *("", "D major", "G major", "Bb major", "F# major", "E minor", "C minor", "Eb minor"),
    *("A dorian", "D mixolydian", "E phrygian", "F lydian", "B aeolian"),
)
_BARS = (8, 12, 16, 32)
_RANGES = ((21, 108), (57, 83), (60, 73))
_SAMPLING = (
    SamplingConfig(),
    SamplingConfig(0.8),
    SamplingConfig(1.2),
    SamplingConfig(top_k=5),
    SamplingConfig(1.1, top_p=0.9),
)
_PRIMERS = {
    "jig": "M:6/8\nL:1/8\nK:G\nD | G2 B AGF | G3 d2 z |",
    "reel": "M:4/4\nL:1/8\nK:D\nFG | A2 FA dAFA | (3Bcd e>d c4- | c2 A2 |",
    "waltz": "M:3/4\nL:1/4\nK:Bb\nB/c/ | d2 c | B3/2 A/ G | F3 |",
    "slip jig": "M:9/8\nL:1/8\nK:Edor\nB | E2 F G2 A BAG | F2 D",
    "polka": "M:2/4\nL:1/8\nK:A\nE | A>B ce | (3efe c2 | dc",
    "minuet": "M:3/2\nL:1/4\nK:Dm\nA3 | d2 c B A2 | F/G/ A",
    "five": "M:5/4\nL:1/4\nK:C\n(3c/d/e/ | c2 G A3/2 B/ | c",
    "note": "M:4/4\nL:1/16\nK:Emix\nE",
}
"""Beginnings, with upbeats and without, some of which end within a measure or off the grid."""


@dataclass(frozen=True)
class Order:
    """What is asked for, from the first note on or from a beginning."""

    request: Request
    primer: str = ""
    """One of `_PRIMERS`; empty: none."""
    has_header: bool = False
    """Whether what is asked for is a condition of the model."""


def orders(seed: int) -> Iterator[Order]:
    """Draw orders without end."""
    draw = random.Random(seed)
    while True:
        primer = draw.choice([""] * 2 * len(_PRIMERS) + list(_PRIMERS))
        key = "" if primer else draw.choice(_KEYS)
        lowest, highest = (21, 108) if primer else draw.choice(_RANGES)
        bars, dance = draw.choice(_BARS), draw.choice(_DANCES)
        if dance == "polka" and primer:  # of which no training tune is named, but by its meter
            dance = ""
        meter = "" if primer else draw.choice(("", "2/4") if dance == "polka" else _METERS)
        of_all = begun(primer).meter if primer else meter
        if dance and of_all and not is_usual(dance, of_all):  # which is refused
            dance, meter = ("", meter) if primer or draw.random() < 0.5 else (dance, "")
        request = Request(
            bars=bars,
            count=TOGETHER,
            seed=draw.randrange(2**32),
            meter=meter,
            dance=dance,
            form="" if primer else draw.choice(("", *_FORMS.get(bars, ("",)))),
            constraints=Constraints(
                key,
                lowest=lowest,
                highest=highest,
                ends_on_tonic=bool(key) and draw.random() < 0.5,
            ),
            sampling=draw.choice(_SAMPLING),
        )
        yield Order(request, primer)


def begun(name: str) -> Tune:
    """Read a beginning."""
    return unfold(reader.read(f"X:1\nT:{name}\n{_PRIMERS[name]}\n"), id=f"{name}/1", source=name)


def examined(tune: Tune, order: Order, folder: Path) -> dict[str, str]:
    """Examine a tune and its files: what is claimed, and what is wrong; nothing where it holds.

    Of a file that music21 cannot read, which is its own limit, it has nothing to say.
    """
    abc, mid, xml = writers.write(tune, folder / "tune", ["abc", "mid", "musicxml"])
    found = dict(_obeys(tune, order))
    for path in (abc, mid, xml):
        found[f"{path.suffix[1:]} reads back"] = _reads_back(tune, path)
    for path in (abc, xml):
        notation = path.suffix[1:]
        if by_music21 := listeners.music21(path.read_text(), notation):
            melody, bars = _from_barline(tune), _bars(tune, order)
            found[f"music21: {notation}, notes"] = listeners.difference(by_music21.notes, melody)
            found[f"music21: {notation}, measures"] = _differs(by_music21.bars, bars)
            found[f"music21: {notation}, silent"] = _said(by_music21)
    heard = printed.heard(xml.read_text())
    found["signs as printed: notes"] = listeners.difference(heard.notes, _from_barline(tune))
    found["signs as printed: none needless"] = _said(heard)
    if shutil.which("abc2midi"):
        heard = listeners.abc2midi(abc.read_text(), folder)
        found["abc2midi: notes"] = listeners.difference_as_played(heard.notes, _from_barline(tune))
        found["abc2midi: silent"] = _said(heard)
    return found


def _obeys(tune: Tune, order: Order) -> Iterator[tuple[str, str]]:
    """Compare a tune with what was asked for, without the code that saw to it."""
    wish = order.request.constraints
    pitches = {note.pitch for note in tune.notes}
    if order.primer:
        first = begun(order.primer)
        kept = tune.notes[: len(first.notes) - 1] == first.notes[:-1]
        last = tune.notes[len(first.notes) - 1]
        kept &= last.onset == first.notes[-1].onset and last.pitch == first.notes[-1].pitch
        yield "its beginning is as given", "" if kept else "it is not"
    if order.request.dance and order.has_header:
        named = "" if tune.rhythm == order.request.dance else f"it is a {tune.rhythm}"
        yield "the dance is as asked for", named
    if wish.key:
        yield "the key is as asked for", "" if tune.key == wish.key else f"it is {tune.key}"
    if wish.key and not order.has_header:
        strange = {pitch for pitch in pitches if pitch % 12 not in keys.scale(wish.key)}
        yield "notes are of the key", f"{sorted(strange)} are not" if strange else ""
    yield "there are as many measures", _too_long_or_short(tune, order)
    outside = {pitch for pitch in pitches if not wish.lowest <= pitch <= wish.highest}
    yield "notes are in the range", f"{sorted(outside)} are not" if outside else ""
    if wish.ends_on_tonic:
        yield "it ends on the tonic", _ends_otherwise(tune, order)
    if order.request.form:
        yield "the form is as asked for", _formed_otherwise(tune, order.request.form)
    wanted = order.request.meter or (begun(order.primer).meter if order.primer else tune.meter)
    yield "the meter is as asked for", "" if tune.meter == wanted else f"it is {tune.meter}"
    pairs = zip(tune.notes, tune.notes[1:], strict=False)
    overlap = any(first.onset + first.duration > second.onset for first, second in pairs)
    yield "notes do not overlap", "they do" if overlap else ""


def _too_long_or_short(tune: Tune, order: Order) -> str:
    """Return where a tune ends that does not within the last of its measures."""
    last = _end(tune, order)
    least = last - _bars(tune, order)[-1]
    return "" if least < tune.end <= last else f"it ends at {tune.end}, not after {least} to {last}"


def _end(tune: Tune, order: Order) -> Fraction:
    """Return the latest that a tune may end: the last measure makes up for an upbeat."""
    whole, bars = measure_length(tune.meter), order.request.bars
    return bars * whole + (tune.upbeat and whole - tune.upbeat)


def _ends_otherwise(tune: Tune, order: Order) -> str:
    """Return how a tune does not end on the tonic, on a grid for the last half measure."""
    tonic, last = keys.tonic(tune.key), tune.notes[-1]
    if order.has_header:
        return "" if last.pitch % 12 == tonic else f"it ends with {last}"
    whole, end = measure_length(tune.meter), _end(tune, order)
    closing = [n for n in tune.notes if n.onset + n.duration > end - whole / 2 + whole * _STEP]
    if tune.end == end and {note.pitch % 12 for note in closing} == {tonic}:
        return ""
    return f"it ends with {closing}, at {tune.end} of {end}"


def _formed_otherwise(tune: Tune, form: str) -> str:
    """Return what form a tune has instead: two sections are alike for three quarters of the time.

    Moments a 48th of a quarter note apart are compared.
    """
    ticks: list[int | None] = []
    for note in tune.notes:
        ticks += [None] * (int(note.onset * 48) - len(ticks))
        ticks += [note.pitch] * int(note.duration * 48)
    measure = int(measure_length(tune.meter) * 48)
    first, section = measure if tune.upbeat else 0, 8 * measure
    sections = [ticks[first + k * section :][:section] for k in range(len(form))]
    found = ""
    for number, own in enumerate(sections):
        own += [None] * (8 * measure - len(own))
        alike = (
            letter
            for letter, other in zip(found, sections, strict=False)
            if sum(a == b for a, b in zip(own, other, strict=False)) >= 0.75 * len(own)
        )
        found += next(alike, "ABCD"[len(set(found))]) if number else "A"
    return "" if found == form else f"it is {found}"


def _reads_back(tune: Tune, path: Path) -> str:
    (notation,) = collection.find_notation(path)
    back = collection.read_one(notation)
    if not isinstance(back, Tune):
        return back.reason
    if back.meter != tune.meter or back.meter_changes:
        return f"its meter is {back.meter}, not {tune.meter}"
    modal = tune.key.partition(" ")[2] not in ("major", "minor")
    if back.key != tune.key and not (path.suffix == ".mid" and modal):  # MIDI knows two modes
        return f"its key is {back.key!r}, not {tune.key!r}"
    return listeners.difference(back.notes, tune.notes)


def _from_barline(tune: Tune) -> list[Note]:
    """Return the notes of a tune as files have them, which leave out the rest before an upbeat."""
    rest = measure_length(tune.meter) - tune.upbeat if tune.upbeat else Fraction(0)
    return [replace(note, onset=note.onset - rest) for note in tune.notes]


def _bars(tune: Tune, order: Order) -> tuple[Fraction, ...]:
    """Return the lengths that measures should have.

    The last one makes up for an upbeat, where the tune ends by then.
    """
    whole, upbeat, bars = measure_length(tune.meter), tune.upbeat, order.request.bars
    if not upbeat:
        return (whole,) * bars
    made_up = tune.end <= (bars + 1) * whole - upbeat
    return (upbeat, *(whole,) * (bars - 1), whole - upbeat if made_up else whole)


def _differs(heard: tuple[Fraction, ...], wanted: tuple[Fraction, ...]) -> str:
    """Return how the barlines are not those wanted.

    A repeat sign may stand within a measure, where a section has an upbeat: it splits one measure
    each time that the section, of four measures at least, is played.
    """
    found, needed = list(accumulate(heard)), [Fraction(0), *accumulate(wanted)]
    missing = [moment for moment in needed[1:-1] if moment not in found]
    if missing:
        return f"no barline at {' '.join(map(str, missing))}"
    if not needed[-2] < found[-1] <= needed[-1]:
        return f"the last barline is at {found[-1]}, not at {needed[-1]}"
    within = Counter(bisect_left(needed, moment) for moment in found[:-1] if moment not in needed)
    if max(within.values(), default=0) > 1 or len(within) > 1 + len(wanted) // 4:
        return f"barlines at {' '.join(map(str, found))}, wanted at {' '.join(map(str, needed))}"
    return ""


def _said(heard: Heard) -> str:
    return "; ".join(heard.complaints)


def written(model: str, seed: int) -> Iterator[tuple[int, Tune, Order]]:
    """Let a model write tunes without end: each with its number in its order."""
    used = choose(model, Path())
    has_header = bool(used.model.representation.vocabulary.headers)
    for order in orders(seed):
        if not has_header:
            order = replace(order, request=replace(order.request, dance="", form=""))
        order = replace(order, has_header=has_header)
        writer = Writer(used, begun(order.primer) if order.primer else None)
        drawn = writer.tunes(order.request)
        if drawn.unmet:
            print(f"{drawn.unmet} of {drawn.tries} without the form or ending of {order}")
        for number, tune in enumerate(drawn.tunes):
            title = titles.title(order.request.seed, number + 1, tune.rhythm)
            yield number, replace(tune, title=title, credit=f"tune {number} of a check"), order


def main() -> None:
    """Examine the tunes, print the table, name failures, and fail if there are any."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tunes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--models", nargs="+", default=["note-lstm", "tune-lstm"])
    chosen = parser.parse_args()
    held: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    each = -(-chosen.tunes // len(chosen.models))
    tunes = (islice(written(model, chosen.seed), each) for model in chosen.models)
    for number, tune, order in chain.from_iterable(tunes):
        with tempfile.TemporaryDirectory() as folder:
            for claim, fault in examined(tune, order, Path(folder)).items():
                held[claim] += not fault
                failed[claim] += bool(fault)
                if fault and failed[claim] <= SHOWN:
                    print(f"{claim}: {fault}\n    tune {number} of {order}")
    print("\n| claim | holds | fails |\n| --- | ---: | ---: |")
    for claim in held:
        print(f"| {claim} | {held[claim]} | {failed[claim]} |")
    if failed.total():
        sys.exit(f"error: {failed.total()} claims do not hold")


if __name__ == "__main__":
    with exit_on_error():
        main()
