"""Tunes of models with a header, by particles: what is requested conditions them."""

from dataclasses import replace

import numpy as np
from jaxtyping import Integer

from nottingham.generation import headed, particles
from nottingham.generation.headed import Conditions
from nottingham.generation.particles import Free, Plan
from nottingham.generation.potentials import EndsOnTonic, Form, Potential
from nottingham.generation.request import Request
from nottingham.models.base import Model
from nottingham.music import dances, forms, keys
from nottingham.music.tune import Tune
from nottingham.representation.base import Heading

_USUAL = 57, 83
"""MIDI: the 5th percentile of training tunes' lowest notes, the 95th of their highest."""
_OCTAVE = 12


def from_nothing(model: Model, request: Request) -> list[Tune]:
    """Write tunes from the first note on.

    For an unusual range, they are written in octaves that are usual, and transposed to it.

    Raises:
        InputError: if the model has no notes for them in the range that is requested.
    """
    asked = request.constraints
    lift = _lift(asked.lowest, asked.highest)
    moved = replace(asked, lowest=asked.lowest + lift, highest=asked.highest + lift)
    written = _written(
        model, conditions(request), replace(request, constraints=moved), np.zeros(0, int)
    )
    return [
        replace(t, notes=tuple(replace(n, pitch=n.pitch - lift) for n in t.notes)) for t in written
    ]


def _lift(lowest: int, highest: int) -> int:
    """Return the octaves, in semitones, that bring the most of a range into the usual one."""

    def inside(lift: int) -> int:
        return min(highest + lift, _USUAL[1]) - max(lowest + lift, _USUAL[0])

    return max(
        range(-6 * _OCTAVE, 7 * _OCTAVE, _OCTAVE), key=lambda lift: (inside(lift), -abs(lift))
    )


def from_primer(model: Model, primer: Tune, request: Request) -> list[Tune]:
    """Continue a primer under a header, which says what it is and what is requested.

    Raises:
        InputError: if the model has no notes for it in the range that is requested.
    """
    own = Heading.of(primer)
    wanted = replace(
        conditions(request),
        dance=request.dance or own.dance or None,
        meter=primer.meter,
        key=own.key,
    )
    return _written(model, wanted, request, headed.notes_of(primer, model.representation))


def conditions(request: Request) -> Conditions:
    """Return what a request says of the header."""
    return Conditions(
        request.bars,
        dance=request.dance or None,
        meter=request.meter or None,
        key=request.constraints.key or None,
        form=request.form or None,
        ends_on_tonic=request.constraints.ends_on_tonic,
        corpus=request.corpus or None,
    )


def _written(
    model: Model, wanted: Conditions, request: Request, notes: Integer[np.ndarray, " time"]
) -> list[Tune]:
    """Write tunes, each under a header of its own.

    Args:
        model: what predicts.
        wanted: of the headers.
        request: what is to be generated.
        notes: the tokens of the beginning that all tunes have, without a header.
    """
    representation, model = model.representation, model.unbounded().eager()
    found = []
    for number in range(request.first, request.first + request.count):
        seed = [request.seed, number]
        heading = headed.heading(model, wanted, seed=[*seed, 0], notes=notes)
        plan = Plan(
            heading,
            (*representation.header(heading).tolist(), *notes.tolist()),
            (Free(may_hold=True),),
            headed.under_headers(request.constraints, [heading], representation),
            # the form in a primer's header is enforced, else the primer is only copied
            potentials(replace(request, form=heading.form) if len(notes) else request, heading),
        )
        written = particles.write(model, plan, seed=[*seed, 1], config=request.sampling)
        tokens = written.draw(np.random.default_rng([*seed, 2]))
        blank = Tune("", "", heading.meter, heading.key, (), (), "")
        tune = representation.decode(tokens, blank)
        fits = request.dance or dances.is_usual(tune.rhythm, tune.meter)
        found.append(tune if fits else replace(tune, rhythm=""))
    return found


def potentials(request: Request, heading: Heading) -> tuple[Potential, ...]:
    """Return the potentials of a request for a tune with a heading."""
    found: list[Potential] = [Form(request.form)] if request.form else []
    if request.constraints.ends_on_tonic:
        found.append(EndsOnTonic(keys.tonic(heading.key)))
    return tuple(found)


def meets(tune: Tune, request: Request) -> bool:
    """Return whether a tune has the form and the ending that are requested, if they are."""
    if request.form and forms.plan(tune)[0] != request.form:
        return False
    closes = tune.notes[-1].pitch % 12 == keys.tonic(tune.key) if tune.notes else False
    return closes or not request.constraints.ends_on_tonic
