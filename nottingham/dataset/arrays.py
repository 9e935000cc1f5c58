"""Named arrays on disk: ``.npz`` without pickles, so that nothing is run when they are read."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from nottingham.files import atomic_file


def save(path: Path | str, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays of any shape ``[...]`` by name, whole or not at all."""
    with atomic_file(path) as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def read(path: Path | str) -> dict[str, np.ndarray]:
    """Read what `save` wrote.

    Raises:
        ValueError: if the file is missing, damaged, or holds anything but arrays of plain values.
    """
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
    except Exception as error:  # over damaged bytes zipfile, zlib and tokenize raise their own
        raise ValueError(str(error) or repr(error)) from error
    for name, array in found.items():
        if not isinstance(array, np.ndarray):  # numpy gives the bytes of what is none
            raise ValueError(f"{name} is no array")
    return found


def check_integers(arrays: Mapping[str, np.ndarray]) -> None:
    """Refuse arrays, of any shape ``[...]``, that are to hold whole numbers and do not.

    Raises:
        ValueError: naming the first of them.
    """
    for name, array in arrays.items():
        if array.dtype.kind not in "iu":
            raise ValueError(f"{name} are whole numbers, not {array.dtype}")
