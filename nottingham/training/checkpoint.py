"""An unfinished training on disk, so that the next run goes on where a killed one stopped.

The state lies in a scratch folder of its own, never among a stage's outputs, under a name that is
a hash of everything the result depends on: the settings, the tunes, the code, the libraries,
the devices and XLA's flags. A state of anything else has another name.
"""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jaxtyping import Float
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from nottingham.dataset.streams import Dataset
from nottingham.files import atomic_file

_LIBRARIES = ("jax", "jaxlib", "flax", "optax", "numpy")
_CODE = ("nottingham", "stages")


class Checkpoint:
    """The file of one training's state."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        """Choose the file.

        Args:
            folder: the scratch folder of this model.
            fingerprint: what must be the same for a state to be continued.
        """
        self._path = folder / f"{fingerprint}.safetensors"

    def save(self, state: Any, notes: Mapping[str, Any]) -> None:
        """Write a state, replacing the one before only when it is complete.

        Args:
            state: a tree of arrays.
            notes: what else a resumed training needs, as JSON.
        """
        leaves, text = [np.asarray(x) for x in jax.tree.leaves(state)], json.dumps(dict(notes))
        arrays = {str(i): leaf for i, leaf in enumerate(leaves)}
        with atomic_file(self._path) as file:
            file.write(save(arrays, {"notes": text, "sha256": _digest(leaves, text)}))

    def load(self, like: Any) -> tuple[Any, dict[str, Any]] | None:
        """Read a state with the structure of ``like``, and its notes; None where there is none.

        A damaged file counts as none: the training starts from the beginning.
        """
        leaves, structure = jax.tree.flatten(like)
        try:
            with safe_open(self._path, framework="numpy") as file:
                found = [file.get_tensor(str(i)) for i in range(len(leaves))]
                noted = file.metadata()
            whole = noted["sha256"] == _digest(found, noted["notes"])
        except (OSError, SafetensorError, TypeError, KeyError, ValueError):
            return None
        if not whole or any(a.shape != np.shape(b) for a, b in zip(found, leaves, strict=True)):
            return None
        return jax.tree.unflatten(structure, found), json.loads(noted["notes"])

    def forget(self) -> None:
        """Remove the state, and the folder when it is the last."""
        self._path.unlink(missing_ok=True)
        if self._path.parent.exists() and not any(self._path.parent.iterdir()):
            shutil.rmtree(self._path.parent)


def _digest(leaves: Sequence[np.ndarray], notes: str) -> str:
    seen = hashlib.sha256(notes.encode())
    for leaf in leaves:
        seen.update(np.ascontiguousarray(leaf).tobytes())
    return seen.hexdigest()


def fingerprint(
    architecture: str,
    settings: str,
    weights: Float[np.ndarray, " weights"],
    dataset: Dataset,
    devices: str,
) -> str:
    """Hash what a training's result depends on.

    Args:
        architecture: the name of its class.
        settings: the model's section, as text.
        weights: those that it begins with.
        dataset: the tunes and their split.
        devices: what it runs on.
    """
    parts = [
        architecture,
        settings,
        devices,
        os.environ.get("XLA_FLAGS", ""),
        *(f"{name} {version(name)}" for name in _LIBRARIES),
    ]
    seen = hashlib.sha256("\n".join(parts).encode())
    for array in (weights, dataset.tokens, dataset.offsets, dataset.split):
        seen.update(np.ascontiguousarray(array).data)
    seen.update(json.dumps(dataset.representation.settings()).encode())
    for path in sorted(_code()):
        seen.update(path.read_bytes())
    return seen.hexdigest()[:32]


def _code() -> set[Path]:
    """List the files of this project that have been imported."""
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] in _CODE]
    return {Path(module.__file__) for module in modules if module.__file__}
