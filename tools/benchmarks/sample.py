"""Sampling throughput: 256 tunes at once from an LSTM of 256 units, in tokens per second.

With the state carried from step to step, as the sample stage writes tunes, and by the window
protocol, in which every token is drawn after exactly 32 steps from h_0 = 0.

    python -m tools.benchmarks.sample
"""

import statistics
import time

import numpy as np

from nottingham.errors import exit_on_error
from nottingham.models.recurrent.model import RecurrentModel
from nottingham.models.recurrent.network import build
from nottingham.models.sampling import generate
from nottingham.representation.grid import Grid
from tools.benchmarks.train import PLAIN

TUNES, UNITS, RUNS = 256, 256, 7
PRIMED = 32


def main() -> None:
    """Print both."""
    settings = PLAIN | {"units": UNITS, "embedding": 128, "metrical_position": True}
    windowed = RecurrentModel(build(settings, Grid(8), seed=0), settings)
    carried = windowed.unbounded()
    primers = np.random.default_rng(0).integers(0, 89, (TUNES, PRIMED)).astype(np.uint8)
    print(f"{TUNES} tunes, {UNITS} units; minimum / median / maximum of {RUNS} runs")
    for label, model, steps in (("state carried", carried, 512), ("window of 32", windowed, 64)):
        rates = []
        for seed in range(RUNS + 1):
            started = time.perf_counter()
            generate(model, primers, steps=steps, seed=seed)
            rates.append(TUNES * steps / (time.perf_counter() - started))
        rates = rates[1:]  # the first compiles
        ends = min(rates), statistics.median(rates), max(rates)
        print(f"{label}: {' / '.join(f'{rate:,.0f}' for rate in ends)} tokens per second")


if __name__ == "__main__":
    with exit_on_error():
        main()
