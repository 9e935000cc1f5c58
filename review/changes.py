"""What DVC and git say has changed since a commit."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nottingham.errors import InputError

_DVC = (sys.executable, "-m", "dvc")
_PLOTS = ("reports/curves", "reports/plots")


@dataclass(frozen=True)
class Change:
    """A figure or a setting, then and now; None where there is none."""

    old: Any
    new: Any

    @property
    def difference(self) -> float | None:
        """How much larger a figure is now; None of anything else."""
        both = (self.old, self.new)
        figures = all(isinstance(v, int | float) and not isinstance(v, bool) for v in both)
        return self.new - self.old if figures else None


@dataclass(frozen=True)
class Changes:
    """Everything since ``base``, of the working tree."""

    base: str
    metrics: Mapping[str, Mapping[str, Change]]
    """By model (or by what else files are named after), then by metric; unchanged ones too."""
    params: Mapping[str, Change]
    """Only what changed."""
    plots: tuple[str, ...]
    """Files that changed."""

    @classmethod
    def since(cls, base: str) -> "Changes":
        """Ask DVC and git, in the folder of the project."""
        metrics = _compare("metrics", base, "--all")
        params = _compare("params", base)
        plots = _output("git", "diff", "--name-only", base, "--", *_PLOTS).splitlines()
        return cls(
            base,
            _by_stem(metrics),
            {name: found for path in sorted(params) for name, found in params[path].items()},
            tuple(plots),
        )


def branched_off(branch: str) -> str:
    """Find the commit at which the working tree left a branch: its hash, abbreviated.

    Raises:
        InputError: if there is none.
    """
    found = subprocess.run(["git", "merge-base", branch, "HEAD"], stdout=subprocess.PIPE, text=True)
    if found.returncode:
        raise InputError(
            f"BASE={branch}: git knows no commit that it shares with this branch; name another "
            "branch or commit, and in a shallow clone run first: git fetch --unshallow"
        )
    return _output("git", "rev-parse", "--short", found.stdout.strip()).strip()


def draw_plots(base: str, folder: Path) -> None:
    """Draw all plots of a commit and of the working tree, as a page."""
    _output(*_DVC, "plots", "diff", base, "--out", str(folder))


def _compare(what: str, base: str, *options: str) -> dict[str, dict[str, Change]]:
    """Give what differs, by file and name."""
    found = json.loads(_output(*_DVC, what, "diff", base, "--json", *options))
    return {
        path: {name: Change(pair["old"], pair["new"]) for name, pair in sorted(values.items())}
        for path, values in found.items()
    }


def _by_stem(metrics: Mapping[str, dict[str, Change]]) -> dict[str, dict[str, Change]]:
    """Put together what several files say of a model: how it trained, and how it was tested."""
    found: dict[str, dict[str, Change]] = {}
    for path in sorted(metrics):
        found.setdefault(Path(path).stem, {}).update(metrics[path])
    return {name: dict(sorted(found[name].items())) for name in sorted(found)}


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
