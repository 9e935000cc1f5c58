"""n-gram fitting: this project's counting beside NLTK's language models, on the same tunes.

Both count all n-grams up to n = 3 of the training tunes, in turns, in one process.

    python -m tools.benchmarks.ngram              # needs data/windows.npz: dvc repro window
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from nltk.lm import Lidstone
from nltk.lm.preprocessing import padded_everygram_pipeline

from nottingham.dataset import split, streams
from nottingham.errors import exit_on_error
from nottingham.models.counting.ngram import count_all

ORDER, TURNS = 3, 7


def nltks(tunes: list[list[str]]) -> None:
    """Fit as NLTK's documentation says."""
    grams, words = padded_everygram_pipeline(ORDER, tunes)
    Lidstone(0.1, ORDER).fit(grams, words)


def seconds(fit: Callable[[Any], Any], tunes: Any) -> float:
    """Time one fit."""
    started = time.perf_counter()
    fit(tunes)
    return time.perf_counter() - started


def main() -> None:
    """Print both rates and their ratio."""
    dataset = streams.load("data/windows.npz")
    tunes, size = dataset.tunes(split.TRAIN), dataset.representation.vocabulary.size
    words = [[str(token) for token in tokens] for tokens in tunes]
    total = int(np.sum([len(tokens) for tokens in tunes]))
    times = [
        (seconds(lambda t: count_all(t, ORDER, size), tunes), seconds(nltks, words))
        for _ in range(TURNS)
    ]
    mine, theirs = (total / statistics.median(t[i] for t in times) for i in (0, 1))
    ratios = sorted(b / a for a, b in times)
    print(f"{total:,} tokens, n up to {ORDER}: {mine:,.0f} tokens per second; NLTK {theirs:,.0f}")
    print(f"ratio: {ratios[0]:.0f} / {statistics.median(ratios):.0f} / {ratios[-1]:.0f}")


if __name__ == "__main__":
    with exit_on_error():
        main()
