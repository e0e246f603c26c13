"""Which places does each query reach, and with which figures?

Compiled from end to end over the columns of a segment; used by the index and by fitting. Never judges.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo import features, postings
from geo.columns import Asked, Listed
from geo.compiled import compiled
from geo.figures import COUNT, GROUP_OF, SHARE
from geo.letters import Letters
from geo.postings import Postings
from geo.segment import Segment

WIDTH = postings.NEAR + postings.FAR


class Reached(NamedTuple):
    """Candidates of q queries. rows: int32 (q, WIDTH), -1 for none; figures: float32 (q, WIDTH, COUNT); flags."""

    rows: NDArray[np.int32]
    figures: NDArray[np.float32]
    flags: NDArray[np.int32]


_OWN = threading.local()


def _scratch(places: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Working space of this thread: zeros, which a search leaves as zeros, and room for rows."""
    held: tuple[NDArray[np.float32], NDArray[np.int32]] | None = getattr(_OWN, "held", None)
    if held is None or len(held[0]) < places:
        held = np.zeros(places, np.float32), np.empty(places, np.int32)
        _OWN.held = held
    return held


def _seen(arrays: Iterable[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    """Views that cannot be written, as of a mapped file, so that built and opened segments share their machine code."""
    for array in arrays:
        view = array.view()
        view.flags.writeable = False
        yield view


def reach(asked: Asked, segment: Segment, live: NDArray[np.uint8]) -> Reached:
    """Return the candidates of each query in a segment. live: uint8 (n,), 0 for places taken off."""
    count, places = len(asked.firm), len(segment)
    rows = np.full((count, WIDTH), -1, np.int32)
    figures = np.zeros((count, WIDTH, COUNT), np.float32)
    flags = np.zeros((count, WIDTH), np.int32)
    if count and places:
        scores, touched = _scratch(places)
        _run(asked, Listed(*_seen(segment.listed)), Postings(*_seen(segment.postings)),
             Letters(*_seen(segment.letters)), next(_seen([live])), GROUP_OF, scores, touched,
             features.workspace(), rows, figures, flags)  # fmt: skip
    return Reached(rows, figures, flags)


@compiled
def _run(
    asked: Asked, listed: Listed, index: Postings, letters: Letters, live: NDArray[np.uint8],
    group_of: NDArray[np.int64], scores: NDArray[np.float32], touched: NDArray[np.int32], space: features.Space,
    rows: NDArray[np.int32], figures: NDArray[np.float32], flags: NDArray[np.int32],
) -> None:  # fmt: skip
    shares = np.zeros(rows.shape[1], np.float32)
    for query in range(rows.shape[0]):
        count = postings.propose(
            query,
            asked,
            listed.code,
            live,
            index,
            letters.similar,
            letters.weight,
            scores,
            touched,
            rows[query],
            shares,
        )
        text = features.begin(query, asked, letters, space)
        for at in range(count):
            flags[query, at] = features.describe(
                query, rows[query, at], asked, listed, group_of, letters, text, space, figures[query, at]
            )
            figures[query, at, SHARE] = shares[at]


def describe_pairs(asked: Asked, segment: Segment, rows: NDArray[np.int32]) -> Reached:
    """Return the figures of each query with one given place. rows: int32 (q,), rows of the segment."""
    count = len(rows)
    figures = np.zeros((count, 1, COUNT), np.float32)
    flags = np.zeros((count, 1), np.int32)
    if count:
        listed, letters = Listed(*_seen(segment.listed)), Letters(*_seen(segment.letters))
        _describe(asked, listed, letters, GROUP_OF, rows, features.workspace(), figures, flags)
    return Reached(rows.reshape(-1, 1), figures, flags)


@compiled
def _describe(
    asked: Asked, listed: Listed, letters: Letters, group_of: NDArray[np.int64], rows: NDArray[np.int32],
    space: features.Space, figures: NDArray[np.float32], flags: NDArray[np.int32],
) -> None:  # fmt: skip
    for query in range(len(rows)):
        text = features.begin(query, asked, letters, space)
        flags[query, 0] = features.describe(
            query, rows[query], asked, listed, group_of, letters, text, space, figures[query, 0]
        )
