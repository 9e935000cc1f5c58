"""The logits of the token to come, from a recurrent network's state, features and time.

The same functions serve NumPy arrays and, where they are compiled, JAX's.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from nottingham.models.lookback import Features
from nottingham.models.recurrent.inputs import INTERVALS, WIDEST, InputClasses, tonic
from nottingham.representation.clock import Clock
from nottingham.representation.vocabulary import NO_PITCH

Hidden = Float[Any, "*time batch units"]
Logits = Float[Any, "*time batch vocabulary"]
Weights = Mapping[str, Any]
"""The arrays of a network by their paths, as in ``output.kernel``."""

_PLAN_RATE = 8.0  # how many times as fast the logits of the plan are learnt, as events are few
_CADENCE_RATE = 4.0  # the same, of those at the end of a section, of which there are more
_IMPOSSIBLE = -1e9  # the logit of a token that the grammar rules out
_PLAN = ("repeat", "close", "cadence")  # weights that follow form and endings
_OF_PLAN = 3  # the power of a guidance weight that the logits of form and endings take


def after(
    inputs: InputClasses, weights: Weights, hidden: Hidden, features: Features, times: Clock
) -> Logits:
    """Return the logits of the token after each state.

    Args:
        inputs: the classes of the network.
        weights: its arrays.
        hidden: the state after each token.
        features: after each token.
        times: when the token after each of these begins.
    """
    vocabulary, xp = inputs.lookback.representation.vocabulary, hidden.__array_namespace__()
    logits: Logits = _layer(weights, "output", hidden)
    if inputs.direct_count:
        rows = inputs.direct(features, times)
        for kind in range(rows.shape[-1]):
            logits += weights["direct"][rows[..., kind]]
    if inputs.intervals:
        pitches = xp.asarray(vocabulary.pitch)
        logits += _by_pitch(_layer(weights, "interval", hidden), features.pitch, pitches)
    if inputs.lookback.candidates:
        scores = _of_candidates(inputs, weights, hidden, features, times)
        for k in range(inputs.lookback.candidates):
            is_candidate = features.candidates[..., k, None] == xp.arange(vocabulary.size)
            logits += xp.where(is_candidate, scores[..., k, None], 0.0)
    if inputs.closes:
        closing = weights["close"][inputs.close(features, times)]
        pitches = xp.asarray(vocabulary.pitch)
        tonics = pitches % 12 == tonic(vocabulary, features.header)[..., None]
        tonics &= pitches != NO_PITCH
        logits += xp.where(tonics, _PLAN_RATE * closing[..., None], 0.0)
        ending = weights["cadence"][inputs.cadence(features, times)]
        logits += _CADENCE_RATE * ending
    if not vocabulary.may_follow.all():
        possible = xp.asarray(vocabulary.may_follow)[features.token]
        logits = xp.where(possible, logits, _IMPOSSIBLE)
    return logits


def guided(weight: float) -> dict[str, float]:
    """Return the factors of the weights whose logits need no past; see `Model.guided`."""
    return {"direct": weight, **dict.fromkeys(_PLAN, weight**_OF_PLAN)}


def _layer(weights: Weights, name: str, hidden: Hidden) -> Any:
    return hidden @ weights[f"{name}.kernel"] + weights[f"{name}.bias"]


def _of_candidates(
    inputs: InputClasses, weights: Weights, hidden: Hidden, features: Features, times: Clock
) -> Float[Any, "*time batch candidates"]:
    """Return what the logit of each candidate's token gains."""
    xp, number = hidden.__array_namespace__(), np.arange(inputs.lookback.candidates)
    scores = _layer(weights, "copy", hidden) + weights["trust"][number, features.matches]
    if not inputs.repeats:
        return scores
    rows, sections = inputs.repeat(features, times), np.array(inputs.lookback.sections, int)
    by_form = _PLAN_RATE * xp.moveaxis(weights["repeat"], 0, 1)[rows]
    if xp is not np:
        return scores.at[..., sections].add(by_form)
    scores[..., sections] += by_form
    return scores


def _by_pitch(
    by_interval: Float[Any, "*rows intervals"],
    pitch: Int[Any, "*rows"],
    pitches: Int[Any, " vocabulary"],
) -> Float[Any, "*rows vocabulary"]:
    """Return for each token the logit of its interval from a pitch; 0 where either has none."""
    xp = pitch.__array_namespace__()
    interval = pitches - pitch[..., None]
    known = (xp.abs(interval) <= WIDEST) & (pitches != NO_PITCH)
    known &= pitch[..., None] != NO_PITCH
    index = xp.clip(interval + WIDEST, 0, INTERVALS - 1)
    return xp.where(known, xp.take_along_axis(by_interval, index, axis=-1), 0.0)
