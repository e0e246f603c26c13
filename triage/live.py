"""Which decider is in force in a running process? The one over the places of now; exchanged whole, never changed."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from triage.decide import Decider


class Live:
    """Holds the decider in force for all threads.

    open_decider: opens one over the places as they are stored now.
    """

    def __init__(self, open_decider: Callable[[], Decider]) -> None:
        """Open the first one at once, so that a broken rule stops the start and not the first ticket."""
        self._open = open_decider
        self._lock = Lock()
        self._decider = open_decider()

    def __call__(self) -> Decider:
        """Return the decider in force."""
        return self._decider

    def refresh(self) -> None:
        """Open a decider over the places of now and put it in force; the old one serves until then."""
        with self._lock:
            self._decider = self._open()
