"""Sampling: the next step is drawn from the model's distribution, again and again."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Integer

from nottingham.models.base import Batched, Model
from nottingham.models.choice import AS_IT_IS, Choice
from nottingham.representation import vocabulary

_EVERY_TOKEN = np.ones((1, vocabulary.SIZE), bool)


def continue_tunes(
    model: Model,
    primers: Integer[np.ndarray, "batch time"],
    *,
    steps: int,
    seed: int | Sequence[int],
    carry: bool = False,
    choice: Choice = AS_IT_IS,
    allowed: Bool[np.ndarray, "steps rows vocabulary"] | None = None,
) -> Integer[np.ndarray, "batch all"]:
    """Continue several tunes at once.

    Args:
        model: what gives the distribution of each step.
        primers: beginnings of tunes, which may be of no steps.
        steps: how many steps to draw for each.
        seed: the same seed draws the same steps, for the first tunes of more of them as well.
        carry: whether a network keeps its state from the first step on, rather than start anew
            at the edge of the context that it is evaluated with. Other models do not heed it.
        choice: how a step is drawn.
        allowed: the tokens that each new step may have, at least one, with a row for each tune or
            one for all; all where nothing is given.

    Returns:
        The primers with their continuations, uint8.
    """
    draws = np.random.default_rng(seed).random((len(primers), steps)).T
    if allowed is None:
        allowed = np.broadcast_to(_EVERY_TOKEN, (steps, *_EVERY_TOKEN.shape))
    if isinstance(model, Batched):
        return model.continued(primers, draws, carry=carry, choice=choice, allowed=allowed)
    return by_rows(model, primers, draws, choice=choice, allowed=allowed)


def by_rows(
    model: Model,
    primers: Integer[np.ndarray, "batch time"],
    draws: Float[np.ndarray, "steps batch"],
    *,
    choice: Choice,
    allowed: Bool[np.ndarray, "steps rows vocabulary"],
) -> Integer[np.ndarray, "batch all"]:
    """Continue tunes by asking for one row after the other; see `continue_tunes`."""
    batch, time = primers.shape
    tunes = np.zeros((batch, time + len(draws)), np.uint8)
    tunes[:, :time] = primers
    for t, (draw, tokens) in enumerate(zip(draws, allowed, strict=True), start=time):
        rows = _next_rows(model, tunes[:, :t]).astype(np.float64)
        tunes[:, t] = choice.draw(rows, draw, tokens)
    return tunes


def _next_rows(
    model: Model, histories: Integer[np.ndarray, "batch time"]
) -> Float[np.ndarray, "batch vocabulary"]:
    if histories.shape[1]:
        return model.next_log_probs(histories)
    first = model.log_probs(np.zeros(1, np.uint8))  # no row sees its own step
    return np.repeat(first, len(histories), axis=0)
