"""Whether dvc.lock still belongs to dvc.yaml, params.yaml and the code.

``python -m tools.checks.lock`` asks DVC what a ``dvc repro`` would do. It takes no data: what is
not there is taken to be what dvc.lock says. So it answers in a fresh clone too.
"""

import re
import subprocess
import sys

from nottingham.errors import InputError, exit_on_error

_STALE = re.compile(r"(?:Running stage|failed to reproduce) '([^']+)'")


def stale() -> list[str]:
    """Name the stages that would run; without their data, only the first of them.

    Raises:
        InputError: if DVC cannot tell.
    """
    command = [sys.executable, "-m", "dvc", "repro", "--dry", "--allow-missing"]
    asked = subprocess.run(command, capture_output=True, text=True)
    stages = _STALE.findall(asked.stdout + asked.stderr)
    if asked.returncode and not stages:
        raise InputError(f"dvc.lock cannot be compared: {asked.stderr.strip()}")
    return stages


def main() -> None:
    """Return whether it does."""
    if stages := stale():
        raise InputError(
            f"dvc.lock is stale from {stages[0]!r} on: dvc.yaml, params.yaml or the code changed. "
            "Run dvc repro and commit what it changes"
        )
    print("dvc.lock is up to date")


if __name__ == "__main__":
    with exit_on_error():
        main()
