"""Whether the tests notice when the code is wrong.

mutmut makes small changes in functions, one at a time: a number, an operator, an argument. A change
that the tests named in ``[tool.mutmut]`` let pass is a survivor. The least share of changes that
must be caught is `LEAST`; the survivors that there are change nothing that can be seen:

- a dtype, a byte order, or ``allow_pickle=False`` left out, where the default is the same, or on
  writing, where there are no objects; a kind of dtype more, which NumPy has not
- ``repr`` of an error without a message, which no damaged file is known to raise
- ``>`` for ``>=`` between a hash and a share, which are equal once in 2⁴⁸ times

What is outside of functions, and in properties, mutmut does not change.

    make mutants
"""

import re
import shutil
import subprocess
import sys
from collections import Counter

LEAST = 0.85
CAUGHT = "killed"
"""Not what ran out of time, which on a busy machine says nothing."""
FOLDER = "mutants"
"""Where mutmut, which asks nobody, keeps its copy of the code."""


def main() -> int:
    """Change the code, print what the tests caught and what not; 1 if that is too little."""
    shutil.rmtree(FOLDER, ignore_errors=True)  # else what was caught before is not tried again
    _mutmut("run", "--max-children", "2")
    found = statuses(_mutmut("results", "--all", "true"))
    print(table(found))
    for name, status in found.items():
        if status != CAUGHT:
            print(f"\n{status}: {name}\n{_mutmut('show', name)}")
    return int(share(found) < LEAST)


def _mutmut(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments], capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"mutmut {arguments[0]} failed:\n{done.stdout[-4000:]}\n{done.stderr}")
    return done.stdout


def statuses(listing: str) -> dict[str, str]:
    """Read what mutmut lists: the name of each change, and what became of it."""
    return dict(re.findall(r"^ *(\S+__mutmut_\d+): (.+)$", listing, re.MULTILINE))


def share(found: dict[str, str]) -> float:
    """Give the share of changes that were caught; 0 if there was none."""
    return sum(status == CAUGHT for status in found.values()) / max(len(found), 1)


def table(found: dict[str, str]) -> str:
    """Give caught and all changes of each module, and of all together."""
    modules = {name: name.rpartition(".")[0] for name in found}
    every = Counter(modules.values())
    caught = Counter(modules[name] for name, status in found.items() if status == CAUGHT)
    lines = [f"{module}: {caught[module]} of {every[module]}" for module in sorted(every)]
    return "\n".join([*lines, f"all: {caught.total()} of {every.total()} ({share(found):.1%})"])


if __name__ == "__main__":
    sys.exit(main())
