"""Generate tunes with models whose tokens begin with a header: requested fields are conditions.

The header's other fields are drawn from the model, given the requested ones and, where there is
one, the beginning; then the tune is generated under the header. A tune ends by itself, within the
last of its measures.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Integer

from nottingham.generation.constraints import Constraints
from nottingham.models.base import Model
from nottingham.models.sampling import Limits, SamplingConfig, generate
from nottingham.music import forms, keys
from nottingham.music.tune import Tune, measure_length
from nottingham.representation import Representation
from nottingham.representation.base import Heading
from nottingham.representation.vocabulary import NO_PITCH

_DRAWN = 32
"""Headers drawn for each tune, of which one is chosen."""
_USUAL = SamplingConfig(top_p=0.97)
"""How a field is drawn: a network draws a few waltzes in 6/8."""
_UNCLOSED = 0.15
"""The likelihood that a tune ends on the tonic if its last section is not said to close on it, by
that if it is: of training tunes 0.164 of 122 do, and 0.977 of 515."""
LEAST = 1e-30
"""A probability below this counts as this."""
_TOKENS_A_MEASURE = 48
"""More than any measure takes: where a tune has not ended by then, it is cut."""


@dataclass(frozen=True)
class Conditions:
    """Fields of a tune's header; those that are None are drawn from the model."""

    measures: int
    dance: str | None = None
    meter: str | None = None
    key: str | None = None
    form: str | None = None
    ends_on_tonic: bool = False
    """Whether the tune is to end on the tonic, as most do whose last section closes on it."""
    corpus: str | None = None
    """The corpus whose style the tune has."""


def heading(
    model: Model,
    conditions: Conditions,
    *,
    seed: int | Sequence[int],
    notes: Integer[np.ndarray, " time"] | None = None,
) -> Heading:
    """Draw the heading of a tune from the model, given conditions and the tune's beginning.

    By importance sampling: field by field, tokens are drawn among those that the conditions allow,
    and of the headers one is chosen in proportion to the probability that the model gives to what
    is requested, and to the beginning.

    Args:
        model: what predicts.
        conditions: of the heading.
        seed: of the draws.
        notes: the tokens of the beginning after its header; None: there are none yet.
    """
    model, draw = model.unbounded().eager(), np.random.default_rng(seed)
    headers, weights = _drawn(model, conditions, draw)
    if notes is not None and len(notes):
        begun = [np.concatenate([header, notes]) for header in headers]
        for row, scored in enumerate(model.score(begun)):
            given = scored[headers.shape[1] :][range(len(notes)), notes]
            weights[row] += given.sum(dtype=np.float64)
    reached = np.cumsum(np.exp(weights - weights.max()))
    chosen = headers[int(np.argmax(reached > draw.random() * reached[-1]))]
    found = replace(model.representation.heading(chosen), measures=conditions.measures)
    return replace(found, key=conditions.key or found.key)


def _drawn(
    model: Model, conditions: Conditions, draw: np.random.Generator
) -> tuple[Integer[np.ndarray, "headers fields"], Float[np.ndarray, " headers"]]:
    """Draw headers that meet conditions.

    Returns:
        The different ones, and for each ln of the probability that the model gave to what is
        requested, summed over the draws of it.
    """
    state, fields, weights = model.start(_DRAWN), [], np.zeros(_DRAWN)
    for fits in _likelihoods(conditions, model.representation):
        rows = model.log_probs(state).astype(np.float64) + np.log(np.maximum(fits, LEAST))
        weights += np.log(np.maximum(np.exp(rows[:, fits > 0]).sum(axis=1), LEAST))
        drawn = _USUAL.draw(rows, draw.random(_DRAWN), (fits > 0)[None]).astype(np.int32)
        state = model.step(state, drawn)
        fields.append(drawn)
    drawn = np.stack(fields, axis=1).astype(model.representation.vocabulary.dtype)
    headers, which = np.unique(drawn, axis=0, return_inverse=True)
    together = np.full(len(headers), -np.inf)
    np.logaddexp.at(together, which, weights)
    return headers, together


def _likelihoods(
    conditions: Conditions, representation: Representation
) -> Float[np.ndarray, "fields vocabulary"]:
    """Return how likely each token of a field makes it that the conditions are met, from 0 to 1."""
    vocabulary, length = representation.vocabulary, conditions.measures
    meter, key = conditions.meter or "4/4", conditions.key or "C major"
    blank = Heading(conditions.dance or "", meter, key, length, corpus=conditions.corpus or "")
    plans = [name for name in forms.NAMES if len(name) == forms.sections(length)]
    ends = [name for name in forms.ENDINGS if len(name) == forms.endings(length)]
    if conditions.form:
        plans = [conditions.form]
    values = {
        "form": [replace(blank, form=name) for name in plans],
        "endings": [replace(blank, endings=name) for name in ends],
    }
    any_value = {
        "corpus": conditions.corpus is None,
        "dance": conditions.dance is None,
        "meter": conditions.meter is None,
        "tonic": conditions.key is None,
        "mode": conditions.key is None,
    }
    found = np.zeros((vocabulary.headers, vocabulary.size))
    for field, kind in enumerate(vocabulary.kinds[: vocabulary.headers]):
        for heading in values.get(kind) or [blank]:
            unclosed = conditions.ends_on_tonic and heading.endings.endswith("-")
            found[field, representation.header(heading)[field]] = _UNCLOSED if unclosed else 1
        if any_value.get(kind):
            found[field] = vocabulary.kind == field
    return found


def notes_of(tune: Tune, representation: Representation) -> Integer[np.ndarray, " time"]:
    """Return the tokens of a tune's beginning, without a header and without an end."""
    tokens, vocabulary = representation.encode(tune), representation.vocabulary
    is_note = (vocabulary.kind[tokens] >= vocabulary.headers) & ~vocabulary.ends[tokens]
    notes: np.ndarray = tokens[is_note]
    return notes


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
        constraints: what they have to obey, but for the key and the ending.
        measures: stop when all tunes have as many, an upbeat's among them; None: at their ends.

    Returns:
        The tokens of each tune, up to its end, or past ``measures``.

    Raises:
        InputError: if there are no notes for it in the range that is requested.
    """
    representation, model = model.representation, model.unbounded()
    limits = limits_of(found, representation)
    written = generate(
        model,
        beginnings,
        steps=_TOKENS_A_MEASURE * (max(heading.measures for heading in found) + 1),
        seed=[*seed, 1],
        sampling=sampling,
        constraint=under_headers(constraints, found, representation),
        limits=limits,
        until=None if measures is None else _ticks([measures] * len(found), found, representation),
    )
    ends = representation.vocabulary.ends
    return [row[: 1 + int(np.argmax(ends[row]))] if ends[row].any() else row for row in written]


def under_headers(
    constraints: Constraints, found: Sequence[Heading], representation: Representation
) -> Constraints:
    """Return constraints without key and ending, which are conditions of a header.

    Modes other than major and minor, which few tunes have to learn from, keep their scale.

    Raises:
        InputError: if the model has no notes for a tune in the range that is requested.
    """
    pitches, limits = representation.vocabulary.pitch, limits_of(found, representation)
    constraints.check_pitches(pitches[pitches != NO_PITCH] + limits.shifts[:, None], limits.tonics)
    modal = bool(constraints.key) and keys.mode(constraints.key) not in ("major", "minor")
    return replace(constraints, scale=modal, ends_on_tonic=False)


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


def limits_of(found: Sequence[Heading], representation: Representation) -> Limits:
    """Return the longest that tunes may be without an upbeat, and how their pitches sound."""
    return Limits(
        _ticks([one.measures for one in found], found, representation),
        np.array([representation.shift(heading) for heading in found]),
        np.array([keys.tonic(heading.key) for heading in found]),
    )
