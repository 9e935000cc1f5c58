"""Training throughput: this project's LSTM beside PyTorch's and beside Flax's own RNN.

All three train the same language model on the same tokens: embedding, LSTM, logits, cross-entropy
(on the last step, or on every step), Adam. Each runs in a process of its own that waits while the
others run; they take turns, so that whatever else the machine does falls on all alike. The ratios
are taken turn by turn.

    python -m tools.benchmarks.train              # all three
    python -m tools.benchmarks.train ours flax    # some of them

Needs jax, flax, optax and torch, and nothing else of what the project needs; runs on a GPU where
there is one.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

CLASSES = 89
SYSTEMS = ("ours", "torch", "flax")
TURNS, WARM_UP_TURNS = 9, 2
SECONDS_A_TURN = 1.5
PEAK_SIZE, PEAK_PRODUCTS = 2048, 10


@dataclass(frozen=True)
class Shape:
    """A training's size; embeddings are as wide as the state."""

    batch: int
    steps: int
    units: int
    every_step: bool

    def operations(self, *, with_input: bool) -> float:
        """Count those of the matrix products of an update, forward and back.

        Args:
            with_input: whether the input weights are multiplied at each step, as PyTorch and Flax
                do, rather than once a class.
        """
        terms = self.batch * (self.steps if self.every_step else 1)
        each = self.batch * self.steps * 4 * self.units * self.units
        inputs = each if with_input else CLASSES * 4 * self.units * self.units
        return 6 * (each + inputs + terms * self.units * CLASSES)

    def tokens(self) -> np.ndarray:
        """Draw a batch of stretches and their last targets: ``[steps + 1, batch]``."""
        size = (self.steps + 1, self.batch)
        return np.random.default_rng(0).integers(0, CLASSES, size).astype(np.int32)


SHAPES = (Shape(128, 32, 128, False), Shape(512, 32, 256, False), Shape(64, 256, 256, True))

PLAIN = {
    "context": "window",
    "cell": "lstm",
    "precision": "float32",
    "metrical_position": False,
    "phrase": 0,
    "header": [],
    "measures_to_go": False,
    "section": 0,
    "intervals": False,
    "lookbacks": [],
    "last_token": False,
    "longest_match": False,
}
"""What the network is told: its tokens, and nothing else."""

Run = Callable[[int], None]
"""Does so many updates and waits for the last."""


def stand_in_for_jaxtyping() -> None:
    """Where jaxtyping is not installed, let the annotations mean nothing."""
    if find_spec("jaxtyping"):
        return

    class Anything:
        def __class_getitem__(cls, item: Any) -> Any:
            return Any

    module: Any = ModuleType("jaxtyping")
    for name in ("Array", "Bool", "Float", "Int", "Integer", "Key", "PRNGKeyArray"):
        setattr(module, name, Anything)
    sys.modules["jaxtyping"] = module


def ours(shape: Shape) -> tuple[Run, Callable[[], Any]]:
    """Build the training of this project."""
    stand_in_for_jaxtyping()
    import jax
    import optax

    from nottingham.dataset import streams
    from nottingham.models import devices
    from nottingham.models.recurrent.network import build
    from nottingham.representation.grid import Grid
    from nottingham.training.objective import Objective
    from nottingham.training.segment_data import SegmentData
    from nottingham.training.train_step import Regularisation, TrainStep

    devices.use_all_cores()
    settings, grid = PLAIN | {"units": shape.units, "embedding": shape.units}, Grid(8)
    tunes = list(shape.tokens().T.astype(grid.vocabulary.dtype))
    dataset = streams.join(
        tunes,
        split=np.zeros(len(tunes), np.uint8),
        ids=[str(k) for k in range(len(tunes))],
        representation=grid,
    )
    network = build(settings, grid, seed=0)
    program = TrainStep(
        network,
        SegmentData(dataset, network, Path(tempfile.gettempdir())),
        objective=Objective(shape.steps + 1, shape.steps if shape.every_step else 1),
        valid_steps=shape.steps + 1,
        valid_first=shape.steps - 1,
        optimizer=optax.adam(1e-3),
        regularisation=Regularisation(dropout=0.0, transpose=0),
        mesh=devices.mesh(shape.batch),
    )
    starts = np.arange(shape.batch, dtype=np.int32) * (shape.steps + 1)
    most = program.updates_per_call(shape.batch)
    state, key = program.start(1000), jax.random.key(0)

    def run(updates: int) -> None:
        nonlocal state
        for first in range(0, updates, most):
            some = np.tile(starts, (min(most, updates - first), 1))
            state = program.advance(state, some, key, first)
        state = jax.block_until_ready(state)

    return run, jax_product()


def flax(shape: Shape) -> tuple[Run, Callable[[], Any]]:
    """Build the training that Flax's documentation leads to."""
    import jax
    import jax.numpy as jnp
    import optax
    from flax import nnx

    class Model(nnx.Module):
        def __init__(self, rngs: nnx.Rngs) -> None:
            self.embed = nnx.Embed(CLASSES, shape.units, rngs=rngs)
            cell = nnx.OptimizedLSTMCell(shape.units, shape.units, rngs=rngs)
            self.lstm = nnx.RNN(cell, time_major=True)
            self.output = nnx.Linear(shape.units, CLASSES, rngs=rngs)

        def __call__(self, tokens: Any) -> Any:
            states = self.lstm(self.embed(tokens))
            return self.output(states if shape.every_step else states[-1:])

    model = Model(nnx.Rngs(0))
    optimizer = nnx.Optimizer(model, optax.adam(1e-3), wrt=nnx.Param)
    tokens = jnp.asarray(shape.tokens())

    @nnx.jit
    def update(model: Any, optimizer: Any, tokens: Any) -> Any:
        def loss(model: Any) -> Any:
            logits = model(tokens[:-1])
            targets = tokens[-len(logits) :]
            return optax.softmax_cross_entropy_with_integer_labels(logits, targets).mean()

        value, gradient = nnx.value_and_grad(loss)(model)
        optimizer.update(model, gradient)
        return value

    def run(updates: int) -> None:
        for _ in range(updates):
            value = update(model, optimizer, tokens)
        jax.block_until_ready(value)

    return run, jax_product()


def torch(shape: Shape) -> tuple[Run, Callable[[], Any]]:
    """Build the training that PyTorch's documentation leads to."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"

    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = torch.nn.Embedding(CLASSES, shape.units)
            self.lstm = torch.nn.LSTM(shape.units, shape.units)
            self.output = torch.nn.Linear(shape.units, CLASSES)

        def forward(self, tokens: Any) -> Any:
            states, _ = self.lstm(self.embed(tokens))
            return self.output(states if shape.every_step else states[-1:])

    model = Model().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    tokens = torch.tensor(shape.tokens(), dtype=torch.long, device=device)

    def run(updates: int) -> None:
        for _ in range(updates):
            optimizer.zero_grad(set_to_none=True)
            logits = model(tokens[:-1])
            targets = tokens[-len(logits) :]
            loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
            loss.backward()
            optimizer.step()
        loss.item()

    matrix = torch.ones(PEAK_SIZE, PEAK_SIZE, device=device)

    def product() -> None:
        for _ in range(PEAK_PRODUCTS):
            result = matrix @ matrix
        result[0, 0].item()

    return run, product


def jax_product() -> Callable[[], Any]:
    """Multiply large matrices as JAX does."""
    import jax
    import jax.numpy as jnp

    matrix = jnp.ones((PEAK_SIZE, PEAK_SIZE))

    def multiply(_: Any, result: Any) -> Any:
        return (result @ matrix) / PEAK_SIZE

    products = jax.jit(lambda: jax.lax.fori_loop(0, PEAK_PRODUCTS, multiply, matrix))
    return lambda: jax.block_until_ready(products())


def serve(system: str, shape: Shape) -> None:
    """Do what is asked on standard input: updates, or matrix products; say how long it took."""
    run, product = {"ours": ours, "flax": flax, "torch": torch}[system](shape)
    run(2)
    product()
    print("ready", flush=True)
    for line in sys.stdin:
        started = time.perf_counter()
        product() if line.strip() == "peak" else run(int(line))
        print(time.perf_counter() - started, flush=True)


class Worker:
    """A process that trains when told to."""

    def __init__(self, system: str, place: int) -> None:
        command = [sys.executable, "-m", "tools.benchmarks.train", "--serve", system, str(place)]
        self._process = subprocess.Popen(command, stdin=-1, stdout=-1, text=True)
        self._read()

    def seconds(self, task: str | int) -> float:
        """Time a number of updates, or ``peak``: matrix products."""
        print(task, file=self._process.stdin, flush=True)
        return float(self._read())

    def stop(self) -> None:
        """End the process."""
        self._process.communicate()

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return line or sys.exit("error: a benchmark process ended; its message is above")


def compare(place: int, systems: tuple[str, ...]) -> None:
    """Let the systems take turns at one shape, and print what came of it."""
    shape = SHAPES[place]
    workers = {system: Worker(system, place) for system in systems}
    updates = max(3, int(SECONDS_A_TURN / (workers[systems[0]].seconds(3) / 3)))
    updates = min(updates, 1000)
    times: dict[str, list[float]] = {system: [] for system in systems}
    peaks: dict[str, list[float]] = {system: [] for system in systems}
    products = 2.0 * PEAK_PRODUCTS * PEAK_SIZE**3
    for turn in range(WARM_UP_TURNS + TURNS):
        for system, worker in workers.items():
            seconds, peak = worker.seconds(updates) / updates, worker.seconds("peak")
            if turn >= WARM_UP_TURNS:
                times[system].append(seconds)
                peaks[system].append(products / peak)
    for worker in workers.values():
        worker.stop()
    loss = "every step" if shape.every_step else "the last step"
    print(f"\n{shape.batch} × {shape.steps} × {shape.units}, loss on {loss}:\n")
    print("| system | ms an update | GFLOP/s | share of matmul peak | ours is faster by |")
    print("| --- | --- | --- | --- | --- |")
    for system in systems:
        print(row(system, shape, times[system], peaks[system], times[systems[0]]))


def row(
    system: str, shape: Shape, times: list[float], peaks: list[float], reference: list[float]
) -> str:
    """Write a line of the table."""
    done = shape.operations(with_input=system != "ours")
    rate, peak = done / statistics.median(times), statistics.median(peaks)
    nominal = rate * shape.operations(with_input=True) / done
    ratios = [mine / first for mine, first in zip(times, reference, strict=True)]
    cells = [
        system,
        spread([1e3 * t for t in times], ".1f"),
        f"{rate / 1e9:.0f} done, {nominal / 1e9:.0f} nominal",
        f"{rate / peak:.2f} of {peak / 1e9:.0f}",
        spread(ratios, ".2f"),
    ]
    return f"| {' | '.join(cells)} |"


def spread(values: list[float], form: str) -> str:
    """Write minimum, median and maximum."""
    ends = min(values), statistics.median(values), max(values)
    return " / ".join(format(value, form) for value in ends)


def main() -> None:
    """Run all shapes, or serve as a worker."""
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2], SHAPES[int(sys.argv[3])])
        return
    systems = tuple(sys.argv[1:]) or SYSTEMS
    if not set(systems) <= set(SYSTEMS):
        sys.exit(f"error: give some of {', '.join(SYSTEMS)}")
    print("minimum / median / maximum of", TURNS, "turns each")
    for place in range(len(SHAPES)):
        compare(place, systems)


if __name__ == "__main__":
    main()
