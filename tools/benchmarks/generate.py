"""How long a musician waits: ``nottingham generate`` and ``rewrite``, from a cold start.

Each run is a process of its own; the files lie in the system's cache. Needs make repro.

    python -m tools.benchmarks.generate
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nottingham.errors import exit_on_error

RUNS = 5
_TUNE = "generate --dance reel --key G --form AABB --bars 32"
_COMMANDS = {
    "one tune of 32 measures, ABC and MIDI": f"{_TUNE} --formats abc,mid",
    "the same with score, sound and MusicXML": _TUNE,
    "ten tunes, ABC": f"{_TUNE} --formats abc --count 10",
    "three suggestions for four measures of it, ABC": "rewrite {tune} --bars 5-8 --formats abc",
}
_PHASES = """
import time
started = time.perf_counter()
import nottingham.cli.generate, nottingham.generation.conditioned
from nottingham.generation.request import Request
from nottingham.models.sampling import SamplingConfig
from nottingham.generation import conditioned, headed
imported = time.perf_counter()
from nottingham import models
model = models.load("models/note-lstm", compiled=False)
loaded = time.perf_counter()
wanted = Request(32, dance="reel", form="AABB", sampling=SamplingConfig(1.0, None, 0.95, 1.3))
(tune,) = conditioned.from_nothing(model, wanted)
print(imported - started, loaded - imported, time.perf_counter() - loaded)
"""


def main() -> None:
    """Print the times, and where those of one tune go."""
    print(f"seconds, minimum / median / maximum of {RUNS} cold processes")
    with tempfile.TemporaryDirectory() as folder:
        _run(f"{_TUNE} --formats abc --out {folder}/first".split())
        (tune,) = Path(folder, "first").iterdir()
        for label, command in _COMMANDS.items():
            words = command.format(tune=tune).split()
            times = [_run([*words, "--out", f"{folder}/{k}"]) for k in range(RUNS)]
            print(f"{label}: {_three(times)}")
    phases = [_python("-c", _PHASES).stdout.split() for _ in range(RUNS)]
    for number, label in enumerate(("imports", "the model", "writing")):
        print(f"of one tune, {label}: {_three([float(run[number]) for run in phases])}")


def _run(words: list[str]) -> float:
    """Return how long a command takes."""
    started = time.perf_counter()
    _python("-m", "nottingham", *words)
    return time.perf_counter() - started


def _python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], check=True, capture_output=True, text=True)


def _three(times: list[float]) -> str:
    return " / ".join(f"{t:.2f}" for t in (min(times), statistics.median(times), max(times)))


if __name__ == "__main__":
    with exit_on_error():
        main()
