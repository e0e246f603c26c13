"""How are chunks of tickets decided on several processors without losing their order?

Worker processes are forks: rules, model and the memory-mapped indexes are shared as they are, only tickets and
decisions travel, and a worker starts in milliseconds. Bounded: at most two chunks a worker wait, so memory stays flat
however long the input is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from triage.decide import Decided, Decider
from triage.tickets import Ticket

OpenDecider = Callable[[], Decider]

_decider: Decider | None = None


def decide_here(decider: Decider, chunks: Iterable[Sequence[Ticket]]) -> Iterator[list[Decided]]:
    """Decide chunk after chunk in this process."""
    for chunk in chunks:
        yield decider.decide(chunk)


def decide_with(open_decider: OpenDecider, workers: int, chunks: Iterable[Sequence[Ticket]]) -> Iterator[list[Decided]]:
    """Decide chunks in worker processes, results in the order of the chunks.

    open_decider: called once in each worker, after the fork; it must not use the parent's database connections.
    """
    waiting: deque[Future[list[Decided]]] = deque()
    context = get_context("fork")
    with ProcessPoolExecutor(workers, context, initializer=_open, initargs=(open_decider,)) as pool:
        for chunk in chunks:
            waiting.append(pool.submit(_decide, list(chunk)))
            if len(waiting) >= 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _open(open_decider: OpenDecider) -> None:
    global _decider  # noqa: PLW0603 - the one state of a worker process
    _decider = open_decider()


def _decide(chunk: list[Ticket]) -> list[Decided]:
    assert _decider is not None
    return _decider.decide(chunk)
