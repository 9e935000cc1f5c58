"""Tunes of a requested length, generated from a primer or from nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Int, Integer

from nottingham.errors import InputError
from nottingham.generation import conditioned, headed
from nottingham.generation.constraints import Constraints
from nottingham.generation.headed import Conditions
from nottingham.generation.primer import in_key, restored
from nottingham.generation.request import MOST_BARS, Request
from nottingham.generation.rhythm import Meters
from nottingham.models.base import Model
from nottingham.models.sampling import Limits, SamplingConfig, generate
from nottingham.music import dances, keys, measures
from nottingham.music.tune import Tune, measure_length
from nottingham.representation import Representation

_LONGEST = 64
"""Measures of the longest tune that is written to be judged: few real ones are longer."""
_OPENINGS = 16
"""Openings drawn for each tune, to choose one in the requested meter."""
_OPENING_MEASURES = 2


def from_primer(model: Model, primer: Tune, request: Request) -> list[Tune]:
    """Continue a primer, whose notes stay as they are, transposed to the requested key.

    The last of them may be held on.

    Raises:
        InputError: if the request does not fit the primer, or the model.
    """
    _check_header(request, model.representation)
    if primer.meter_changes:
        raise InputError(
            f"{primer.source}: its meter changes to {primer.meter_changes[0].meter}; a primer "
            "has one meter: end it before that"
        )
    if request.meter and request.meter != primer.meter:
        raise InputError(
            f"{primer.source}: it is in {primer.meter}, and a tune has one meter: ask for "
            f"--meter {primer.meter}, or leave the option out"
        )
    primer = in_key(primer, request.constraints.key)
    representation = model.representation
    if representation.vocabulary.headers:
        _check_meter(primer.meter, primer.source, representation)
        if measures.count(primer) >= request.bars:
            ticks = representation.tick_of(primer.end, primer.meter)
            raise InputError(_no_room(primer, ticks, request.bars, representation))
        return conditioned.from_primer(model, primer, request)
    tokens = representation.encode(primer)
    end = _end(primer, request.bars, representation)
    if len(tokens) >= end:
        raise InputError(_no_room(primer, len(tokens), request.bars, representation))
    every = request.first + request.count
    primers = np.repeat(tokens[None], every, axis=0)
    generated = _continue(model, primers, np.full(every, end), request)[request.first :]
    heading = Tune("", "", primer.meter, request.constraints.key or primer.key, (), (), "")
    tunes = [_tune(row, end, heading, representation) for row in generated]
    return [restored(tune, primer, len(tokens), representation) for tune in tunes]


def _check_header(request: Request, representation: Representation) -> None:
    """Refuse what a header cannot ask for, or only a header can, where there is none.

    Raises:
        InputError: naming it.
    """
    if request.corpus and request.corpus not in representation.corpora:
        known = ", ".join(representation.corpora)
        remedy = f"name one of {known}" if known else "it knows one alone; leave the option out"
        raise InputError(f"--corpus {request.corpus}: the model knows no such corpus; {remedy}")
    if not representation.vocabulary.headers:
        for option, wish in (("--dance", request.dance), ("--form", request.form)):
            if wish:
                raise InputError(
                    f"{option} {wish}: a condition that models of the grid do not take; choose "
                    "one of notes, as --model note-lstm, or leave it out"
                )
        if request.constraints.ends_on_tonic and not request.constraints.key:
            raise InputError("--end-on-tonic: the tonic of which key? name it, as in --key D")


def _check_meter(meter: str, source: str, representation: Representation) -> None:
    """Refuse a meter that no header can name.

    Raises:
        InputError: saying where it is from.
    """
    if meter not in representation.vocabulary.names:
        raise InputError(f"{source}: no token of the model's names the meter {meter}; take another")


def _no_room(primer: Tune, ticks: int, bars: int, representation: Representation) -> str:
    """Return the message for a primer that leaves no measure to be generated."""
    measure = representation.tick_of(measure_length(primer.meter), primer.meter)
    if not representation.vocabulary.headers:
        measure = representation.measure_ticks
    after_upbeat = ticks - _end(primer, 0, representation)
    filled = -(-ticks // measure) - bool(primer.upbeat)
    whole = filled if representation.vocabulary.headers else after_upbeat // measure
    least = whole + 1
    remedy = f"ask for --bars {least} or more"
    if least > MOST_BARS:
        remedy = f"{MOST_BARS} is the most, so shorten it to {MOST_BARS - 1} or fewer"
    return (
        f"{primer.source}: its {filled} measures leave none to be generated, as --bars {bars} "
        f"counts them too; {remedy}"
    )


def from_nothing(
    model: Model,
    meters: Meters | None,
    request: Request,
    *,
    lengths: Sequence[int] | None = None,
) -> list[Tune]:
    """Generate tunes from the first token on.

    Models without a header choose among several openings: each tune takes the first whose rhythm
    is usual in the requested meter, if there is one.

    Args:
        model: what predicts.
        meters: the meters to choose from, with their rhythms, for a model without a header.
        request: what is to be generated.
        lengths: the measures of each tune, `Request.count` of them; None: `Request.bars` of all.

    Raises:
        InputError: if there is no such meter among ``meters``, or the request does not fit the
            model.
    """
    _check_header(request, model.representation)
    if meters and request.meter and request.meter not in meters.names:
        raise InputError(
            f"--meter {request.meter}: the model was trained on no such tunes; name one of "
            f"{', '.join(meters.names)}"
        )
    representation = model.representation
    if representation.vocabulary.headers:
        if request.meter:
            _check_meter(request.meter, "--meter", representation)
        return conditioned.from_nothing(model, request)
    assert meters is not None
    first, request = request.first, replace(request, first=0, count=request.first + request.count)
    lengths = lengths or [request.bars] * request.count
    primers, found = _openings(model, meters, request, min(lengths))
    headings = [Tune("", "", meter, request.constraints.key, (), (), "") for meter in found]
    ends = np.array(
        [
            _end(representation.decode(tokens, heading), bars, representation)
            for tokens, heading, bars in zip(primers, headings, lengths, strict=True)
        ]
    )
    generated = _continue(model, primers, ends, request)
    tunes = [
        _tune(row, end, heading, representation)
        for row, end, heading in zip(generated, ends.tolist(), headings, strict=True)
    ]
    return tunes[first:]


def of_each_dance(
    model: Model,
    trained: Sequence[Tune],
    count: int,
    *,
    seed: int,
    sampling: SamplingConfig,
    corpus: str = "",
) -> dict[str, list[Tune]]:
    """Write new tunes of each dance in whose meter there are training tunes.

    Their lengths are distributed as those of these training tunes, up to 64 measures. Their notes
    lie between the 5th percentile of the lowest and the 95th of the highest notes of all training
    tunes.

    Args:
        model: what predicts.
        trained: the training tunes; those that change their meter are left out.
        count: tunes of each dance.
        seed: the same seed writes the same tunes.
        sampling: how tokens are drawn.
        corpus: the one that the tunes are to be like, of a model of several.

    Returns:
        The tunes, by dance.
    """
    plain = [tune for tune in trained if not tune.meter_changes]
    meters, written = Meters.of_tunes(plain, model.representation), {}
    for dance, meter in dances.METERS.items():
        if known := [t for t in plain if t.meter == meter and measures.count(t) <= _LONGEST]:
            bars = lengths(known, count, seed=seed)
            within = _usual_range(plain)
            request = Request(
                max(bars),
                count,
                seed=seed,
                meter=meter,
                corpus=corpus,
                constraints=within,
                sampling=sampling,
            )
            if model.representation.vocabulary.headers:
                written[dance] = _of_lengths(model, request, bars)
            else:
                written[dance] = from_nothing(model, meters, request, lengths=bars)
    return written


def _of_lengths(model: Model, request: Request, lengths: Sequence[int]) -> list[Tune]:
    """Write many tunes under headers at once, without particles: as the model draws them."""
    representation, seed = model.representation, request.seed
    found = [
        headed.heading(
            model,
            Conditions(bars, meter=request.meter, corpus=request.corpus or None),
            seed=[seed, number, 0],
        )
        for number, bars in enumerate(lengths)
    ]
    rows = headed.write(
        model,
        found,
        [representation.header(heading) for heading in found],
        seed=[seed],
        sampling=request.sampling,
        constraints=replace(request.constraints, fills_last_measure=True),
    )
    blank = Tune("", "", "4/4", "", (), (), "")
    return [representation.decode(tokens, blank) for tokens in rows]


def _usual_range(tunes: Sequence[Tune]) -> Constraints:
    """Return the 5th percentile of tunes' lowest and the 95th of their highest notes."""
    lows, highs = (
        [extreme(note.pitch for note in tune.notes) for tune in tunes] for extreme in (min, max)
    )
    return Constraints(
        lowest=round(np.percentile(lows, 5)), highest=round(np.percentile(highs, 95))
    )


def lengths(tunes: Iterable[Tune], count: int, *, seed: int) -> list[int]:
    """Return the lengths of new tunes in measures, distributed as those of known tunes are.

    Args:
        tunes: the known ones, at least one.
        count: of new tunes.
        seed: of the order.
    """
    found = sorted(map(measures.count, tunes))
    quantiles = (np.arange(count) + 0.5) * len(found) / count
    order = np.random.default_rng(seed).permutation(count)
    return [found[i] for i in quantiles.astype(int)[order].tolist()]


def _openings(
    model: Model, meters: Meters, request: Request, shortest: int
) -> tuple[Integer[np.ndarray, "tunes time"], list[str]]:
    """Draw the first measures of each tune, and return them with the meter of each.

    They leave a measure of the shortest tune, if it has more than one.
    """
    measure = model.representation.measure_ticks
    steps = measure * max(1, min(_OPENING_MEASURES, shortest - 1))
    drawn = request.count * _OPENINGS
    opened = generate(
        model.unbounded(),
        np.zeros((drawn, 0), np.int32),
        steps=steps,
        seed=(request.seed, 0),
        sampling=request.sampling,
        constraint=replace(request.constraints, ends_on_tonic=False),
    )
    likely, usual = meters.judge(opened)
    sounds = np.array([len(model.representation.notes(tokens[:measure])) > 0 for tokens in opened])
    wanted = meters.names.index(request.meter) if request.meter else likely.argmax(axis=1)
    rows = np.arange(drawn)
    fits = np.minimum(likely[rows, wanted], 0.5)  # a probability above one half counts as one half
    fits = np.where(sounds, fits + usual[rows, wanted], 0.0).reshape(-1, _OPENINGS)
    chosen = np.arange(request.count) * _OPENINGS + fits.argmax(axis=1)
    names = [request.meter or meters.names[k] for k in likely[chosen].argmax(axis=1)]
    return opened[chosen], names


def _end(begun: Tune, bars: int, representation: Representation) -> int:
    """Count the ticks of a tune in all: its last measure makes up for an upbeat."""
    whole = bars * representation.measure_ticks
    if not begun.upbeat:
        return whole
    return whole + representation.tick_of(begun.notes[0].onset, begun.meter)


def _continue(
    model: Model,
    primers: Integer[np.ndarray, "tunes time"],
    ends: Int[np.ndarray, " tunes"],
    request: Request,
) -> Integer[np.ndarray, "tunes all"]:
    """Continue primers to the end of the longest tune; each of their tokens is a tick."""
    return generate(
        model.unbounded(),
        primers,
        steps=int(ends.max()) - primers.shape[1],
        seed=(request.seed, 1),
        sampling=request.sampling,
        constraint=replace(request.constraints, fills_last_measure=True),
        limits=_limits(ends, request),
    )


def _limits(ends: Int[np.ndarray, " tunes"], request: Request) -> Limits:
    key = request.constraints.key
    return Limits(ends, np.zeros_like(ends), np.full_like(ends, keys.tonic(key) if key else 0))


def _tune(
    tokens: Integer[np.ndarray, " time"], end: int, heading: Tune, representation: Representation
) -> Tune:
    """Decode a generated tune; its key is estimated where none was requested."""
    tune = representation.decode(tokens[:end], heading)
    return tune if tune.key else replace(tune, key=keys.find(tune.notes))
