"""Measures of a tune written again, so that they fit what stands before and behind them.

Particles write the measures; each is weighed by the probability that a model gives to all that
follows them. Where the tune's sections bring the same measures again, these are written alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from nottingham.errors import InputError
from nottingham.generation import headed, particles
from nottingham.generation.constraints import NOTHING
from nottingham.generation.particles import Again, Free, Given, Plan, Written
from nottingham.models.base import Model
from nottingham.models.sampling import SamplingConfig
from nottingham.music import forms, measures
from nottingham.music.timeline import SECTION, timeline
from nottingham.music.tune import Note, Tune, measure_length
from nottingham.representation import Representation
from nottingham.representation.base import Heading

PARTICLES = 64
"""More than for a tune from nothing: what follows the measures decides between them."""
_RUNS, _WARMER = 4, 1.25
"""Times that particles are written where too few of them differ, each at a higher temperature."""
_LEAST = 1e-300
"""A weight below this counts as this."""


@dataclass(frozen=True)
class Suggestion:
    """A tune with new measures."""

    tune: Tune
    bits: float
    """The surprisal of the whole tune, in bits, given its header."""

    @property
    def bits_a_note(self) -> float:
        """Its surprisal by its notes."""
        return self.bits / len(self.tune.notes)


def rewrite(
    model: Model,
    tune: Tune,
    bars: tuple[int, int],
    *,
    count: int,
    seed: int,
    sampling: SamplingConfig,
    everywhere: bool,
) -> list[Suggestion]:
    """Write measures of a tune again, each time otherwise than they were.

    Args:
        model: what predicts, of notes.
        tune: all else of which stays as it is.
        bars: the first and the last measure to be written; the first full measure is 1.
        count: suggestions, or fewer, if fewer are found.
        seed: the same seed writes the same measures.
        sampling: how tokens are drawn; where too few tunes differ, the temperature rises.
        everywhere: whether the measures are written alike where the section comes again. If only
            the upbeat to the next section differs, both upbeats stay.

    Returns:
        Different tunes, in the order of their bits a note.

    Raises:
        InputError: if the tune has no such measures, or none that can be written.
    """
    representation, model = model.representation, model.unbounded().eager()
    if not representation.vocabulary.headers:
        raise InputError(
            "measures are written by models of notes; choose one, as --model note-lstm"
        )
    planned = plan(tune, bars, representation, everywhere=everywhere)
    ends = [end for _, end in _places(tune, bars, everywhere=everywhere)]
    known = {tune.notes, _struck_again(tune.notes, ends)}
    found: dict[tuple[Note, ...], tuple[Tune, np.ndarray]] = {}
    for run in range(_RUNS):
        warmer = replace(sampling, temperature=sampling.temperature * _WARMER**run)
        written = particles.write(
            model, planned, seed=[seed, run], config=warmer, particles=PARTICLES
        )
        for row in _drawn(written, np.random.default_rng([seed, run, 1])):
            new = replace(tune, notes=representation.decode(row, tune).notes)
            if new.notes not in known and len(found) < count:
                found.setdefault(new.notes, (new, row))
        if len(found) == count:
            break
    tunes = list(found.values())
    bits = _surprisal([row for _, row in tunes], model)
    suggested = [Suggestion(new, b) for (new, _), b in zip(tunes, bits, strict=True)]
    return sorted(suggested, key=lambda one: one.bits_a_note)


def surprisal(model: Model, tune: Tune) -> float:
    """Return the bits of a whole tune, given its header.

    Raises:
        InputError: if the model's representation cannot write the tune.
    """
    (bits,) = _surprisal([model.representation.encode(tune)], model)
    return bits


def _surprisal(rows: Sequence[np.ndarray], model: Model) -> list[float]:
    headers = model.representation.vocabulary.headers
    return [
        float(-scored[range(headers, len(row)), row[headers:]].sum(dtype=np.float64) / np.log(2))
        for row, scored in zip(rows, model.score(rows), strict=True)
    ]


def _drawn(written: Written, draw: np.random.Generator) -> list[np.ndarray]:
    """Return different particles, drawn one after the other in proportion to the weights."""
    weights: dict[bytes, float] = {}
    for tokens, weight in zip(written.tokens, written.weights.tolist(), strict=True):
        weights[tokens.tobytes()] = weights.get(tokens.tobytes(), 0.0) + weight
    keys = [np.log(max(weight, _LEAST)) + draw.gumbel() for weight in weights.values()]
    ordered = [tokens for _, tokens in sorted(zip(keys, weights, strict=True), reverse=True)]
    return [np.frombuffer(tokens, written.tokens[0].dtype) for tokens in ordered]


def _places(
    tune: Tune, bars: tuple[int, int], *, everywhere: bool
) -> list[tuple[Fraction, Fraction]]:
    """Return where the measures to be written begin and end, in quarter notes."""
    if tune.meter_changes:
        raise InputError(
            f"{tune.source}: its meter changes to {tune.meter_changes[0].meter}; only measures of "
            "tunes in one meter are written"
        )
    first, last = bars
    total = measures.count(tune)
    if not 1 <= first <= last <= total:
        raise InputError(
            f"{tune.source}: there are no measures {first}-{last}: its measures are 1 to {total}, "
            "an upbeat not counted; name some of these, the first one first"
        )
    start, end = measures.start(tune, first - 1), measures.start(tune, last)
    if not everywhere:
        return [(start, end)]
    # the upbeat to the next section may differ: then both stay
    ends = [end, end - tune.upbeat] if start < end - tune.upbeat < end else [end]
    found = (_again(tune, start, one) for one in ends)
    return next((places for places in found if len(places) > 1), [(start, end)])


def _again(tune: Tune, start: Fraction, end: Fraction) -> list[tuple[Fraction, Fraction]]:
    """Return a place, and where it comes again with its section, none of which overlap."""
    section = SECTION * measure_length(tune.meter)
    most, found = int(tune.end / section), [(start, end)]
    for lag in sorted((k * section for k in range(-most, most + 1) if k), key=abs):
        apart = all(abs(start + lag - other) >= end - start for other, _ in found)
        if apart and _is_again(tune, (start, end), lag):
            found.append((start + lag, end + lag))
    return sorted(found)


def _struck_again(notes: Sequence[Note], moments: Sequence[Fraction]) -> tuple[Note, ...]:
    """Return notes of which those that are held over some moments begin again there."""
    found: list[Note] = []
    for note in notes:
        end = note.onset + note.duration
        edges = [note.onset, *sorted(m for m in moments if note.onset < m < end), end]
        found += [Note(one, other - one, note.pitch) for one, other in pairwise(edges)]
    return tuple(found)


def _is_again(tune: Tune, place: tuple[Fraction, Fraction], lag: Fraction) -> bool:
    """Return whether a section comes again after some time, or before, and a place in it with it.

    No note may begin before such a place, or go on after it.
    """
    start, end = place
    own, other = _between(tune, start, end), _between(tune, start + lag, end + lag)
    inside = all(start <= n.onset and n.onset + n.duration <= end for n in own)
    if not own or not inside or start + lag < 0:
        return False
    if [replace(n, onset=n.onset + lag) for n in own] != other:
        return False
    laid = timeline(tune)
    section = SECTION * laid.measure
    later = int(max(start, start + lag) * laid.quarter)
    begin = laid.first + (later - laid.first) // section * section
    alike = laid.alike(begin, min(begin + section, laid.end), int(abs(lag) * laid.quarter))
    return (alike or 0.0) >= forms.ALIKE


def _between(tune: Tune, start: Fraction, end: Fraction) -> list[Note]:
    """Return the notes that sound between two moments."""
    return [n for n in tune.notes if n.onset < end and start < n.onset + n.duration]


def plan(
    tune: Tune, bars: tuple[int, int], representation: Representation, *, everywhere: bool
) -> Plan:
    """Lay out what is given of a tune, and what is to be written; see `rewrite`."""
    places = _places(tune, bars, everywhere=everywhere)
    heading, vocabulary = Heading.of(tune), representation.vocabulary
    tune = replace(tune, key=heading.key)
    start, end = places[0]
    held = max((n.onset + n.duration for n in tune.notes if n.onset < start), default=start)
    if held >= end:
        raise InputError(
            f"{tune.source}: a note before these measures is held over all of them; name earlier "
            "ones too"
        )
    before = _tokens(tune, Fraction(0), max(start, held), representation)
    spans: list[Given | Free | Again] = []
    for number, (_, end) in enumerate(places):
        spans.append(Again(0) if number else Free(representation.tick_of(end, tune.meter)))
        until = places[number + 1][0] if number + 1 < len(places) else None
        if until is not None and until > end:
            spans.append(Given(_tokens(tune, end, until, representation)))
    if tune.end > end:
        spans.append(Given(_tokens(tune, end, None, representation)))
    elif len(places) > 1:
        spans.append(Given((int(np.argmax(vocabulary.ends)),)))
    else:
        spans = [Free()]
    header = representation.header(heading).tolist()
    constraints = headed.under_headers(NOTHING, [heading], representation)
    return Plan(heading, (*header, *before), tuple(spans), constraints)


def _tokens(
    tune: Tune, start: Fraction, until: Fraction | None, representation: Representation
) -> tuple[int, ...]:
    """Write what sounds between two moments as tokens, without a header.

    A note that has begun before begins again.

    Args:
        tune: whose notes.
        start: a barline, or 0.
        until: None: the end, which is written too.
        representation: of the tokens.
    """
    notes = []
    for note in tune.notes:
        begin, end = max(note.onset, start), note.onset + note.duration
        if begin < end and (until is None or begin < until):
            notes.append(Note(begin - start, end - begin, note.pitch))
    if until is not None:  # one more, to be left out again, so that rests before it are written
        notes.append(Note(until - start, Fraction(1), tune.notes[0].pitch))
    piece = replace(tune, notes=tuple(notes), chords=(), further_voices=())
    tokens = representation.encode(piece)[representation.vocabulary.headers :]
    if until is None:
        return tuple(tokens.tolist())
    reached = np.cumsum(representation.vocabulary.ticks[tokens])
    kept = int(np.searchsorted(reached, representation.tick_of(until - start, tune.meter))) + 1
    return tuple(tokens[: kept if until > start else 0].tolist())
