"""Models on disk: a folder with ``settings.json`` and, where there are any, its arrays.

Arrays are in safetensors, a format that cannot run code when it is loaded.
"""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file
from safetensors.numpy import save as to_bytes

from nottingham.encoding import vocabulary
from nottingham.errors import InputError
from nottingham.files import make_room, read_json, write_json, written

_REMEDY = "dvc repro"


def save(folder: Path | str, settings: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write a model's folder, replacing what was there only when the new one is complete.

    The arrays may have any shape ``[...]``: `load_arrays` gives them as they were.
    """
    folder = Path(folder)
    make_room(folder)
    new = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        new.chmod(0o755)
        write_json(new / "settings.json", {"vocabulary": vocabulary.SIZE, **settings})
        if arrays:
            with written(new / "weights.safetensors") as file:
                file.write(to_bytes({k: np.ascontiguousarray(v) for k, v in arrays.items()}))
        shutil.rmtree(folder, ignore_errors=True)
        new.replace(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def load_settings(folder: Path | str) -> dict[str, Any]:
    """Read a model's settings.

    Raises:
        InputError: if they are missing, damaged, or for another vocabulary.
    """
    path = Path(folder) / "settings.json"
    settings = read_json(path, made_by=_REMEDY)
    if not isinstance(settings, dict) or settings.get("vocabulary") != vocabulary.SIZE:
        raise InputError(
            f"{path}: not the settings of a model of {vocabulary.SIZE} tokens; make it again: "
            f"{_REMEDY}"
        )
    return settings


def load_arrays(
    folder: Path | str, shapes: Mapping[str, tuple[int | None, ...]]
) -> dict[str, np.ndarray]:
    """Read a model's arrays.

    Args:
        folder: the model's folder.
        shapes: the expected shape of each array, with None where any length will do.

    Returns:
        The arrays by their names, each of its shape ``[...]``.

    Raises:
        InputError: if the file is missing or damaged, or the arrays are not those expected.
    """
    path = Path(folder) / "weights.safetensors"
    try:
        arrays = load_file(path)
    except (OSError, SafetensorError) as error:
        raise InputError(f"{path}: cannot be read ({error}); make it again: {_REMEDY}") from error
    found = {name: array.shape for name, array in arrays.items()}
    if set(found) != set(shapes) or not all(_fits(found[name], shapes[name]) for name in shapes):
        raise InputError(
            f"{path}: its arrays {found} do not fit settings.json, which asks for {dict(shapes)}; "
            f"make the model again: {_REMEDY}"
        )
    return arrays


def _fits(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    return len(shape) == len(expected) and all(
        want in (None, have) for have, want in zip(shape, expected, strict=True)
    )
