"""How much two tunes share that are one by name: where ``window.max_shared`` comes from.

``python -m tools.studies.relatives`` takes the pairs of a training tune and a validation or test
tune of another corpus that share a passage, in ``joint/data``, and counts by their overlap
coefficient how many have one name: at least half of the words of either title, dances, articles and
numbers left out. It writes ``joint/reports/relatives.csv`` and prints the table for docs/data.md.
"""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np

from nottingham.dataset import leaks, split, streams
from nottingham.errors import InputError, exit_on_error
from nottingham.files import write_csv
from nottingham.music.tune import Tune, read_named
from nottingham.reporting.markdown import number, table

FILE = Path("joint/reports/relatives.csv")

_BOUNDS = (0.0, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
_NO_NAMES = re.compile(
    r"(the|an?|of|and|to|in|for|my|or|reel|jig|hornpipe|polka|march|waltz|strathspey|slide|slip|air|"
    r"dance|da|die|der|das|eine?|und|im|am)"
)


def main() -> None:
    """Count, save, print."""
    tokens = streams.load("joint/data/notes.npz")
    ids = [str(id_) for id_ in tokens.ids]
    by_id = read_named("joint/data/tunes.jsonl", ids)
    tunes = [by_id[id_] for id_ in ids]
    held = np.flatnonzero(np.isin(tokens.split, (split.VALID, split.TEST)))
    # those that sit out are training tunes, too: they are what the bound decides on
    trained = np.flatnonzero(np.isin(tokens.split, (split.TRAIN, split.UNUSED)))
    found = leaks.pairs(leaks.incidence(tunes), trained, held)
    corpora = np.array([tune.corpus for tune in tunes])
    foreign = corpora[found.one] != corpora[found.other]
    if not foreign.any():
        raise InputError("joint/data has no two corpora that share a passage: make joint")
    one, other, shared = (column[foreign] for column in found)
    same = np.array([_one_name(tunes[a], tunes[b]) for a, b in zip(one, other, strict=True)])
    rows: list[tuple[str, int, float]] = []
    for low, high in pairwise(_BOUNDS):
        chosen = (shared > low) & (shared <= high)
        if chosen.any():
            rows.append((f"{low:g} to {high:g}", int(chosen.sum()), float(same[chosen].mean())))
    draw = np.random.default_rng(1)
    a, b = draw.choice(trained, 20_000), draw.choice(held, 20_000)
    apart = corpora[a] != corpora[b]
    chance = [_one_name(tunes[i], tunes[j]) for i, j in zip(a[apart], b[apart], strict=True)]
    rows.append(("any two", len(chance), float(np.mean(chance))))
    write_csv(FILE, ["shared", "pairs", "one_name"], [list(row) for row in rows])
    cells = [[said, f"{count:,}", number(share, digits=3)] for said, count, share in rows]
    print(table(["overlap coefficient", "pairs", "with one name"], cells))


def _one_name(one: Tune, other: Tune) -> bool:
    """Return whether two titles share half of the words of either."""
    words = _words(one.title), _words(other.title)
    return len(words[0] & words[1]) * 2 >= max(1, *map(len, words))


def _words(title: str) -> set[str]:
    found = re.findall(r"[a-z']{2,}", title.lower())
    return {word for word in found if not _NO_NAMES.fullmatch(word)}


if __name__ == "__main__":
    with exit_on_error():
        main()
