"""Training tunes that are variants of held-out tunes of another corpus, and are not trained on.

The split keeps duplicates on one side, but collections print variants of each other's tunes. How
much two tunes share is their overlap coefficient: the passages that both have, by those of the one
that has fewer (`nottingham.music.passages`).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Integer
from scipy.sparse import csr_array

from nottingham.dataset.split import TEST, TRAIN, UNUSED, VALID
from nottingham.music import passages
from nottingham.music.tune import Tune


class Leak(NamedTuple):
    """A training tune that is kept out."""

    tune: str
    """Its id."""
    relative: str
    """The id of the held-out tune that it shares most with."""
    shared: float
    """The overlap coefficient of the two."""


def find(tunes: Iterable[Tune], parts: Integer[np.ndarray, " tunes"], *, most: float) -> list[Leak]:
    """Find the training tunes that share more with a held-out tune of another corpus.

    Args:
        tunes: of all corpora.
        parts: the part of the split of each.
        most: the overlap coefficient of tunes that are still trained on.

    Returns:
        Them, in order.
    """
    named: list[tuple[str, str]] = []

    def noted() -> Iterator[Tune]:  # once: they may be read from a file
        for tune in tunes:
            named.append((tune.id, tune.corpus))
            yield tune

    has = incidence(noted())
    held = np.flatnonzero(np.isin(parts, (VALID, TEST)))
    found = pairs(has, np.flatnonzero(parts == TRAIN), held)
    best: dict[int, Leak] = {}
    for one, other, shared in zip(*(column.tolist() for column in found), strict=True):
        (id, corpus), (relative, its_corpus) = named[one], named[other]
        if shared <= most or corpus == its_corpus:
            continue
        known, leak = best.get(one), Leak(id, relative, shared)
        if known is None or (-leak.shared, leak.relative) < (-known.shared, known.relative):
            best[one] = leak
    return [best[k] for k in sorted(best)]


def incidence(tunes: Iterable[Tune]) -> csr_array:
    """Return which tune has which passage: ``[tunes, passages]``, 0 or 1."""
    own = [
        np.unique(passages.of(passages.intervals(np.array([n.pitch for n in tune.notes]))))
        for tune in tunes
    ]
    names, column = np.unique(np.concatenate([np.zeros(0, np.uint64), *own]), return_inverse=True)
    row = np.repeat(np.arange(len(own)), [len(one) for one in own])
    ones = np.ones(len(column), np.int32)
    return csr_array((ones, (row, column)), shape=(len(own), len(names)))


class Pairs(NamedTuple):
    """Pairs of tunes that share a passage."""

    one: Int[np.ndarray, " pairs"]
    other: Int[np.ndarray, " pairs"]
    shared: Float[np.ndarray, " pairs"]
    """The overlap coefficient of the two."""


def pairs(
    has: csr_array, some: Int[np.ndarray, " some"], others: Int[np.ndarray, " others"]
) -> Pairs:
    """Return what tunes share with others, given by their numbers.

    Args:
        has: which tune has which passage: of `incidence`.
        some: numbers of tunes.
        others: numbers of those that they are compared with.
    """
    count = has.sum(axis=1)
    together = (has[some] @ has[others].T).tocoo()
    one, other = some[together.row], others[together.col]
    return Pairs(one, other, together.data / np.minimum(count[one], count[other]))


def without(
    parts: Integer[np.ndarray, " tunes"], ids: Sequence[str], leaks: Sequence[Leak]
) -> Integer[np.ndarray, " tunes"]:
    """Return the split with these of the tunes, given their ids, in no part of it."""
    left_out = [leak.tune for leak in leaks]
    return np.where(np.isin(ids, left_out), UNUSED, parts).astype(parts.dtype)
