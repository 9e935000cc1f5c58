"""The tunes of a corpus as tokens, and the segments cut from them.

All tunes lie one after the other in one array, which is a file that is mapped into memory: what is
in use is in memory, be the corpus as large as it may. A segment is a start in it, never a copy. A
target is a token with at least a whole window of the same tune before it.
"""

import json
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Int, Integer

from nottingham import representation
from nottingham.dataset import arrays, split
from nottingham.errors import InputError, damaged
from nottingham.music.tune import Tune
from nottingham.representation import Representation, clock
from nottingham.representation.clock import Clock


@dataclass(frozen=True)
class Dataset:
    """The tunes of a corpus as tokens, with the part of the split of each."""

    tokens: Integer[np.ndarray, " tokens"]
    """All tunes, one after the other."""
    offsets: Int[np.ndarray, " tunes_and_end"]
    """Tune ``i`` is ``tokens[offsets[i]:offsets[i + 1]]``."""
    split: Integer[np.ndarray, " tunes"]
    """`split.TRAIN`, `split.VALID`, `split.TEST` or `split.UNUSED`."""
    ids: np.ndarray
    """Tune ids: ``[tunes]``, text."""
    representation: Representation

    def tunes(self, part: int) -> list[np.ndarray]:
        """Return the tokens of each tune of one part of the split, each of shape ``[time]``."""
        return [self.tune(i) for i in self.indices(part)]

    def tune(self, index: int) -> np.ndarray:
        """Return the tokens of one tune, of shape ``[time]``."""
        return self.tokens[self.offsets[index] : self.offsets[index + 1]]

    def indices(self, part: int) -> np.ndarray:
        """Return which tunes are in one part of the split: ``[tunes of it]``, int64."""
        return np.flatnonzero(self.split == part)

    def long_tunes(self, part: int) -> list[np.ndarray]:
        """Return the tokens of the tunes of one part that have a target, each ``[time]``."""
        return [tokens for tokens in self.tunes(part) if len(tokens) > self.representation.window]

    def count_targets(self, part: int) -> int:
        """Count the targets of one part of the split."""
        lengths = np.diff(self.offsets)[self.indices(part)]
        return int(np.maximum(lengths - self.representation.window, 0).sum())

    def with_starts(self) -> "Dataset":
        """Return the tunes with `Vocabulary.none` before the first token of each: its start."""
        start = np.full(1, self.representation.vocabulary.none, self.tokens.dtype)
        return join(
            (np.concatenate([start, self.tune(i)]) for i in range(len(self.ids))),
            split=self.split,
            ids=self.ids.tolist(),
            representation=self.representation,
        )

    def clocks(self, tunes: Sequence[int]) -> Clock:
        """Return when each token of some tunes begins, in its tune: ``[tokens]`` each, int32.

        Starts take no time; see `with_starts`.
        """
        representation, times = self.representation, [np.zeros((3, 0), np.int64)]
        for i in tunes:
            tokens = self.tune(i)
            starts = int(np.sum(tokens[:1] == representation.vocabulary.none))
            found = np.stack(clock.read(representation, tokens[starts:]))
            times.append(np.concatenate([found[:, :starts], found[:, :-1]], axis=1))
        return Clock(*np.concatenate(times, axis=1).astype(np.int32))

    def shuffled(self, seed: int) -> "Dataset":
        """Return the tunes in random order within each part, those that train first."""
        random = np.random.default_rng(seed).permutation(len(self.ids))
        order = random[np.argsort(self.split[random], kind="stable")]
        return join(
            (self.tune(int(i)) for i in order),
            split=self.split[order],
            ids=self.ids[order].tolist(),
            representation=self.representation,
        )

    def corpora(self) -> np.ndarray:
        """Return the corpus of each tune: ``[tunes]``, text; empty where there is one only.

        Of several, it is the first part of the id.
        """
        several = "corpus" in self.representation.vocabulary.kinds
        return np.array([str(id_).partition("/")[0] if several else "" for id_ in self.ids], str)

    def of_corpus(self, name: str) -> "Dataset":
        """Return the same tunes, of which those of other corpora are in no part of the split."""
        mine = self.corpora() == name
        return replace(self, split=np.where(mine, self.split, split.UNUSED).astype(np.uint8))

    def only(self, *parts: int) -> "Dataset":
        """Leave out the tunes that are in no such part of the split."""
        kept = np.flatnonzero(np.isin(self.split, parts))
        return join(
            (self.tune(int(i)) for i in kept),
            split=self.split[kept],
            ids=self.ids[kept].tolist(),
            representation=self.representation,
        )


class Store:
    """The tokens of tunes on their way to a `Dataset`: in a file without a name, not in memory."""

    def __init__(self, representation: Representation) -> None:
        """Open the file, which is the system's to remove after its last use."""
        self.representation = representation
        self.ids: list[str] = []
        self._offsets = [0]
        self._file = tempfile.TemporaryFile()  # noqa: SIM115, closed by __exit__

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, id: str, tokens: Integer[np.ndarray, " time"]) -> None:
        """Add a tune."""
        self._file.write(tokens.astype(self.representation.vocabulary.dtype).tobytes())
        self.ids.append(id)
        self._offsets.append(self._offsets[-1] + len(tokens))

    def dataset(self, split: np.ndarray, *, anonymous: Collection[str] = ()) -> Dataset:
        """Return the tunes, whose tokens are mapped into memory.

        Args:
            split: the part of each: ``[tunes]``.
            anonymous: ids of tunes whose header is to leave out the corpus.
        """
        vocabulary, ids = self.representation.vocabulary, np.array(self.ids, str)
        offsets, tokens = np.array(self._offsets), np.zeros(0, vocabulary.dtype)
        self._file.flush()
        if len(self._offsets) > 1 and offsets[-1]:
            tokens = np.asarray(np.memmap(self._file, vocabulary.dtype, "r+", shape=(offsets[-1],)))
        if anonymous:
            none = vocabulary.kind.tolist().index(vocabulary.kinds.index("corpus"))
            tokens[offsets[:-1][np.isin(ids, list(anonymous))]] = none
        return Dataset(tokens, offsets, split, ids, self.representation)


def written(
    tunes: Iterable[Tune], stores: Sequence[Store], reasons: dict[str, str]
) -> Iterator[Tune]:
    """Write tunes as tokens into each store, and pass them on.

    Args:
        tunes: in their order.
        stores: of different representations.
        reasons: gets, by id, why a tune cannot be written, which is then in none.
    """
    for tune in tunes:
        try:
            tokens = [store.representation.encode(tune) for store in stores]
        except InputError as error:
            reasons[tune.id] = str(error)
            continue
        for store, found in zip(stores, tokens, strict=True):
            store.add(tune.id, found)
        yield tune


def of_tunes(
    tunes: Iterable[Tune], representation: Representation, *, split: np.ndarray
) -> Dataset:
    """Write tunes as tokens.

    Raises:
        InputError: naming the tune that the representation cannot write.
    """
    with Store(representation) as store:
        for tune in tunes:
            store.add(tune.id, representation.encode(tune))
        return store.dataset(split)


def join(
    tunes: Iterable[np.ndarray],
    *,
    split: np.ndarray,
    ids: Iterable[str],
    representation: Representation,
) -> Dataset:
    """Lay the tokens of tunes, each of shape ``[time]``, one after the other."""
    with Store(representation) as store:
        for id, tokens in zip(ids, tunes, strict=True):
            store.add(id, tokens)
        return store.dataset(split)


def segment_starts(dataset: Dataset, part: int, length: int) -> Int[np.ndarray, " segments"]:
    """Find every segment of ``length`` tokens that lies within one tune of a part.

    Returns:
        The index of its first token in `Dataset.tokens`, int32.
    """
    counts = np.maximum(np.diff(dataset.offsets)[dataset.indices(part)] - length + 1, 0)
    first = dataset.offsets[:-1][dataset.indices(part)]
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    starts: np.ndarray = (np.repeat(first, counts) + within).astype(np.int32)
    return starts


def describe(dataset: Dataset) -> str:
    """Return a line a part with its numbers of tunes and targets."""
    return "\n".join(
        f"{name}: {len(dataset.indices(part)):,} tunes, {dataset.count_targets(part):,} targets"
        for part, name in enumerate(split.NAMES)
    )


def save(path: Path | str, dataset: Dataset) -> None:
    """Write a dataset as an ``.npz`` without pickles, whole or not at all, for `load` to map."""
    found = {name: getattr(dataset, name) for name in ("tokens", "offsets", "split", "ids")}
    settings = json.dumps(dataset.representation.settings())
    arrays.save(path, found | {"representation": np.array(settings)}, compressed=False)


def load(path: Path | str) -> Dataset:
    """Read what `save` wrote.

    Raises:
        InputError: if the file is missing, damaged or not such a file.
    """
    try:
        found = arrays.read(path)
        arrays.check_integers({name: found[name] for name in ("offsets", "split")})
        settings = json.loads(str(found.pop("representation")))
        dataset = Dataset(**found, representation=representation.from_settings(settings))
        _check(dataset)
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(path, "token streams", error, made_by="dvc repro window") from error
    return dataset


def _check(dataset: Dataset) -> None:
    ids, tunes = dataset.ids, len(dataset.ids)
    if ids.dtype.kind != "U" or ids.shape != (tunes,) or len(np.unique(ids)) < tunes:
        raise ValueError("ids do not tell tunes apart")
    if dataset.split.shape != (tunes,) or dataset.offsets.shape != (tunes + 1,):
        raise ValueError("ids, split and offsets do not fit together")
    if (
        dataset.tokens.ndim != 1
        or dataset.offsets[0] != 0
        or dataset.offsets[-1] != len(dataset.tokens)
    ):
        raise ValueError("offsets do not cover the tokens")
    if np.any(np.diff(dataset.offsets) < 0):
        raise ValueError("offsets go back")
    if not np.isin(dataset.split, range(split.UNUSED + 1)).all():
        raise ValueError("a tune is in no part of the split")
    dataset.representation.vocabulary.check(dataset.tokens)
