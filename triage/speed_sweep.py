"""Who takes speed tests on when their time comes, and what happens when that process dies?

The rows are the truth: each says when it is looked at next. A sweep claims what is due for half a minute, takes it one
step on, and waits for nothing: a test of three minutes holds no thread. Whatever a killed process had claimed is due
again after that half minute; every step may be repeated (triage/cases/run_speed_test.py).
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import BoundedSemaphore, Event

from triage.cases.run_speed_test import SpeedMeans, advance, give_up
from triage.records_speed import Attempt

_LEASE = timedelta(seconds=30)
_THREADS = 8  # a probe may hold its caller for seconds; more tests than that simply come a little later
_log = logging.getLogger(__name__)


class SpeedSweep:
    """Takes the speed tests of one store on; any number of them may run at once."""

    def __init__(self, means: SpeedMeans, *, poll_s: float = 0.5) -> None:
        """Prepare. poll_s: how long to wait before looking again where nobody wakes it."""
        self._means, self._poll_s = means, poll_s
        self._stop, self._wake = Event(), Event()
        self._free = BoundedSemaphore(_THREADS)

    def run(self) -> None:
        """Take tests on until stop() is called."""
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="speed") as pool:
            while not self._stop.is_set():
                self._wake.clear()
                for attempt in self._claimed():
                    self._free.acquire()
                    pool.submit(self._take_on, attempt)
                self._wake.wait(self._poll_s)

    def once(self) -> None:
        """Take on what is due now, in the caller's thread, and return."""
        for attempt in self._claimed():
            self._free.acquire()
            self._take_on(attempt)

    def stop(self) -> None:
        """Ask run() to end; returns at once."""
        self._stop.set()
        self._wake.set()

    def wake(self) -> None:
        """Have it look at once."""
        self._wake.set()

    def _claimed(self) -> tuple[Attempt, ...]:
        at = self._means.now()
        try:
            with self._means.store.read() as work:
                if not work.speed_tests.any_due(at):
                    return ()  # without a write every half second
            with self._means.store.begin() as work:
                return work.speed_tests.claim(at, at + _LEASE, _THREADS)
        except Exception:  # noqa: BLE001 - the database may be away for a while; the sweep must outlive that
            _log.exception("due speed tests cannot be read")
            return ()

    def _take_on(self, attempt: Attempt) -> None:
        """Take one attempt on; the outermost edge of a worker, so nothing escapes."""
        try:
            advance(self._means, attempt)
        except Exception:  # noqa: BLE001 - due again after the lease, and given up once its time is over
            _log.exception("speed test %s failed", attempt.id)
            if self._means.now() >= attempt.asked.expires_at:
                self._end(attempt)
        finally:
            self._free.release()

    def _end(self, attempt: Attempt) -> None:
        try:
            give_up(self._means, attempt)
        except Exception:  # noqa: BLE001 - it stays due
            _log.exception("speed test %s cannot be ended", attempt.id)
