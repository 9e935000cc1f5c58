"""Whether dvc.lock still belongs to dvc.yaml, params.yaml and the code; so with other pipelines.

``python -m tools.checks.lock`` asks DVC what a ``dvc repro`` would do. It takes no data: what is
not there is taken to be what dvc.lock says. So it answers in a fresh clone too.
"""

import re
import subprocess
import sys
from pathlib import Path

from nottingham.errors import InputError, exit_on_error

_STALE = re.compile(r"(?:Running stage|failed to reproduce) '([^']+)'")


def stale(pipeline: Path = Path("dvc.yaml")) -> list[str]:
    """Name the stages of a pipeline that would run; without their data, only the first of them.

    Raises:
        InputError: if DVC cannot tell.
    """
    command = [sys.executable, "-m", "dvc", "repro", "--dry", "--allow-missing", str(pipeline)]
    asked = subprocess.run(command, capture_output=True, text=True)
    stages = _STALE.findall(asked.stdout + asked.stderr)
    if asked.returncode and not stages:
        lock = pipeline.with_suffix(".lock")
        raise InputError(f"{lock} cannot be compared: {asked.stderr.strip()}")
    return stages


def main() -> None:
    """Return whether it does."""
    others = [lock.with_suffix(".yaml") for lock in sorted(Path().glob("*/dvc.lock"))]
    for pipeline in (Path("dvc.yaml"), *others):  # one without a lock has not run yet
        lock = pipeline.with_suffix(".lock")
        if stages := stale(pipeline):
            raise InputError(
                f"{lock} is stale from {stages[0]!r} on: {pipeline}, params.yaml or the code "
                f"changed. Run dvc repro {pipeline} and commit what it changes"
            )
        print(f"{lock} is up to date")


if __name__ == "__main__":
    with exit_on_error():
        main()
