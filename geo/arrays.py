"""How are named arrays kept in one file that several processes map into memory at once?

Layout: magic, length of a JSON header (uint64), the header, then each array raw at an offset divisible by 64. The
header holds the version, free values and the content hash (sha256 of every array with its name, type and shape).
Never copies an array when it opens a file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"SUYINGEO"
_ALIGN = 64
Array = NDArray[Any]
Values = Mapping[str, str | int | float]


class Stored(NamedTuple):
    """What a file holds: the arrays (read-only views of the mapped file), the free values, the content hash."""

    arrays: dict[str, Array]
    values: Values
    digest: str


def content_hash(arrays: Mapping[str, Array], values: Values) -> str:
    """Return the sha256 of arrays and values, as 64 hex digits."""
    digest = hashlib.sha256(json.dumps(dict(values), sort_keys=True, ensure_ascii=False).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name}|{array.dtype.str}|{array.shape}".encode())
        digest.update(_raw(array))
    return digest.hexdigest()


def write(target: Path, arrays: Mapping[str, Array], values: Values, *, version: int) -> str:
    """Write arrays and values to target, whole or not at all; return the content hash.

    target: its directory is made where missing. Raises OSError where the disk refuses.
    """
    digest = content_hash(arrays, values)
    entries: dict[str, tuple[str, list[int], int]] = {}
    at = 0
    for name, array in arrays.items():
        at += -at % _ALIGN
        entries[name] = (array.dtype.str, list(array.shape), at)
        at += array.nbytes
    head = {"version": version, "digest": digest, "values": dict(values), "arrays": entries, "bytes": at}
    header = json.dumps(head, ensure_ascii=False).encode()
    start = _start(len(header))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    with part.open("wb") as file:
        file.write(_MAGIC + len(header).to_bytes(8, "little") + header)
        for name, array in arrays.items():
            file.write(b"\0" * (start + entries[name][2] - file.tell()))
            file.write(_raw(array))
        file.write(b"\0" * (start + at - file.tell()))
    part.replace(target)
    return digest


def read(source: Path, *, version: int) -> Stored:
    """Map source into memory; nothing is read until an array is used.

    Raises ValueError with a sentence where the file is no such file, is cut short or has another version;
    FileNotFoundError where it is missing.
    """
    with source.open("rb") as file:
        magic, length = file.read(8), int.from_bytes(file.read(8), "little")
        if magic != _MAGIC or length > source.stat().st_size:
            raise ValueError(f"{source} is not a file of arrays")
        head = json.loads(file.read(length))
    if head["version"] != version:
        raise ValueError(f"{source} has version {head['version']}, this program reads version {version}")
    start = _start(length)
    if source.stat().st_size < start + head["bytes"]:
        raise ValueError(f"{source} is cut short")
    whole = np.memmap(source, dtype=np.uint8, mode="r")
    arrays: dict[str, Array] = {}
    for name, (kind, shape, at) in head["arrays"].items():
        size = int(np.prod(shape)) * np.dtype(kind).itemsize
        view: Array = whole[start + at : start + at + size].view(np.ndarray).view(np.dtype(kind)).reshape(shape)
        arrays[name] = view
    return Stored(arrays, head["values"], head["digest"])


def _raw(array: Array) -> memoryview:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def _start(header_length: int) -> int:
    end = len(_MAGIC) + 8 + header_length
    return end + -end % _ALIGN
