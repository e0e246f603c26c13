"""When is a running test asked about next?

Short waits first, because 和家亲 answers within seconds, then longer ones: the handbook tells people to expect three
minutes. Pure; whoever waits does so elsewhere.
"""

from __future__ import annotations

FIRST_MS = 2_000
LONGEST_MS = 20_000


def next_wait_ms(polls: int, elapsed_ms: int, deadline_ms: int) -> int | None:
    """Return how long to wait before the next poll.

    polls: how many polls there have been, from 0. elapsed_ms: since the start. deadline_ms: of the whole test, from
    its start. Waits grow by half each time up to LONGEST_MS; the last poll falls on the deadline exactly, and after
    that the answer is None. Raises ValueError where polls or elapsed_ms is negative.
    """
    if polls < 0 or elapsed_ms < 0:
        raise ValueError(f"polls {polls} and elapsed_ms {elapsed_ms} count from 0")
    left = deadline_ms - elapsed_ms
    if left <= 0:
        return None
    grown = FIRST_MS
    for _ in range(polls):
        if grown >= LONGEST_MS:
            break
        grown = grown * 3 // 2
    return min(grown, LONGEST_MS, left)
