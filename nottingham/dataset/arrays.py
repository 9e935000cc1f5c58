"""Named arrays on disk: ``.npz`` without pickles, so that nothing is run when they are read."""

import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Literal
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from numpy.lib import format as npy

from nottingham.files import atomic_file

_LARGE = 2**20
"""Bytes of what is mapped rather than read."""


def save(path: Path | str, arrays: Mapping[str, np.ndarray], *, compressed: bool = True) -> None:
    """Write arrays of any shape ``[...]`` by name, whole or not at all.

    What is not compressed is larger on disk, but `read` takes no memory for it.
    """
    write = np.savez_compressed if compressed else np.savez
    with atomic_file(path) as file:
        write(file, allow_pickle=False, **arrays)


def read(path: Path | str) -> dict[str, np.ndarray]:
    """Read what `save` wrote; large arrays that are not compressed are mapped into memory.

    Raises:
        ValueError: if the file is missing, damaged, or holds anything but arrays of plain values.
    """
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            found = {
                member.filename.removesuffix(".npy"): _mapped(arrays.zip, member, file)
                if member.compress_type == ZIP_STORED and member.file_size > _LARGE
                else arrays[member.filename]
                for member in arrays.zip.infolist()
            }
    except Exception as error:  # over damaged bytes zipfile, zlib and tokenize raise their own
        raise ValueError(str(error) or repr(error)) from error
    for name, array in found.items():
        if not isinstance(array, np.ndarray):  # numpy gives the bytes of what is none
            raise ValueError(f"{name} is no array")
    return found


def _mapped(archive: ZipFile, member: ZipInfo, file: IO[bytes]) -> np.ndarray:
    """Map an array of an archive into memory, once its checksum is found to be right."""
    with archive.open(member) as stored:
        while stored.read(_LARGE):
            pass
    file.seek(member.header_offset)
    lengths = struct.unpack("<26xHH", file.read(30))  # of the name and what follows it
    file.seek(sum(lengths), os.SEEK_CUR)
    if npy.read_magic(file) != (1, 0):
        raise ValueError(f"{member.filename} is no array of this version")
    shape, fortran, dtype = npy.read_array_header_1_0(file)
    if dtype.hasobject:
        raise ValueError(f"{member.filename} holds objects")
    order: Literal["F", "C"] = "F" if fortran else "C"
    return np.asarray(np.memmap(file, dtype, "r", file.tell(), shape, order))


def check_integers(arrays: Mapping[str, np.ndarray]) -> None:
    """Refuse arrays, of any shape ``[...]``, that are to hold whole numbers and do not.

    Raises:
        ValueError: naming the first of them.
    """
    for name, array in arrays.items():
        if array.dtype.kind not in "iu":
            raise ValueError(f"{name} are whole numbers, not {array.dtype}")
