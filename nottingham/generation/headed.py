"""Generate tunes with models whose tokens begin with a header: requested fields are conditions.

The header's other fields are drawn from the model, given the requested ones; then the tune is
generated under the header. A tune ends by itself, within the last of its measures.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle, product

import numpy as np
from jaxtyping import Integer

from nottingham.generation.constraints import Constraints
from nottingham.models.base import Model
from nottingham.models.sampling import Limits, SamplingConfig, generate
from nottingham.music import dances, forms, keys
from nottingham.music.tune import Tune, measure_length
from nottingham.representation import Representation
from nottingham.representation.base import Heading
from nottingham.representation.vocabulary import NO_PITCH

_HEADERS = 2048
"""Headers drawn to find those that meet the conditions."""
_LEAST_TOGETHER = 8
"""The fewest of these headers in which a dance is usual in a meter."""
_PLANS = 16
"""Plans drawn for each tune, of which one is chosen."""
_TOKENS_A_MEASURE = 48
"""More than any measure takes: where a tune has not ended by then, it is cut."""


@dataclass(frozen=True)
class Conditions:
    """Name fields of a tune's header; those that are empty are drawn from the model."""

    dance: str = ""
    meter: str = ""
    key: str = ""
    form: str = ""

    def met_by(self, heading: Heading) -> bool:
        """Return whether a heading meets the conditions, its form aside."""
        return (
            self.dance in ("", heading.dance)
            and self.meter in ("", heading.meter)
            and (not self.key or _same_key(self.key, heading.key))
        )


def _same_key(key: str, other: str) -> bool:
    return keys.tonic(key) == keys.tonic(other) and keys.mode(key) == keys.mode(other)


def headings(
    model: Model, conditions: Conditions, lengths: Sequence[int], *, seed: Sequence[int]
) -> list[Heading]:
    """Draw headings that meet conditions.

    Headings are drawn from the model, and those kept that meet the conditions, without those of a
    dance in an unusual meter: a network draws a few waltzes in 6/8. Where none meets all of them,
    headings that meet some are kept, and the requested fields replace theirs. Then a form is drawn
    that a tune of the length can have.

    Args:
        model: draws the headings.
        conditions: for all tunes.
        lengths: of each tune, in measures.
        seed: of the draws.
    """
    representation = model.representation
    fields = representation.vocabulary.headers
    tokens = generate(
        model.unbounded(), np.zeros((_HEADERS, 0), np.int32), steps=fields, seed=[*seed, 0]
    )
    drawn = [representation.heading(row) for row in tokens]
    together = Counter((heading.dance, heading.meter) for heading in drawn)
    usual = [h for h in drawn if together[h.dance, h.meter] >= _LEAST_TOGETHER]
    no_key, no_dance = replace(conditions, key=""), replace(conditions, key="", dance="")
    fitting: list[Heading] = []
    for parts in ((conditions, no_key), (no_dance, Conditions())):
        for pool, part in product((usual, drawn), parts):
            fitting = fitting or [heading for heading in pool if part.met_by(heading)]
    found = [
        replace(
            heading,
            dance=conditions.dance or heading.dance,
            meter=conditions.meter or heading.meter,
            key=heading.key if Conditions(key=conditions.key).met_by(heading) else conditions.key,
            measures=measures,
            form=conditions.form,
        )
        for heading, measures in zip(cycle(fitting), lengths, strict=False)
    ]
    return plan(model, found, [representation.header(one) for one in found], seed=seed)


def plan(
    model: Model,
    found: Sequence[Heading],
    beginnings: Sequence[Integer[np.ndarray, " time"]],
    *,
    seed: Sequence[int],
) -> list[Heading]:
    """Draw the form and the endings of each tune, given the rest of its heading and its beginning.

    Plans are drawn from the model, given the fields before; those that a tune of the length can
    have are weighed by how likely they make the beginning, and one is drawn; where there is none,
    nothing is said of form and endings but what is asked for.

    Args:
        model: what predicts.
        found: headings; a form that one has stays.
        beginnings: the tokens of each tune's beginning, with a header.
        seed: of what is drawn.
    """
    representation, model = model.representation, model.unbounded()
    headers = representation.vocabulary.headers
    form = representation.vocabulary.kinds.index("form")
    rows = [representation.header(h)[: form + bool(h.form)] for h in found]
    beginning = [row for row in rows for _ in range(_PLANS)]
    drawn = generate(model, beginning, steps=headers - form, seed=[*seed, 2])
    options = []
    for i, heading in enumerate(found):
        lengths = forms.sections(heading.measures), forms.endings(heading.measures)
        read = (representation.heading(row) for row in drawn[i * _PLANS :][:_PLANS])
        plans = Counter(
            (one.form, one.endings) for one in read if (len(one.form), len(one.endings)) == lengths
        )
        options.append(plans or Counter([(heading.form, "")]))
    planned = [
        [replace(heading, form=form, endings=endings) for form, endings in plans]
        for heading, plans in zip(found, options, strict=True)
    ]
    weights = [np.array(list(plans.values()), float) for plans in options]
    if any(len(tokens) > headers for tokens in beginnings):
        begun = [
            np.concatenate([representation.header(one), tokens[headers:]])
            for headings, tokens in zip(planned, beginnings, strict=True)
            for one in headings
        ]
        logs = iter(
            float(scored[range(headers, len(row)), row[headers:]].sum())
            for row, scored in zip(begun, model.score(begun), strict=True)
        )
        for weight in weights:
            likely = np.array([next(logs) for _ in weight])
            weight *= np.exp(likely - likely.max())
    draws = np.random.default_rng([*seed, 3]).random(len(found))
    return [
        headings[int(np.argmax(np.cumsum(weight) > draw * weight.sum()))]
        for headings, weight, draw in zip(planned, weights, draws, strict=True)
    ]


def begun(
    tune: Tune, heading: Heading, representation: Representation
) -> Integer[np.ndarray, " time"]:
    """Return the tokens of a tune's beginning, under the heading of the whole."""
    tokens, vocabulary = representation.encode(tune), representation.vocabulary
    kept = tokens[vocabulary.headers :]
    return np.concatenate([representation.header(heading), kept[~vocabulary.ends[kept]]])


def likeliest_dance(model: Model, heading: Heading) -> str:
    """Return the dance that is likeliest with the rest of a heading, its form and endings aside."""
    representation = model.representation
    names, form = ["", *dances.NAMES], representation.vocabulary.kinds.index("form")
    rows = [representation.header(replace(heading, dance=name))[:form] for name in names]
    scores = [
        scored[range(len(row)), row].sum()
        for row, scored in zip(rows, model.score(rows), strict=True)
    ]
    return names[int(np.argmax(scores))]


def write(
    model: Model,
    found: Sequence[Heading],
    beginnings: Sequence[Integer[np.ndarray, " time"]],
    *,
    seed: Sequence[int],
    sampling: SamplingConfig,
    constraints: Constraints,
    measures: int | None = None,
) -> list[Integer[np.ndarray, " time"]]:
    """Write tunes to their end.

    Args:
        model: what predicts.
        found: the heading of each tune.
        beginnings: of the tunes, each with its header at least.
        seed: of the tokens.
        sampling: how they are drawn.
        constraints: what they have to obey.
        measures: stop when all tunes have as many, an upbeat's among them; None: at their ends.

    Returns:
        The tokens of each tune, up to its end, or past ``measures``.

    Raises:
        InputError: if there are no notes for it in the range that is asked for.
    """
    representation, model = model.representation, model.unbounded()
    constraints = replace(constraints, scale=False)
    limits = _limits(found, representation)
    pitches = representation.vocabulary.pitch
    constraints.check_pitches(pitches[pitches != NO_PITCH] + limits.shifts[:, None], limits.tonics)
    written = generate(
        model,
        beginnings,
        steps=_TOKENS_A_MEASURE * (max(heading.measures for heading in found) + 1),
        seed=[*seed, 1],
        sampling=sampling,
        constraint=constraints,
        limits=limits,
        until=None if measures is None else _ticks([measures] * len(found), found, representation),
    )
    ends = representation.vocabulary.ends
    return [row[: 1 + int(np.argmax(ends[row]))] if ends[row].any() else row for row in written]


def _ticks(
    measures: Sequence[int], found: Sequence[Heading], representation: Representation
) -> Integer[np.ndarray, " tunes"]:
    """Return how long measures of each tune's meter are."""
    return np.array(
        [
            number * representation.tick_of(measure_length(one.meter), one.meter)
            for number, one in zip(measures, found, strict=True)
        ]
    )


def _limits(found: Sequence[Heading], representation: Representation) -> Limits:
    """Return the longest that tunes may be without an upbeat, and how their pitches sound."""
    return Limits(
        _ticks([one.measures for one in found], found, representation),
        np.array([representation.shift(heading) for heading in found]),
        np.array([keys.tonic(heading.key) for heading in found]),
    )
