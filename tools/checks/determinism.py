"""What two runs, two numbers of workers, and two machines have in common.

``again`` runs the whole pipeline in an empty clone, without anything that DVC keeps, and compares
its dvc.lock with the committed one; then it reads the corpus with one worker. ``machines`` does on
this machine what others would do: it lets one core, or an older instruction set, evaluate the
trained networks, train them anew and evaluate those, and prints how far the figures are from the
committed ones.

    python -m tools.checks.determinism                        # both; needs make repro
    python -m tools.checks.determinism again
    python -m tools.checks.determinism machines gru tune-lstm # these networks, or all
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

from nottingham import params
from nottingham.errors import exit_on_error
from nottingham.files import read_json

_MACHINES: dict[str, tuple[int | None, Mapping[str, str]]] = {
    "one core": (1, {}),
    "AVX, without FMA": (
        None,
        {
            "XLA_FLAGS": "--xla_cpu_max_isa=AVX",
            "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
        },
    ),
}
"""What another machine may lack: how many cores there are, and the variables that say so."""

_FIGURES = ("log_loss", "accuracy")
_NEEDED = ("data/parts", "data/windows.npz", "data/notes.npz")


def main() -> None:
    """Run what is asked for on the command line, or all; fail if the same machine differs."""
    settings = params.load()
    networks = list(settings.train)
    parser = argparse.ArgumentParser("python -m tools.checks.determinism")
    parser.add_argument("part", nargs="?", choices=["again", "machines"], help="or both")
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"of {', '.join(networks)}")
    chosen = parser.parse_args()
    for name in chosen.models:
        settings.network(name)
    equal = again() if chosen.part != "machines" else True
    if chosen.part != "again":
        machines(chosen.models or networks)
    sys.exit(not equal)


def again() -> bool:
    """Run everything again, and the reading with one worker; say whether it came out equal."""
    with tempfile.TemporaryDirectory() as folder:
        clone = _clone(Path(folder))
        _run(clone, ["dvc", "repro"])
        changed = _different(_hashes(Path()), _hashes(clone))
        print(f"a clean run of everything: {_said(changed)}")
        tunes = clone / "data" / "tunes.jsonl"
        before = _digest(tunes)
        _run(clone, _stage("parse"), cores=1)
        same = _digest(tunes) == before
        print(f"read by one worker instead of {os.cpu_count()}: {'equal' if same else 'DIFFERENT'}")
    return same and not changed


def machines(models: list[str]) -> None:
    """Print a table: the networks evaluated, and trained anew, as other machines would."""
    print("| machine | model | same weights: log-loss, accuracy | trained there: the same |")
    print("| --- | --- | ---: | ---: |")
    for machine, (cores, variables) in _MACHINES.items():
        with tempfile.TemporaryDirectory() as folder:
            clone = _clone(Path(folder))
            for path in (*_NEEDED, *(f"models/{model}" for model in models)):
                _bring(Path(path), clone / path)
            for model in models:
                _run(clone, _stage("evaluate", model), cores=cores, variables=variables)
                evaluated = _distance(clone, model)
                for stage in ("train_flax_lstm", "evaluate"):
                    _run(clone, _stage(stage, model), cores=cores, variables=variables)
                print(f"| {machine} | {model} | {evaluated} | {_distance(clone, model)} |")


def _distance(clone: Path, model: str) -> str:
    """Return how far a model's test figures are from the committed ones."""
    path = f"reports/metrics/{model}.json"
    ours, theirs = (
        read_json(folder / path, made_by="make repro")["test"] for folder in (Path(), clone)
    )
    return ", ".join(f"{theirs[name] - ours[name]:+.4f}" for name in _FIGURES)


def _clone(folder: Path) -> Path:
    """Clone what is committed, with nothing that DVC keeps."""
    subprocess.run(["git", "clone", "--quiet", ".", str(folder / "clone")], check=True)
    return folder / "clone"


def _bring(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    copy: Callable[..., object] = shutil.copytree if source.is_dir() else shutil.copy
    copy(source, target)


def _stage(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"stages.{name}", *arguments]


def _run(
    folder: Path,
    command: list[str],
    *,
    cores: int | None = None,
    variables: Mapping[str, str] | None = None,
) -> None:
    """Run a command that says nothing unless it fails, on so many of the cores."""

    def keep_to_cores() -> None:
        if cores:
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])

    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | dict(variables or {}),
        preexec_fn=keep_to_cores,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr[-2000:]}")


def _hashes(folder: Path) -> dict[str, str]:
    """Return what dvc.lock says of every output, by path."""
    lock = yaml.safe_load((folder / "dvc.lock").read_bytes())
    stages = lock["stages"].values()
    return {out["path"]: out["md5"] for stage in stages for out in stage["outs"]}


def _different(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    return sorted(
        path for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path)
    )


def _said(changed: list[str]) -> str:
    return f"DIFFERENT: {', '.join(changed)}" if changed else "dvc.lock is equal"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    with exit_on_error():
        main()
