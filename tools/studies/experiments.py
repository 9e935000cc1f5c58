"""Run DVC experiments, and read what they left: each is a commit that no branch has."""

import re
import subprocess
from collections.abc import Sequence

_STRANGE = r"[^a-z0-9]+"


def experiment(label: str, settings: Sequence[str], *, target: str) -> str:
    """Run part of the pipeline with other settings, in a folder of its own.

    Args:
        label: what the experiment is named after.
        settings: as ``dvc exp run -S`` takes them.
        target: the stage to end with.

    Returns:
        The revision where DVC keeps the outcome.

    Raises:
        subprocess.CalledProcessError: if DVC or git fails.
    """
    name = re.sub(_STRANGE, "-", label.lower()).strip("-")
    changes = [part for setting in settings for part in ("-S", setting)]
    head = _git("rev-parse", "HEAD").strip()
    kept = f"refs/exps/{head[:2]}/{head[2:]}/{name}"
    _git("update-ref", "-d", kept)  # DVC refuses a name twice, but for --force, which redoes all
    command = ["dvc", "exp", "run", "--temp", "--name", name, *changes, target]
    print(" ".join(command), flush=True)
    subprocess.run(command, check=True)
    return kept


def text_of(revision: str, path: str) -> str:
    """Read a file of a revision, whether Git has its content or DVC's cache.

    Raises:
        subprocess.CalledProcessError: if there is no such revision.
        FileNotFoundError: if it has no such file.
    """
    from dvc.repo import Repo  # here: it takes a second to import

    commit = _git("rev-parse", "--verify", revision).strip()
    with Repo(rev=commit) as repo:
        text: str = repo.dvcfs.read_text(path, encoding="utf-8")
    return text


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
