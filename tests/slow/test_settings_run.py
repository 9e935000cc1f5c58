"""Settings that are allowed, drawn at random and run for real: done, or refused before any work.

Each run changes eight settings at once, of all stages and one network. Sizes that only cost time
are kept small.
"""

import random

import pytest
import yaml

from tests.mutated import ALLOWED, NETWORKS, changed
from tests.test_pipeline import make_project, run

pytestmark = pytest.mark.slow

RUNS = 20
CHANGES = 8
LEFT_OUT = ("download.", "parse.scheduler", "window.split_file", "listen.blind")
"""What needs a network, a cluster or other files; and the models, which are set to those there."""
MOST = {"units": 16, "embedding": 8, "batch": 64, "epochs": 2, "tunes": 8, "pairs": 4}


def settings_of(number):
    """Draw a network and the changes; what of them is a size is made small."""
    draw = random.Random(number)
    network = draw.choice(NETWORKS)
    others = tuple(f"train.{name}." for name in NETWORKS if name != network)
    keys = [key for key in sorted(ALLOWED) if not key.startswith((*others, *LEFT_OUT))]
    changes = {}
    for key in draw.sample(keys, CHANGES):
        value = draw.choice(ALLOWED[key][0])
        most = MOST.get(key.split(".")[-1])
        changes[key] = min(float(value), most) if most else value
    changes["listen.blind"] = ["ngram", network]
    return network, changes


def stages_of(network):
    models = ["random", "ngram", network]
    begin = [["download"], ["parse"], ["window"]]
    work = [["fit_ngram"], ["train_flax_lstm", network], ["evaluate", *models], ["report", *models]]
    return begin, [*work, ["sample", *models], ["judge"], ["listen", *models]]


@pytest.mark.parametrize("number", range(RUNS))
def test_what_is_allowed_runs_or_is_refused_before_any_work(tmp_path, number):
    network, changes = settings_of(number)
    project = make_project(tmp_path / "project")
    raw = yaml.safe_load((project / "params.yaml").read_text())
    for key, value in changes.items():
        changed(raw, key, value)
    (project / "params.yaml").write_text(yaml.safe_dump(raw))
    begin, work = stages_of(network)
    for stage in begin:
        done = run(project, *stage)
        if done.returncode:
            assert stage == ["window"], f"{changes}: {done.stderr}"
            assert done.stderr.startswith("error: "), done.stderr
            assert any(key in done.stderr for key in changes), f"{changes}: {done.stderr}"
            return
    for stage in work:
        done = run(project, *stage)
        assert done.returncode == 0, f"{changes}: {stage}: {done.stderr}"
