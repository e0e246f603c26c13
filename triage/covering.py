"""Where do the areas and points of the stored places come from when the first coordinate is asked about?

From a file beside the place indexes, named by the content of the list; built from the store where it is missing. So a
start costs nothing, and processes that ask for nothing hold nothing. Never decides anything.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock

from geo.cover import CoverIndex
from geo.errors import IndexUnreadable
from triage.ports import Store

_VERSION = 1  # of the file's form


class CoverOnDemand:
    """Opens the cover index when it is first asked for, once for all threads."""

    def __init__(self, open_cover: Callable[[], CoverIndex]) -> None:
        """open_cover: reads or builds it; takes seconds for a million places."""
        self._open = open_cover
        self._lock = Lock()
        self._opened: CoverIndex | None = None

    def __call__(self) -> CoverIndex:
        """Return the cover index."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened


def open_cover(folder: Path, store: Store) -> CoverIndex:
    """Return the areas and points of all stored places. folder: where indexes are kept."""
    with store.read() as work:
        file = folder / f"cover-{work.places.fingerprint()[:24]}-{_VERSION}.npz"
        if file.exists():
            try:
                return CoverIndex.open(file)
            except IndexUnreadable:
                file.unlink(missing_ok=True)  # half written before a power cut, say: it is made again at once
        built = CoverIndex.build(work.places.walk())
    for old in folder.glob("cover-*.npz"):
        old.unlink(missing_ok=True)
    built.save(file)
    return built
