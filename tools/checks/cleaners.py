"""The program that made the corpus's MIDI files, as far as it departs from the notation.

Its habits were found by comparing all tunes; that they are the program's and not the notation's,
the notation shows. Of the notes that follow an accidental on the same note in the same measure,
322 have no sign, 129 have one that changes it back or further, and 15 repeat it (`make
check-corpus` counts them): where accidentals held for one note only, signs that change it back
would mean nothing. A tie sign has no other meaning than to tie. And no musician leaves out the
second half of 50 dances, or plays ``A :| B :|`` as A A B A A B.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from nottingham.formats.abc import reader
from nottingham.formats.abc.tokens import tokens
from nottingham.formats.notated import Bar, Score
from nottingham.formats.order import Section, parts_in_order, playing_order
from nottingham.formats.unfold import unfold
from nottingham.music.tune import Tune, measure_length

HABITS = {
    "ties": "strikes tied notes again",
    "accidentals": "lets an accidental hold for its own note only, not to the end of the measure",
    "parts": "plays only the first of the parts (P:) where no order (Y:) is given",
    "restart": "goes back from a closing repeat sign without an opening one to the start of the "
    "part, and plays all repeats on the way again",
    "reopen": "takes the first of two opening repeat signs for that of the next closing one",
    "tuplets": "moves tuplets of 16th notes onto 32nds",
    "heads": "leaves out of the chords' time what stands before a section's first chord, and fills "
    "the measure before it instead if that has a chord",
    "drift": "lets the chords run apart from its own melody: they are the same, at other times",
}
MELODY_HABITS = ["ties", "accidentals", "parts", "restart", "reopen", "tuplets"]
CHORD_HABITS = ["parts", "restart", "reopen", "heads"]


def after_accidentals(text: str) -> Counter[str]:
    """Count the notes behind an accidental on the same note, octave and measure, by their sign."""
    counts: Counter[str] = Counter()
    in_force: dict[str, str] = {}
    for kind, token in tokens(text):
        if kind == "bar":
            in_force.clear()
        found = re.match(r"([_^=]*)([A-Ga-g][,']*)", token) if kind == "note" else None
        if found is None:
            continue
        sign, note = found.groups()
        if note in in_force:
            repeats = "the same sign" if sign == in_force[note] else "another sign"
            counts[repeats if sign else "no sign"] += 1
        if sign:
            in_force[note] = sign
    return counts


def played(text: str, habits: Sequence[str], *, id: str) -> Tune:
    """Play a tune as the notation says, or with some habits of the cleaners' program."""
    if "accidentals" in habits:
        text = text.replace("\n", "\n%%propagate-accidentals not\n", 1)
    score = reader.read(text)
    if "ties" in habits:
        score = replace(score, bars=tuple(map(_untied, score.bars)))
    if "parts" in habits and "\nY:" not in text:
        second = next((i for i, s in enumerate(score.bars) if s.part and i), None)
        score = replace(score, bars=score.bars[:second], part_order="")
    order, _ = playing_order(score)
    if "restart" in habits or "reopen" in habits:
        order = _player_order(score, reopen="reopen" in habits)
    bars = [score.bars[index] for index in order]
    if "heads" in habits:
        bars = _without_heads(score.bars, order)
    score = replace(score, bars=tuple(map(_without_signs, bars)), part_order="")
    return unfold(score, id=id, source="")


def _untied(bar: Bar) -> Bar:
    return replace(bar, notes=tuple(note._replace(tied=False) for note in bar.notes))


def _player_order(score: Score, *, reopen: bool) -> list[int]:
    """List the indices of a score's bars in the order in which the program plays them."""
    return [
        index
        for part in parts_in_order(score)
        for index in _part_in_player_order(score.bars, part, reopen=reopen)
    ]


def _without_heads(bars: Sequence[Bar], order: Sequence[int]) -> list[Bar]:
    """Leave out the heads of sections, up to the first chord; fill measures with chords before."""
    kept: list[Bar] = []
    now = Fraction(0)
    in_head = False
    for previous, index in pairwise([order[0] - 1, *order]):
        bar, before = bars[index], bars[previous]
        begins = index != previous + 1 or bar.opens or bar.part
        in_head = bool(kept) and bool(in_head or begins or before.closes)
        if in_head and not bar.chords:
            continue
        measure = measure_length(kept[-1].meter if kept else bar.meter)
        if in_head and kept[-1].chords:
            kept[-1] = replace(kept[-1], length=kept[-1].length + (-now) % measure)
            now += (-now) % measure
        elif not kept:
            now = max(measure - bar.length, now)
        in_head = False
        kept.append(bar)
        now += bar.length
    return kept


def _without_signs(bar: Bar) -> Bar:
    return replace(bar, opens=False, closes=0, double=False, endings=frozenset(), part="")


def _part_in_player_order(bars: Sequence[Bar], part: range, *, reopen: bool) -> list[int]:
    order: list[int] = []
    section = Section(0)
    for index in part:
        bar = bars[index]
        if bar.opens:
            section = Section(len(order))
        if bar.endings:
            section.endings.append((bar.endings, len(order)))
        section.passes = max(section.passes, bar.closes + 1)
        order.append(index)
        ends = bar.closes or (bar.double and section.endings)
        if ends and not (index + 1 in part and bars[index + 1].endings):
            order[section.start :] = [order[i] for i in section.played(len(order))]
            section = Section(section.start if reopen else 0)
    order[section.start :] = [order[i] for i in section.played(len(order))]
    return order
