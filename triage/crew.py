"""How are chunks of tickets decided on several processors without losing their order?

Worker processes are forks: rules, model and the memory-mapped indexes are shared as they are, only tickets travel
there and decisions back, and a worker starts in milliseconds. Bounded: at most two chunks a worker wait, so memory
stays flat however long the input is.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from triage.decide import Decided, Decider
from triage.decisions import Decision
from triage.tickets import Ticket

OpenDecider = Callable[[], Decider]
Answer = tuple[Decision, str, tuple[str, str] | None]  # what Decided holds besides the ticket, which stays here

_RARELY = 50_000  # new objects between two looks for cyclic garbage; deciding leaves next to none

_decider: Decider | None = None


def decide_here(decider: Decider, chunks: Iterable[Sequence[Ticket]]) -> Iterator[list[Decided]]:
    """Decide chunk after chunk in this process."""
    for chunk in chunks:
        yield decider.decide(chunk)


def decide_with(open_decider: OpenDecider, workers: int, chunks: Iterable[Sequence[Ticket]]) -> Iterator[list[Decided]]:
    """Decide chunks in worker processes, results in the order of the chunks.

    open_decider: called once in each worker, after the fork; it must not use the parent's database connections.
    """
    waiting: deque[tuple[Sequence[Ticket], Future[list[Answer]]]] = deque()
    context = get_context("fork")
    with ProcessPoolExecutor(workers, context, initializer=_open, initargs=(open_decider,)) as pool:
        for chunk in chunks:
            waiting.append((chunk, pool.submit(_decide, list(chunk))))
            if len(waiting) >= 2 * workers:
                yield _joined(*waiting.popleft())
        while waiting:
            yield _joined(*waiting.popleft())


def _joined(tickets: Sequence[Ticket], answers: Future[list[Answer]]) -> list[Decided]:
    return [Decided(ticket, *answer) for ticket, answer in zip(tickets, answers.result(), strict=True)]


def _open(open_decider: OpenDecider) -> None:
    global _decider  # noqa: PLW0603 - the one state of a worker process
    _decider = open_decider()
    gc.freeze()
    gc.set_threshold(_RARELY)


def _decide(chunk: list[Ticket]) -> list[Answer]:
    assert _decider is not None
    return [(one.decision, one.facts_json, one.lifecycle) for one in _decider.decide(chunk)]
