"""Which meter a tune is in, by the steps of its measures on which notes begin.

On a grid of 8 steps, the eighths of 6/8 never begin at the second and the sixth step, those of 4/4
at each. Models are not told the meter: it shows in what they write.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Integer

from nottingham.representation import vocabulary

_USUAL = 25
"""The percentile of measures from which on a rhythm counts as usual."""


@dataclass(frozen=True)
class Meters:
    """The meters of some tunes, and how often notes begin at each step of their measures."""

    names: tuple[str, ...]
    """As in ``6/8``, the commonest first."""
    shares: Float[np.ndarray, " meters"]
    """How common each is, among measures."""
    begins: Float[np.ndarray, "meters steps_per_measure"]
    """The share of measures in which a note begins at a step."""
    usual: Float[np.ndarray, " meters"]
    """ln p of a measure's rhythm that three quarters of a meter's measures reach."""

    @classmethod
    def of(
        cls, tunes: Iterable[tuple[str, Integer[np.ndarray, " time"]]], steps_per_measure: int
    ) -> "Meters":
        """Count over tunes: the meter of each, and its tokens."""
        measures: dict[str, list[np.ndarray]] = {}
        for meter, tokens in tunes:
            begins = _begins(_whole(tokens, steps_per_measure)[None])
            measures.setdefault(meter, []).append(begins.reshape(-1, steps_per_measure))
        every = {meter: np.concatenate(some) for meter, some in measures.items()}
        names = tuple(sorted(every, key=lambda name: (-len(every[name]), name)))
        counts = np.array([len(every[name]) for name in names])
        shares = np.stack([(every[n].sum(axis=0) + 0.5) / (len(every[n]) + 1) for n in names])
        usual = [
            np.percentile(_log_probs(every[name], share[None]), _USUAL)
            for name, share in zip(names, shares, strict=True)
        ]
        return cls(names, counts / counts.sum(), shares, np.array(usual))

    def judge(
        self, tunes: Integer[np.ndarray, "batch time"]
    ) -> tuple[Float[np.ndarray, "batch meters"], Bool[np.ndarray, "batch meters"]]:
        """Judge the rhythm of tokens of whole measures.

        Whether notes begin at two steps is taken to be independent, given the meter.

        Returns:
            The probability of each meter, by Bayes' rule, and whether the rhythm is usual in it.
        """
        steps = self.begins.shape[1]
        measures = _begins(tunes).reshape(-1, steps)
        scores = _log_probs(measures, self.begins).reshape(len(tunes), -1, len(self.names))
        joint = scores.sum(axis=1) + np.log(self.shares)
        weights = np.exp(joint - joint.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True), scores.mean(axis=1) >= self.usual


def _log_probs(
    measures: Bool[np.ndarray, "measures steps"], begins: Float[np.ndarray, "meters steps"]
) -> Float[np.ndarray, "measures meters"]:
    """Give ln p of the rhythm of each measure in each meter."""
    yes = measures.astype(float)
    found: np.ndarray = yes @ np.log(begins).T + (1 - yes) @ np.log1p(-begins).T
    return found


def _begins(tunes: Integer[np.ndarray, "batch time"]) -> Bool[np.ndarray, "batch time"]:
    """Find the steps at which a note begins."""
    before = np.pad(tunes, ((0, 0), (1, 0)))[:, :-1]
    found: np.ndarray = (tunes != before) & (tunes != vocabulary.REST)
    return found


def _whole(tokens: Integer[np.ndarray, " time"], steps_per_measure: int) -> np.ndarray:
    """Leave the last measure out if it is no whole one."""
    return tokens[: len(tokens) // steps_per_measure * steps_per_measure]
