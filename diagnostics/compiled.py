"""How is a function over packets compiled, with its types kept?

Machine code is cached in a directory named after the sources of all files that compile something here (numba itself
would not notice that a function called from another file has changed). The directory stands in .cache beside the
sources, or in NUMBA_CACHE_DIR. Array bounds are not checked in machine code: whoever compiles checks every length.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

_F = TypeVar("_F", bound=Callable[..., object])
_CONFIG: Any = numba.config  # numba reads the directory from it when a function is decorated
_HERE = Path(__file__).parent
_MARK = b"from diagnostics.compiled import compiled"


def _cache_directory() -> str:
    sources = b"".join(text for text in (path.read_bytes() for path in sorted(_HERE.glob("*.py"))) if _MARK in text)
    parent = Path(os.environ.get("NUMBA_CACHE_DIR") or _HERE.parent / ".cache")
    return str(parent / f"compiled-{hashlib.sha256(sources).hexdigest()[:16]}")


_DIRECTORY = _cache_directory()


def compiled(function: _F) -> _F:
    """Return function as machine code of the same signature; it is compiled at its first call."""
    before, _CONFIG.CACHE_DIR = _CONFIG.CACHE_DIR, _DIRECTORY
    try:
        return cast(_F, numba.njit(cache=True, nogil=True)(function))
    finally:
        _CONFIG.CACHE_DIR = before
