"""How is a function over arrays compiled, with its types kept?

Machine code is cached in a directory named after the sources of all compiled functions (numba itself would not notice
that a function called from another file has changed), so that only the first start after an update waits, or `make
setup` (geo.warm). The directory stands in .cache beside the sources, or in NUMBA_CACHE_DIR.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

_F = TypeVar("_F", bound=Callable[..., object])
_CONFIG: Any = numba.config  # settings are put into it from the environment
_HERE = Path(__file__).parent
_SOURCES = (
    "abbreviate.py", "align.py", "columns.py", "elements.py", "features.py", "figures.py", "indoor.py", "letters.py",
    "numbers.py", "pairing.py", "postings.py", "search.py",
)  # fmt: skip


def _cache_directory() -> str:
    sources = b"".join((_HERE / name).read_bytes() for name in _SOURCES)
    parent = Path(_CONFIG.CACHE_DIR) if _CONFIG.CACHE_DIR else _HERE.parent / ".cache"
    return str(parent / f"compiled-{hashlib.sha256(sources).hexdigest()[:16]}")


_CONFIG.CACHE_DIR = _cache_directory()


def compiled(function: _F) -> _F:
    """Return function as machine code of the same signature; it is compiled at its first call."""
    return cast(_F, numba.njit(cache=True, nogil=True)(function))
