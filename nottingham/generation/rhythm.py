"""The meter of a tune, estimated from the ticks of its measures at which notes begin.

On a grid of 8 steps, the eighths of 6/8 never begin at the second and the sixth step, those of 4/4
at each. Where the meter is no input of a model, it is estimated from what is generated.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Integer

from nottingham.music.tune import Tune
from nottingham.representation import Representation, clock

_USUAL = 25
"""The percentile of measures from which on a rhythm counts as usual."""


@dataclass(frozen=True)
class Meters:
    """The meters of some tunes, and how often notes begin at each tick of their measures."""

    names: tuple[str, ...]
    """As in ``6/8``, the commonest first."""
    shares: Float[np.ndarray, " meters"]
    """How common each is, among measures."""
    begins: Float[np.ndarray, "meters ticks"]
    """The share of measures in which a note begins at a tick."""
    usual: Float[np.ndarray, " meters"]
    """ln p of a measure's rhythm that three quarters of a meter's measures reach."""

    representation: Representation

    @classmethod
    def of(
        cls,
        tunes: Iterable[tuple[str, Integer[np.ndarray, " time"]]],
        representation: Representation,
    ) -> "Meters":
        """Count over tunes: the meter of each, and its tokens."""
        measures: dict[str, list[np.ndarray]] = {}
        for meter, tokens in tunes:
            measures.setdefault(meter, []).append(_begins(tokens, representation))
        every = {meter: np.concatenate(some) for meter, some in measures.items()}
        names = tuple(sorted(every, key=lambda name: (-len(every[name]), name)))
        counts = np.array([len(every[name]) for name in names])
        shares = np.stack([(every[n].sum(axis=0) + 0.5) / (len(every[n]) + 1) for n in names])
        usual = [
            np.percentile(_log_probs(every[name], share[None]), _USUAL)
            for name, share in zip(names, shares, strict=True)
        ]
        return cls(names, counts / counts.sum(), shares, np.array(usual), representation)

    @classmethod
    def of_tunes(cls, tunes: Iterable[Tune], representation: Representation) -> "Meters | None":
        """Count over tunes of one meter; None where the meter is in a header of the tokens."""
        if representation.vocabulary.headers:
            return None
        plain = (tune for tune in tunes if not tune.meter_changes)
        return cls.of(((tune.meter, representation.encode(tune)) for tune in plain), representation)

    def judge(
        self, tunes: Integer[np.ndarray, "batch time"]
    ) -> tuple[Float[np.ndarray, "batch meters"], Bool[np.ndarray, "batch meters"]]:
        """Judge the rhythm of tokens of whole measures, as many of each tune.

        Whether notes begin at two ticks is taken to be independent, given the meter.

        Returns:
            The probability of each meter, by Bayes' rule, and whether the rhythm is usual in it.
        """
        measures = np.concatenate([_begins(tokens, self.representation) for tokens in tunes])
        scores = _log_probs(measures, self.begins).reshape(len(tunes), -1, len(self.names))
        joint = scores.sum(axis=1) + np.log(self.shares)
        weights = np.exp(joint - joint.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True), scores.mean(axis=1) >= self.usual


def _log_probs(
    measures: Bool[np.ndarray, "measures ticks"], begins: Float[np.ndarray, "meters ticks"]
) -> Float[np.ndarray, "measures meters"]:
    """Return ln p of the rhythm of each measure in each meter."""
    yes = measures.astype(float)
    found: np.ndarray = yes @ np.log(begins).T + (1 - yes) @ np.log1p(-begins).T
    return found


def _begins(
    tokens: Integer[np.ndarray, " time"], representation: Representation
) -> Bool[np.ndarray, "measures ticks"]:
    """Find the ticks of each whole measure at which a note begins."""
    times = clock.read(representation, tokens)
    found = np.zeros((times.measure[-1] + 1, representation.measure_ticks), bool)
    begins = np.flatnonzero(representation.begins_note(tokens))
    found[times.measure[begins], times.tick[begins]] = True
    return found[: times.measure[-1]]
