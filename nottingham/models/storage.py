"""Models on disk: a folder with ``settings.json`` and, where there are any, its arrays.

The settings name the representation that the model predicts.

Arrays are in safetensors, a format that cannot run code when it is loaded. The settings hold their
hash, so that neither is ever taken for another model's, or whole when it is not.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file
from safetensors.numpy import save as to_bytes

from nottingham import representation
from nottingham.errors import unreadable
from nottingham.files import atomic_file, atomic_folder, read_json, write_json
from nottingham.models import errors
from nottingham.models.errors import REMEDY
from nottingham.representation import Representation

_SETTINGS, _WEIGHTS, _HASH = "settings.json", "weights.safetensors", "weights_sha256"
_ROWS = ".rows"
"""After the name of a matrix: which of its rows are in the file; the others are zeros."""


def save(
    folder: Path | str,
    settings: Mapping[str, Any],
    representation: Representation,
    arrays: Mapping[str, np.ndarray],
) -> None:
    """Write a model's folder, replacing what was there only when the new one is complete.

    The arrays may have any shape ``[...]``: `load_arrays` returns them as they were.
    """
    with atomic_folder(folder) as new:
        _write(new, settings, representation, arrays)


def save_small(folder: Path, source: Path | str) -> None:
    """Write what `load_arrays` needs of a model, small, into a folder that is there.

    The arrays are in half precision, without the rows of matrices that are zeros, as those of
    classes are that no training tune has.

    Args:
        folder: which gets the files.
        source: the model's folder.

    Raises:
        InputError: if that is missing or damaged.
    """
    settings, representation = load_settings(source)
    small = {}
    for name, array in _read(Path(source) / _WEIGHTS).items():
        small[name] = array.astype(np.float16)
        if array.ndim == 2:
            rows = np.flatnonzero(small[name].any(axis=1))
            if len(rows) < len(array):
                small[name], small[name + _ROWS] = small[name][rows], rows.astype(np.int32)
    _write(folder, settings, representation, small)


def _write(
    folder: Path,
    settings: Mapping[str, Any],
    representation: Representation,
    arrays: Mapping[str, np.ndarray],
) -> None:
    kept = {"representation": representation.settings(), **settings}
    if arrays:
        weights = to_bytes({k: np.ascontiguousarray(v) for k, v in arrays.items()})
        kept[_HASH] = hashlib.sha256(weights).hexdigest()
        with atomic_file(folder / _WEIGHTS) as file:
            file.write(weights)
    write_json(folder / _SETTINGS, kept)


def load_settings(folder: Path | str) -> tuple[dict[str, Any], Representation]:
    """Read a model's settings, and the representation among them.

    Raises:
        InputError: if they are missing, damaged, of an unknown representation, or of other weights
            than lie beside them.
    """
    path = Path(folder) / _SETTINGS
    settings = read_json(path, made_by=REMEDY)
    try:
        found = representation.from_settings(settings.pop("representation"))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise errors.no_settings(path, error) from error
    if settings.pop(_HASH, None) != digest(path.with_name(_WEIGHTS)):
        raise errors.other_weights(path.with_name(_WEIGHTS), _SETTINGS)
    return settings, found


def digest(path: Path) -> str | None:
    """Hash a file of weights; None if there is none.

    Raises:
        InputError: if there is one that cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(path, error) from error


def load_arrays(
    folder: Path | str, shapes: Mapping[str, tuple[int | None, ...]]
) -> dict[str, np.ndarray]:
    """Read a model's arrays, those of half precision as single precision.

    Args:
        folder: the model's folder.
        shapes: the expected shape of each array, with None where any length will do.

    Returns:
        The arrays by their names, each of its shape ``[...]``.

    Raises:
        InputError: if the file is missing or damaged, or the arrays are not those expected.
    """
    path = Path(folder) / _WEIGHTS
    arrays = _read(path)
    try:
        arrays = _whole(arrays, shapes)
    except (IndexError, KeyError, TypeError, ValueError) as error:
        found = {name: array.shape for name, array in arrays.items()}
        raise errors.other_arrays(path, found, shapes) from error
    found = {name: array.shape for name, array in arrays.items()}
    if set(found) != set(shapes) or not all(_fits(found[name], shapes[name]) for name in shapes):
        raise errors.other_arrays(path, found, shapes)
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise errors.no_numbers(path, name)
    return arrays


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        arrays: dict[str, np.ndarray] = load_file(path)
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise unreadable(path, error) from error
    return arrays


def _whole(
    arrays: Mapping[str, np.ndarray], shapes: Mapping[str, tuple[int | None, ...]]
) -> dict[str, np.ndarray]:
    """Undo what `save_small` does to arrays."""
    whole = {}
    for name, array in arrays.items():
        if name.endswith(_ROWS):
            continue
        whole[name] = array.astype(np.float32) if array.dtype == np.float16 else array
        if (rows := arrays.get(name + _ROWS)) is not None:
            length, width = shapes[name]
            if length is None or width not in (None, array.shape[1]):
                raise ValueError("rows of another matrix")
            matrix = np.zeros((length, array.shape[1]), np.float32)
            matrix[rows] = whole[name]
            whole[name] = matrix
    return whole


def _fits(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    return len(shape) == len(expected) and all(
        want in (None, have) for have, want in zip(shape, expected, strict=True)
    )
