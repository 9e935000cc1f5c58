"""The classical rival with a memory: what followed before, mixed with an n-gram model.

    p(x) = Σ w_k [x = candidate k] + w p(x | n - 1 steps before)

The candidates are those of `nottingham.models.lookback`; the weight of one that is missing goes to
the n-gram model. The weights depend on how long the passage is that the tune has just repeated, and
are fitted on the validation tunes by expectation maximisation: Jelinek & Mercer (1980), whose
interpolation stands here for the escapes of prediction by partial matching.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Integer

from nottingham.dataset import split
from nottingham.dataset.streams import Dataset
from nottingham.models import segments, storage
from nottingham.models.base import Context, Model
from nottingham.models.counting.kneser_ney import KneserNey
from nottingham.models.counting.ngram import as_arrays, shapes, tables_of
from nottingham.models.lookback import MATCH_CLASSES, Features, Lookback, horizon
from nottingham.representation import Representation

_LOOKBACKS = (4, 8, 16)
"""Measures."""

_ROUNDS = 200
_PRIOR = 0.1
"""Targets that each part is taken to have explained beforehand."""


@dataclass(frozen=True)
class Copy(Model):
    """A mixture of candidates and an n-gram model."""

    lookback: Lookback
    ngram: KneserNey
    weights: Float[np.ndarray, "classes parts"]
    """For each class of the longest match, the weights of candidates and of the n-gram model."""
    context: Context = "tune"

    @property
    def representation(self) -> Representation:  # type: ignore[override]
        """The n-gram model's."""
        return self.ngram.representation

    def start(self, batch: int) -> Any:
        """See `Model`: the states of the lookback and of the n-gram model."""
        return self.lookback.start(np.zeros(batch, np.int32)), self.ngram.start(batch)

    def step(self, state: Any, tokens: Integer[np.ndarray, " batch"]) -> Any:
        """See `Model`."""
        looking, counting = state
        looking = self.lookback.step(looking, tokens.astype(np.int32))
        return looking, self.ngram.step(counting, tokens)

    def log_probs(self, state: Any) -> Float[np.ndarray, "batch vocabulary"]:
        """See `Model`."""
        looking, counting = state
        below = self.ngram.log_probs(counting)
        if not self._has_begun(looking):
            return below
        return self._mixed(looking.features, below)

    def score(self, tunes: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Score several tunes, the features of all computed at once; see `Model.score`."""
        below = self.ngram.score(tunes)
        features = segments.of_tunes(self.lookback, [tokens[:-1] for tokens in tunes])
        ends = np.cumsum([len(tokens[:-1]) for tokens in tunes])
        found = []
        for rows, end in zip(below, ends, strict=True):
            known = Features(*(part[end - len(rows[1:]) : end] for part in features))
            found.append(np.concatenate([rows[:1], self._mixed(known, rows[1:])]))
        return found

    def save(self, folder: Path | str) -> None:
        """Write the model's folder."""
        settings = {"kind": "copy", "measures": self.lookback.measures, "order": self.ngram.order}
        arrays = {"weights": self.weights, **as_arrays(self.ngram.tables)}
        storage.save(folder, settings, self.representation, arrays)

    def _has_begun(self, looking: Any) -> bool:
        none = self.representation.vocabulary.none
        return len(looking.features.token) > 0 and int(looking.features.token[0]) != none

    def _mixed(
        self, features: Features, below: Float[np.ndarray, "rows vocabulary"]
    ) -> Float[np.ndarray, "rows vocabulary"]:
        """Mix rows of the n-gram model with the candidates known before each."""
        weights = self.weights[_longest_match(features)]
        missing = features.candidates == self.representation.vocabulary.none
        rest = weights[:, -1] + np.sum(weights[:, :-1] * missing, axis=1)
        rows = rest[:, None] * np.exp(below.astype(np.float64))
        for k in range(self.lookback.candidates):
            there = np.flatnonzero(~missing[:, k])
            rows[there, features.candidates[there, k]] += weights[there, k]
        with np.errstate(divide="ignore"):  # what the grammar rules out
            logs: np.ndarray = np.log(rows).astype(np.float32)
        return logs


def load(folder: Path | str, settings: Mapping[str, Any], representation: Representation) -> Copy:
    """Read what `Copy.save` wrote."""
    order, lookback = int(settings["order"]), _lookback(representation, settings["measures"])
    parts = {"weights": (MATCH_CLASSES, lookback.candidates + 1)}
    arrays = storage.load_arrays(folder, shapes(order) | parts)
    tables = tables_of(arrays, order, representation.vocabulary.size)
    return Copy(lookback, KneserNey(representation, tables), arrays["weights"])


def fit(dataset: Dataset, ngram: KneserNey) -> Copy:
    """Fit the weights on the validation tunes.

    Args:
        dataset: the tunes and their split.
        ngram: fitted on the training tunes.
    """
    representation = dataset.representation
    lookback = _lookback(representation, _LOOKBACKS)
    tunes, window = dataset.long_tunes(split.VALID), representation.window
    features = segments.of_tunes(lookback, tunes)
    ends = np.cumsum([len(tokens) for tokens in tunes])
    places = np.concatenate(
        [np.arange(e - len(t) + window - 1, e - 1) for e, t in zip(ends, tunes, strict=True)]
    )
    features = Features(*(part[places] for part in features))
    targets = np.concatenate([tokens[window:] for tokens in tunes])
    below = np.concatenate(
        [
            rows[np.arange(window, len(t)), t[window:]]
            for rows, t in zip(ngram.score(tunes), tunes, strict=True)
        ]
    )
    hit = features.candidates == targets[:, None]
    missing = features.candidates == representation.vocabulary.none
    fallback = np.exp(below.astype(np.float64))[:, None]
    parts = np.concatenate([np.where(missing, fallback, hit), fallback], axis=1)
    return Copy(lookback, ngram, mixture_weights(parts, _longest_match(features)))


def mixture_weights(
    parts: Float[np.ndarray, "targets parts"], classes: Integer[np.ndarray, " targets"]
) -> Float[np.ndarray, "classes parts"]:
    """Find the weights under which a mixture makes the targets likeliest, for each class.

    Args:
        parts: p(target) by each part of the mixture.
        classes: below `MATCH_CLASSES`. One without targets weighs all parts alike.
    """
    weights = np.full((MATCH_CLASSES, parts.shape[1]), 1 / parts.shape[1])
    for _ in range(_ROUNDS):
        shares = weights[classes] * parts
        shares /= shares.sum(axis=1, keepdims=True)
        sums = np.full_like(weights, _PRIOR)  # so that no part is ever ruled out
        np.add.at(sums, classes, shares)
        weights = sums / sums.sum(axis=1, keepdims=True)
    return weights


def _lookback(representation: Representation, measures: Sequence[int]) -> Lookback:
    reach = horizon(representation, "tune")
    return Lookback(representation, reach, tuple(measures), last=False, longest=True)


def _longest_match(features: Features) -> Integer[np.ndarray, " rows"]:
    """Return the class of the longest match, which is the candidate before the last."""
    return np.asarray(features.matches)[:, -2]


def fit_section(
    dataset: Dataset, section: None, fitted: Mapping[str, Any]
) -> tuple[Copy, list[Any]]:
    """See `registry.Kind`."""
    return fit(dataset, fitted["kneser-ney"]), []
