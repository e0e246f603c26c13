"""Which SIP messages do TCP connections carry? Segments are put in order, overlaps dropped, gaps skipped.

Only connections in which SIP text was seen are put together. After a gap the reading goes on at the next start line.
Source: RFC 9293 3.4 (sequence numbers), RFC 3261 18.3 (framing by Content-Length).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

import numpy as np

from diagnostics import packet_table as table_of
from diagnostics.headers import Message, next_start, read_message
from diagnostics.packets import Capture, Limits

_SPAN = 1 << 32
_FAR = 1 << 31
_WINDOWS = (1 << 13, 1 << 17, 1 << 22)  # bytes of a connection that are tried as one message


def stream_messages(capture: Capture, limits: Limits) -> Iterator[tuple[Message, list[int], bytes]]:
    """Give every SIP message of every TCP connection with the rows that carried it and its bytes."""
    for rows in _connections(capture):
        yield from _messages(*_put_together(capture, rows, limits.stream_bytes))


def _connections(capture: Capture) -> Iterator[list[int]]:
    """Give the rows with payload of each direction of each connection in which SIP was seen, in order of time."""
    packets = capture.packets
    rows = capture.rows(table_of.TCP)
    rows = rows[packets.length[rows] > 0]
    if not len(rows):
        return
    ends = np.stack(
        [packets.source[rows], packets.destination[rows], packets.source_port[rows], packets.destination_port[rows]], 1
    )
    _, which = np.unique(ends, axis=0, return_inverse=True)
    which = which.reshape(-1)
    marked = np.unique(which[packets.flags[rows] & table_of.SIP_TEXT != 0])
    order = np.argsort(which, kind="stable")
    starts = np.searchsorted(which[order], marked)
    stops = np.searchsorted(which[order], marked, side="right")
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        yield rows[order[start:stop]].tolist()


def _put_together(capture: Capture, rows: list[int], most: int) -> tuple[list[bytes], list[list[int]], list[list[int]]]:
    """Return runs of bytes without a gap, with where each segment begins in its run and which row it was."""
    segments: list[tuple[int, int]] = []
    first = -1
    for row in rows:
        sequence = _sequence(capture, row)
        first = sequence if first < 0 else first
        distance = (sequence - first) % _SPAN
        segments.append((distance if distance < _FAR else distance - _SPAN, row))
    segments.sort()
    runs: list[bytearray] = []
    begins: list[list[int]] = []
    rows_of: list[list[int]] = []
    end, total = None, 0
    for at, row in segments:
        payload = capture.payload(row)
        if end is None or at > end:
            runs.append(bytearray())
            begins.append([])
            rows_of.append([])
            end = at
        fresh = payload[end - at :]
        total += len(fresh)
        if total > most:
            break
        if fresh:
            begins[-1].append(len(runs[-1]))
            rows_of[-1].append(row)
            runs[-1] += fresh
            end += len(fresh)
    return [bytes(run) for run in runs], begins, rows_of


def _sequence(capture: Capture, row: int) -> int:
    at = int(capture.packets.offset[row]) + int(capture.packets.transport[row]) + 4
    raw = (capture.extra if capture.packets.flags[row] & table_of.REASSEMBLED else capture.data)[at : at + 4]
    return int.from_bytes(raw.tobytes(), "big")


def _messages(
    runs: list[bytes], begins: list[list[int]], rows_of: list[list[int]]
) -> Iterator[tuple[Message, list[int], bytes]]:
    for run, begin, rows in zip(runs, begins, rows_of, strict=True):
        at = 0
        while at < len(run):
            message = None
            for window in _WINDOWS:
                message = read_message(run[at : at + window], stream=True)
                if at + window >= len(run) or (message is not None and "unfinished" not in message.problems):
                    break
            if message is None:
                at = next_start(run, at)
                continue
            whole = run[at : at + message.size]
            first, last = bisect_right(begin, at) - 1, bisect_right(begin, max(at, at + message.size - 1)) - 1
            # Frames of one message come in order of time, so that the last is the one that completes it.
            yield message, sorted(rows[first : last + 1]), whole
            at += max(1, message.size)
