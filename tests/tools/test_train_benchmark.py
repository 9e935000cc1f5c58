"""The training benchmark runs where only JAX, Flax, Optax and PyTorch are installed."""

import os
import subprocess
import sys
import tomllib

from tests.closure import ROOT
from tools.benchmarks import train

ENOUGH = {"jax", "flax", "optax", "numpy", "scipy", "pyyaml"}  # JAX and Flax bring the last three
IMPORTED = {"pyyaml": "yaml", "pooch[progress]": "pooch"}

SCRIPT = """
import sys
for name in {missing}:
    sys.modules[name] = None
from tools.benchmarks import train
train.PEAK_SIZE = 8
for system in (train.ours, train.flax):
    run, product = system(train.Shape(4, 3, 5, every_step=True))
    run(2)
    product()
"""


def missing() -> list[str]:
    """Name what the project needs and the benchmark does not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    packages = [d.split(">=")[0].split("[")[0] for d in project["dependencies"]]
    return [IMPORTED.get(name, name) for name in [*packages, "beartype"] if name not in ENOUGH]


def test_it_needs_no_more_than_it_says():
    assert {"jaxtyping", "safetensors", "pydantic", "dvc"} <= set(missing())
    script, one = SCRIPT.format(missing=missing()), os.environ | {"JAX_NUM_CPU_DEVICES": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=one, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_operations_by_hand():
    """2 rows, 3 steps, 5 units: 4 × 5 × 5 weights a step, twice, and 5 × 89 for the logits."""
    shape = train.Shape(2, 3, 5, every_step=False)
    assert shape.operations(with_input=True) == 3 * 2 * (2 * 3 * (100 + 100) + 2 * 5 * 89)
    assert shape.operations(with_input=False) == 3 * 2 * (2 * 3 * 100 + 89 * 100 + 2 * 5 * 89)
