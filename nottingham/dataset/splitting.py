"""Which tunes train, which validate and which test.

A tune's place follows from a hash, so it never depends on which other tunes there are; shares are
therefore met on average, not to the tune. ``grouped`` hashes the melodic intervals: duplicates up
to transposition (the same intervals, in whatever key and rhythm) always land together. ``random``
hashes the id, and duplicates fall where they may: the poster's way, which leaks.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
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


def choose(tunes: Iterable[Tune], settings: WindowSettings) -> np.ndarray:
    """Split tunes by the settings' file of ids, if they name one, or by hash.

    Returns:
        `TRAIN`, `VALID`, `TEST` or `UNUSED` for each tune: ``[tunes]``, uint8.

    Raises:
        InputError: if the file is not what it ought to be.
    """
    what, seed = _intervals if settings.split == "grouped" else _id, settings.seed
    ids, places, used = [], [], []
    for tune in tunes:  # once: they may be read from a file
        ids.append(tune.id)
        places.append(_hashed(what(tune), seed))
        used.append(_hashed(f"used {_intervals(tune)}", seed))
    if settings.split_file:
        try:
            parts = by_file(ids, settings.split_file)
        except InputError as error:
            raise InputError(f"window.split_file: {error}") from error
    else:
        parts = _by_place(np.array(places), settings.train_share, settings.valid_share)
    sits_out = (parts == TRAIN) & (np.array(used) >= settings.used_share)
    return np.where(sits_out, UNUSED, parts).astype(np.uint8)


def anonymous(trained: Iterable[Tune], *, seed: int) -> list[str]:
    """Choose a tenth of the training tunes by hash, for their corpus to be left out.

    So what learns from them knows tunes of a corpus that it is not given.

    Returns:
        Their ids.
    """
    return [t.id for t in trained if _hashed(f"anonymous {_intervals(t)}", seed) < _ANONYMOUS]


def by_hash(
    tunes: Iterable[Tune],
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
    places = np.array([_hashed(what(tune), seed) for tune in tunes])
    return _by_place(places, train_share, valid_share)


def _by_place(places: np.ndarray, train_share: float, valid_share: float) -> np.ndarray:
    is_test = places >= train_share
    is_valid = places >= train_share * (1 - valid_share)
    return np.where(is_test, TEST, np.where(is_valid, VALID, TRAIN)).astype(np.uint8)


def _intervals(tune: Tune) -> str:
    pitches = [note.pitch for note in tune.notes]
    return str([after - before for before, after in pairwise(pitches)])


def _id(tune: Tune) -> str:
    return tune.id


def _hashed(text: str, seed: int) -> float:
    """Return a text's number in [0, 1), which depends on nothing but the text and the seed."""
    digest = hashlib.sha256(f"{seed}:{text}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def by_file(tunes: Sequence[str], path: Path | str) -> np.ndarray:
    """Split tunes, given their ids, by a YAML or JSON file with lists of ids by part.

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
    return np.array([parts[id_] for id_ in tunes], np.uint8)


def _check_complete(parts: dict[str, int], tunes: Sequence[str], path: Path | str) -> None:
    ids = set(tunes)
    if unknown := sorted(set(parts) - ids):
        raise InputError(f"{path}: {len(unknown)} ids are no tunes, the first is {unknown[0]}")
    if missing := sorted(ids - set(parts)):
        raise InputError(f"{path}: {len(missing)} tunes are in no list, the first is {missing[0]}")
