"""New tunes of so many measures, from a beginning or from nothing."""

from bisect import bisect_right
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Int, Integer

from nottingham.errors import InputError
from nottingham.generation.constraints import NOTHING, Constraints
from nottingham.generation.primer import given_back, in_key
from nottingham.generation.rhythm import Meters
from nottingham.models.base import Model
from nottingham.models.choice import AS_IT_IS, Choice
from nottingham.models.sampler import continue_tunes
from nottingham.music import keys
from nottingham.music.tune import Tune
from nottingham.representation import grid, vocabulary

MOST_BARS = 512
"""Measures of the longest tune that can be asked for."""
_OPENINGS = 16
"""Beginnings drawn for each tune that is to have a certain meter."""
_OPENING_MEASURES = 2


@dataclass(frozen=True)
class Request:
    """What is to be written."""

    bars: int
    """Measures in all, a beginning's included and an upbeat not."""
    count: int = 1
    seed: int = 1
    meter: str = ""
    """As in ``6/8``; empty: a beginning's own, else as it comes."""
    constraints: Constraints = NOTHING
    choice: Choice = AS_IT_IS


def from_primer(
    model: Model, primer: Tune, request: Request, *, steps_per_measure: int
) -> list[Tune]:
    """Continue a beginning, whose notes stay as they are but for the key that is asked for.

    Raises:
        InputError: if what is asked for does not fit the beginning.
    """
    if primer.meter_changes:
        raise InputError(
            f"{primer.source}: its meter changes to {primer.meter_changes[0].meter}; a beginning "
            "has one meter: end it before that"
        )
    if request.meter and request.meter != primer.meter:
        raise InputError(
            f"{primer.source}: it is in {primer.meter}, and a tune has one meter: ask for "
            f"--meter {primer.meter}, or leave the option out"
        )
    primer = in_key(primer, request.constraints.key)
    tokens = grid.encode(primer, steps_per_measure)
    primers = np.repeat(tokens[None], request.count, axis=0)
    ends = np.full(request.count, _end(primer, request.bars, steps_per_measure))
    if len(tokens) >= ends[0]:
        raise InputError(_no_room(primer, len(tokens), request.bars, steps_per_measure))
    written = _written(model, primers, ends, request, steps_per_measure)
    meters = [primer.meter] * request.count
    tunes = _tunes(written, ends, meters, request.constraints.key or primer.key, steps_per_measure)
    return [given_back(tune, primer, len(tokens), steps_per_measure) for tune in tunes]


def _no_room(primer: Tune, steps: int, bars: int, steps_per_measure: int) -> str:
    """Return the message for a beginning of so many steps that leaves none to be written."""
    behind_upbeat = steps - _end(primer, 0, steps_per_measure)
    least = behind_upbeat // steps_per_measure + 1
    filled = -(-steps // steps_per_measure) - bool(primer.upbeat)
    remedy = f"ask for --bars {least} or more"
    if least > MOST_BARS:
        remedy = f"{MOST_BARS} is the most, so shorten it to {MOST_BARS - 1} or fewer"
    return (
        f"{primer.source}: its {filled} measures leave none to be written, as --bars {bars} counts "
        f"them too; {remedy}"
    )


def from_nothing(
    model: Model, meters: Meters, request: Request, *, steps_per_measure: int
) -> list[Tune]:
    """Write tunes from the first step on.

    Of several openings, each tune takes the first whose rhythm is usual in the meter that is asked
    for, if there is one.

    Args:
        model: what writes.
        meters: the rhythms of the meters to choose from.
        request: what is to be written.
        steps_per_measure: the grid.

    Raises:
        InputError: if there is no such meter among ``meters``.
    """
    if request.meter and request.meter not in meters.names:
        raise InputError(
            f"--meter {request.meter}: the model was trained on no such tunes; name one of "
            f"{', '.join(meters.names)}"
        )
    primers, found = _openings(model, meters, request, steps_per_measure)
    openings = [
        Tune("", "", meter, "", grid.decode(tokens, meter, steps_per_measure), (), "")
        for tokens, meter in zip(primers, found, strict=True)
    ]
    ends = np.array([_end(tune, request.bars, steps_per_measure) for tune in openings])
    written = _written(model, primers, ends, request, steps_per_measure)
    return _tunes(written, ends, found, request.constraints.key, steps_per_measure)


def _openings(
    model: Model, meters: Meters, request: Request, steps_per_measure: int
) -> tuple[Integer[np.ndarray, "tunes steps"], list[str]]:
    """Draw the first measures of each tune, and say in which meter they are."""
    steps = steps_per_measure * max(1, min(_OPENING_MEASURES, request.bars - 1))
    drawn = request.count * _OPENINGS
    wish = replace(request.constraints, ends_on_tonic=False)
    opened = continue_tunes(
        model,
        np.zeros((drawn, 0), np.uint8),
        steps=steps,
        seed=(request.seed, 0),
        carry=True,
        choice=request.choice,
        allowed=wish.allowed(np.array([steps]), first=0, steps_per_measure=steps_per_measure),
    )
    likely, usual = meters.judge(opened)
    sounds = (opened[:, :steps_per_measure] != vocabulary.REST).any(axis=1)
    wanted = meters.names.index(request.meter) if request.meter else likely.argmax(axis=1)
    rows = np.arange(drawn)
    fits = np.minimum(likely[rows, wanted], 0.5)  # rather of this meter than not is enough
    fits = np.where(sounds, fits + usual[rows, wanted], 0.0).reshape(-1, _OPENINGS)
    chosen = np.arange(request.count) * _OPENINGS + fits.argmax(axis=1)
    names = [request.meter or meters.names[k] for k in likely[chosen].argmax(axis=1)]
    return opened[chosen], names


def _end(begun: Tune, bars: int, steps_per_measure: int) -> int:
    """Count the steps of a tune in all: its last measure makes up for an upbeat."""
    if not begun.upbeat:
        return bars * steps_per_measure
    moments = grid.moments(begun.meter, steps_per_measure)
    return bars * steps_per_measure + bisect_right(moments, begun.notes[0].onset) - 1


def _written(
    model: Model,
    primers: Integer[np.ndarray, "tunes steps"],
    ends: Int[np.ndarray, " tunes"],
    request: Request,
    steps_per_measure: int,
) -> Integer[np.ndarray, "tunes time"]:
    first = primers.shape[1]
    allowed = request.constraints.allowed(ends, first=first, steps_per_measure=steps_per_measure)
    return continue_tunes(
        model,
        primers,
        steps=int(ends.max()) - first,
        seed=(request.seed, 1),
        carry=True,
        choice=request.choice,
        allowed=_to_the_end(allowed, ends, first=first, steps_per_measure=steps_per_measure),
    )


def _to_the_end(
    allowed: Bool[np.ndarray, "steps tunes vocabulary"],
    ends: Int[np.ndarray, " tunes"],
    *,
    first: int,
    steps_per_measure: int,
) -> Bool[np.ndarray, "steps tunes vocabulary"]:
    """Have the last measure begin with a note: with rests alone, it would be no measure."""
    barlines = (ends - 1) // steps_per_measure * steps_per_measure - first
    (new,) = np.nonzero(barlines >= 0)
    allowed = allowed.copy()
    allowed[barlines[new], new, vocabulary.REST] = False
    return allowed


def _tunes(
    written: Integer[np.ndarray, "tunes time"],
    ends: Int[np.ndarray, " tunes"],
    meters: list[str],
    key: str,
    steps_per_measure: int,
) -> list[Tune]:
    tunes = []
    for tokens, end, meter in zip(written, ends, meters, strict=True):
        notes = grid.decode(tokens[:end], meter, steps_per_measure)
        tunes.append(Tune("", "", meter, key or keys.find(notes), notes, (), ""))
    return tunes
