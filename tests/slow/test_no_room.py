"""Files that cannot be written: an error that names the file, nothing lost.

No file may grow beyond nothing, which is as bad as a full disk and takes no disk of its own.
"""

import os
import re
import subprocess
import sys

import pytest

from tests.slow.faults import MODEL, STAGES, command
from tests.test_pipeline import outputs

pytestmark = pytest.mark.slow

WRITES = {
    "download": "data/raw",
    "parse": "data/tunes.jsonl",
    "window": "data/windows.npz",
    "train-flax-lstm@lstm": "reports/curves/lstm.csv",
    "fit-ngram": "models/",
    f"evaluate@{MODEL}": f"reports/metrics/{MODEL}.json",
    f"sample@{MODEL}": f"data/samples/{MODEL}",
    f"judge@{MODEL}": f"data/judged/{MODEL}.json",
    "report": "reports/analysis.json",
    "listen": "reports/samples",
}
"""What each stage writes first."""


@pytest.mark.parametrize("stage", STAGES)
def test_what_cannot_be_written_is_named_and_nothing_is_lost(project, stage):
    """Run as DVC does."""
    before = outputs(project)
    script, *models = command(stage)
    limited = ["sh", "-c", 'ulimit -S -f 0; exec "$@"', "sh"]
    done = subprocess.run(
        [*limited, sys.executable, "-m", f"stages.{script}", *models],
        cwd=project,
        env=os.environ | {"NOTTINGHAM_ARCHIVE": "corpus", "JAX_NUM_CPU_DEVICES": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    folder, _, name = WRITES[stage].rpartition("/")  # or a new folder that was to take its place
    assert re.match(rf"(?s).*error: {folder}/?\.?{re.escape(name)}", done.stderr), done.stderr
    assert "File too large" in done.stderr
    assert "make room or give access" in done.stderr
    assert "Traceback" not in done.stderr
    assert outputs(project) == before
