"""Which tunes train, which validate and which test.

A tune's place follows from a hash, so it never depends on which other tunes there are; shares are
therefore met on average, not to the tune. ``grouped`` hashes the melodic intervals: duplicates up
to transposition (the same intervals, in whatever key and rhythm) always land together. ``random``
hashes the id, and duplicates fall where they may: the poster's way, which leaks.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from nottingham import yamlfile
from nottingham.dataset.settings import WindowSettings
from nottingham.dataset.split import NAMES, TEST, TRAIN, UNUSED, VALID
from nottingham.errors import InputError
from nottingham.music.tune import Tune

_ANONYMOUS = 0.1
"""Share of the training tunes of several corpora whose corpus is left out."""


def choose(tunes: Sequence[Tune], settings: WindowSettings) -> np.ndarray:
    """Split tunes by the settings' file of ids, if they name one, or by hash.

    Returns:
        `TRAIN`, `VALID`, `TEST` or `UNUSED` for each tune: ``[tunes]``, uint8.

    Raises:
        InputError: if the file is not what it ought to be.
    """
    if settings.split_file:
        try:
            parts = by_file(tunes, settings.split_file)
        except InputError as error:
            raise InputError(f"window.split_file: {error}") from error
    else:
        parts = by_hash(
            tunes,
            what=_intervals if settings.split == "grouped" else _id,
            train_share=settings.train_share,
            valid_share=settings.valid_share,
            seed=settings.seed,
        )
    numbers = _hashed([f"used {_intervals(tune)}" for tune in tunes], settings.seed)
    sits_out = (parts == TRAIN) & (numbers >= settings.used_share)
    return np.where(sits_out, UNUSED, parts).astype(np.uint8)


def anonymous(tunes: Sequence[Tune], parts: np.ndarray, *, seed: int) -> list[Tune]:
    """Leave out the corpus of a tenth of the training tunes, by hash.

    So what learns from them knows tunes of a corpus that it is not given.
    """
    numbers = _hashed([f"anonymous {_intervals(tune)}" for tune in tunes], seed)
    unnamed = (parts == TRAIN) & (numbers < _ANONYMOUS)
    return [replace(t, corpus="") if left else t for t, left in zip(tunes, unnamed, strict=True)]


def by_hash(
    tunes: Sequence[Tune],
    *,
    what: Callable[[Tune], str],
    train_share: float,
    valid_share: float,
    seed: int,
) -> np.ndarray:
    """Split tunes by a hash.

    Args:
        tunes: the tunes.
        what: gives what of a tune is hashed; tunes in which it is the same land together.
        train_share: share of all tunes that train or validate.
        valid_share: share of those that validate.
        seed: another seed gives another split.

    Returns:
        `TRAIN`, `VALID` or `TEST` for each tune: ``[tunes]``, uint8.
    """
    numbers = _hashed([what(tune) for tune in tunes], seed)
    is_test = numbers >= train_share
    is_valid = numbers >= train_share * (1 - valid_share)
    return np.where(is_test, TEST, np.where(is_valid, VALID, TRAIN)).astype(np.uint8)


def _intervals(tune: Tune) -> str:
    pitches = [note.pitch for note in tune.notes]
    return str([after - before for before, after in pairwise(pitches)])


def _id(tune: Tune) -> str:
    return tune.id


def _hashed(texts: Sequence[str], seed: int) -> np.ndarray:
    """Return each text a number in [0, 1) that depends on nothing but the text and the seed."""
    digests = [hashlib.sha256(f"{seed}:{text}".encode()).digest() for text in texts]
    return np.array([int.from_bytes(digest[:6], "big") / 2**48 for digest in digests])


def by_file(tunes: Sequence[Tune], path: Path | str) -> np.ndarray:
    """Split tunes by a YAML or JSON file with lists of tune ids under train, valid and test.

    Returns:
        `TRAIN`, `VALID` or `TEST` for each tune: ``[tunes]``, uint8.

    Raises:
        InputError: if the file is no such file, or a tune is in none or several of the lists.
    """
    lists = yamlfile.read(path)
    if not isinstance(lists, dict) or set(lists) != set(NAMES):
        raise InputError(f"{path}: expected lists of tune ids under {', '.join(NAMES)}, no more")
    parts: dict[str, int] = {}
    for part, name in enumerate(NAMES):
        ids = lists[name]
        if not isinstance(ids, list) or not all(isinstance(id_, str) for id_ in ids):
            raise InputError(f"{path}: {name}: expected a list of tune ids such as jigs/12")
        for id_ in ids:
            if id_ in parts:
                raise InputError(f"{path}: {name}: {id_} is listed twice")
            parts[id_] = part
    _check_complete(parts, tunes, path)
    return np.array([parts[tune.id] for tune in tunes], np.uint8)


def _check_complete(parts: dict[str, int], tunes: Sequence[Tune], path: Path | str) -> None:
    ids = {tune.id for tune in tunes}
    if unknown := sorted(set(parts) - ids):
        raise InputError(f"{path}: {len(unknown)} ids are no tunes, the first is {unknown[0]}")
    if missing := sorted(ids - set(parts)):
        raise InputError(f"{path}: {len(missing)} tunes are in no list, the first is {missing[0]}")
