"""The whole pipeline in a clone of its own, on a few hand-written tunes and with tiny networks.

``python -m review.tiny`` clones the last commit, so that a file that was never added is missed,
and runs ``dvc repro`` there, twice: the second time nothing may be left to do. It takes the tunes
of the tests and no network.
"""

import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from nottingham.errors import InputError, exit_on_error

_TUNES = "tests/data/tunes"
THREE = {"train": ["three/1"], "valid": ["three/2"], "test": ["three/3"]}
"""The split of the three tunes."""
_NETWORK = {"units": 8, "embedding": 4, "epochs": 2, "batch": 4, "stretch": 16}
_STEPS = 16


def tiny(settings: dict[str, Any], *, split_file: str) -> dict[str, Any]:
    """Give the settings under which three tunes are enough."""
    return settings | {
        "download": settings["download"] | {"corpus": _TUNES, "archive": None},
        "window": settings["window"] | {"split_file": split_file},
        "train": {name: network | _NETWORK for name, network in settings["train"].items()},
        "sample": settings["sample"] | {"steps": _STEPS},
    }


def run(folder: Path) -> None:
    """Clone and run.

    Raises:
        InputError: if a second run still has something to do.
        subprocess.CalledProcessError: if git or DVC fails.
    """
    subprocess.run(["git", "clone", "--quiet", ".", str(folder)], check=True)
    split_file = "splits/tiny.yaml"
    (folder / split_file).write_text(yaml.safe_dump(THREE))
    params = folder / "params.yaml"
    settings = tiny(yaml.safe_load(params.read_bytes()), split_file=split_file)
    params.write_text(yaml.safe_dump(settings))
    subprocess.run(["dvc", "repro"], cwd=folder, check=True)
    again = subprocess.run(["dvc", "repro"], cwd=folder, check=True, capture_output=True, text=True)
    if "Data and pipelines are up to date." not in again.stdout:
        raise InputError(f"dvc.yaml: a second dvc repro still runs stages:\n{again.stdout}")


def main() -> None:
    """Run it in a folder that is removed afterwards."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nottingham-tiny-") as folder:
        run(Path(folder) / "clone")
    print(f"the whole pipeline ran on three tunes, in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    with exit_on_error():
        main()
