"""Which places share pairs of characters, pairs of sounds or numbers with a query?

An inverted index over the rows of geo.columns: sorted rows per token, found by open addressing. Because rows are
sorted by division, the places of one district are one stretch of every list. Never judges; it proposes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.columns import Asked, Listed
from geo.compiled import compiled
from geo.elements import INSTITUTION
from geo.letters import Letters

_SOUND_PAIR, _NUMBER = 1 << 32, 2 << 32  # classes of tokens; a pair of characters has none
_WEIGHT_CHARACTER, _WEIGHT_SOUND, _WEIGHT_NUMBER = 1.0, 0.5, 0.7
_MOST_TOKENS = 260
NEAR, FAR = 14, 12  # rows proposed from the query's own district, and from everywhere
_BUDGET = 16_000  # postings read in a search everywhere; a token that is not needed any more is not read
_WEAK, _WEAK_SHORT = 0.62, 0.85  # share of the possible score below which the query's own district is not enough
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Postings(NamedTuple):
    """keys: uint64 (2^k,), token + 1 at its slot, 0 for a free one. slot: int32 (2^k,), number of the token.
    bounds: int64 (t + 1,) into rows int32, ascending within a token.
    """

    keys: NDArray[np.uint64]
    slot: NDArray[np.int32]
    bounds: NDArray[np.int64]
    rows: NDArray[np.int32]


def build(listed: Listed, letters: Letters) -> Postings:
    """Return the inverted index of places. Memory: about 16 bytes per character while it is built."""
    element_of_row = np.repeat(np.arange(len(listed.code)), np.diff(listed.element_bounds))
    row_of_char = np.repeat(element_of_row, np.diff(listed.char_bounds)).astype(np.uint64)
    element_of_char = np.repeat(np.arange(len(listed.element_kind)), np.diff(listed.char_bounds))
    inside = element_of_char[1:] == element_of_char[:-1]
    first, second = listed.chars[:-1][inside], listed.chars[1:][inside]
    rows = row_of_char[1:][inside]
    sounds = letters.similar[first].astype(np.uint64) << np.uint64(16) | letters.similar[second]
    heard = (letters.similar[first] > 0) & (letters.similar[second] > 0)
    apart = [_apart(listed, element_of_char, row_of_char, gap) for gap in (2, 3)]
    number_rows = np.repeat(np.arange(len(listed.code), dtype=np.uint64), np.diff(listed.number_bounds))
    pairs = np.concatenate(
        (
            _pack(first.astype(np.uint64) << np.uint64(16) | second, rows),
            *apart,
            _pack(sounds[heard] + np.uint64(_SOUND_PAIR), rows[heard]),
            _pack(listed.low.astype(np.uint32).astype(np.uint64) + np.uint64(_NUMBER), number_rows),
        )
    )
    del first, second, rows, sounds, row_of_char, element_of_char
    pairs.sort()
    if len(pairs):
        pairs = pairs[np.concatenate((np.ones(1, bool), pairs[1:] != pairs[:-1]))]
    tokens = pairs >> np.uint64(30)
    starts = np.flatnonzero(np.concatenate((np.ones(min(1, len(tokens)), bool), tokens[1:] != tokens[:-1])))
    unique = tokens[starts]
    keys, slot = _hash(unique, 1 << max(4, int(np.ceil(np.log2(2 * len(unique) + 1)))))
    limits = np.concatenate((starts, [len(pairs)])).astype(np.int64)
    return Postings(keys, slot, limits, (pairs & np.uint64((1 << 30) - 1)).astype(np.int32))


def _apart(
    listed: Listed, element_of_char: NDArray[np.int64], row_of_char: NDArray[np.uint64], gap: int
) -> NDArray[np.uint64]:
    """Pairs of characters that stand so far apart in an institution's name, as its short form brings them together."""
    last = element_of_char[gap:]
    chosen = (last == element_of_char[:-gap]) & (listed.element_kind[last] & INSTITUTION > 0)
    first, second = listed.chars[:-gap][chosen], listed.chars[gap:][chosen]
    return _pack(first.astype(np.uint64) << np.uint64(16) | second, row_of_char[gap:][chosen])


def _pack(tokens: NDArray[np.uint64], rows: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return tokens << np.uint64(30) | rows


@compiled
def _hash(tokens: NDArray[np.uint64], size: int) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    keys, slot = np.zeros(size, np.uint64), np.zeros(size, np.int32)
    for number in range(len(tokens)):
        at = np.int64((tokens[number] * _SPREAD) >> np.uint64(20)) & (size - 1)
        while keys[at] != 0:
            at = (at + 1) & (size - 1)
        keys[at] = tokens[number] + np.uint64(1)
        slot[at] = number
    return keys, slot


@compiled
def _lookup(token: np.uint64, postings: Postings) -> int:
    size = len(postings.keys)
    at = np.int64((token * _SPREAD) >> np.uint64(20)) & (size - 1)
    while postings.keys[at] != 0:
        if postings.keys[at] == token + np.uint64(1):
            return int(postings.slot[at])
        at = (at + 1) & (size - 1)
    return -1


@compiled
def tokens_of(
    query: int, asked: Asked, postings: Postings, similar: NDArray[np.uint16], weight: NDArray[np.float32],
    found: NDArray[np.int64], worth: NDArray[np.float32], places: int,
) -> tuple[int, float]:  # fmt: skip
    """Write the query's known tokens into found and their weights into worth; return how many, and the whole weight.

    The whole weight counts unknown tokens too, as rare ones.
    """
    count, whole = 0, 0.0
    start, end = asked.char_bounds[query], asked.char_bounds[query + 1]
    for at in range(start, end - 1):
        a, b = asked.chars[at], asked.chars[at + 1]
        if weight[a] == 0.0 or weight[b] == 0.0:
            continue
        known = _lookup(np.uint64(a) << np.uint64(16) | np.uint64(b), postings)
        count, gain = _add(known, _WEIGHT_CHARACTER, postings, found, worth, count, places)
        whole += gain
        if similar[a] > 0 and similar[b] > 0:
            sounds = np.uint64(similar[a]) << np.uint64(16) | np.uint64(similar[b])
            known = _lookup(sounds + np.uint64(_SOUND_PAIR), postings)
            count, gain = _add(known, _WEIGHT_SOUND, postings, found, worth, count, places)
            whole += gain
    for at in range(asked.number_bounds[query], asked.number_bounds[query + 1]):
        token = np.uint64(np.uint32(asked.low[at])) + np.uint64(_NUMBER)
        count, _ = _add(_lookup(token, postings), _WEIGHT_NUMBER, postings, found, worth, count, places)
    return count, whole


@compiled
def _add(
    known: int, factor: float, postings: Postings, found: NDArray[np.int64], worth: NDArray[np.float32],
    count: int, places: int,
) -> tuple[int, float]:  # fmt: skip
    if known < 0:
        return count, factor * np.log(1.0 + places)
    for other in range(count):
        if found[other] == known:
            return count, 0.0
    spread = postings.bounds[known + 1] - postings.bounds[known]
    gain = factor * np.log(1.0 + places / (0.5 + spread))
    if count < _MOST_TOKENS:
        found[count] = known
        worth[count] = gain
        return count + 1, gain
    return count, gain


@compiled
def propose(
    query: int, asked: Asked, code: NDArray[np.int64], live: NDArray[np.uint8], postings: Postings,
    similar: NDArray[np.uint16], weight: NDArray[np.float32], scores: NDArray[np.float32],
    touched: NDArray[np.int32], out_rows: NDArray[np.int32], out_scores: NDArray[np.float32],
) -> int:  # fmt: skip
    """Write the rows that may be meant and their share of the possible score; return how many.

    scores: float32 (n,), all zero before and after; touched: int32 (n,) as working space. out_rows: NEAR + FAR.
    """
    found, worth = np.empty(_MOST_TOKENS, np.int64), np.empty(_MOST_TOKENS, np.float32)
    tokens, whole = tokens_of(query, asked, postings, similar, weight, found, worth, len(code))
    whole = max(whole, 1e-6)
    _rarest_first(postings, found, worth, tokens)
    count = 0
    if asked.code_bounds[query + 1] > asked.code_bounds[query]:
        reached = _near(query, asked, code, postings, found, worth, tokens, scores, touched)
        count = _take(reached, NEAR, 0, live, scores, touched, out_rows, out_scores)
    if count == 0 or out_scores[0] < (_WEAK if asked.firm[query] else _WEAK_SHORT) * whole:
        reached = _far(postings, found, worth, tokens, scores, touched)
        count = _take(reached, FAR, count, live, scores, touched, out_rows, out_scores)
    for at in range(count):
        out_scores[at] /= whole
    return count


@compiled
def _rarest_first(postings: Postings, found: NDArray[np.int64], worth: NDArray[np.float32], tokens: int) -> None:
    lengths = np.empty(tokens, np.int64)
    for number in range(tokens):
        lengths[number] = postings.bounds[found[number] + 1] - postings.bounds[found[number]]
    order = np.argsort(lengths)
    found[:tokens], worth[:tokens] = found[:tokens][order], worth[:tokens][order]


@compiled
def _near(
    query: int, asked: Asked, code: NDArray[np.int64], postings: Postings, found: NDArray[np.int64],
    worth: NDArray[np.float32], tokens: int, scores: NDArray[np.float32], touched: NDArray[np.int32],
) -> int:  # fmt: skip
    """Score the places of the divisions that the query may mean, and those whose division is not known as finely."""
    reached = 0
    for at in range(asked.code_bounds[query], min(asked.code_bounds[query + 1], asked.code_bounds[query] + 12)):
        mine = asked.codes[at]
        if mine % 1000:
            mine -= mine % 1000
        previous = np.int64(-1)
        for width in (1_000, 100_000, 10_000_000, 1_000_000_000):
            top = mine - mine % width
            if top == previous:
                continue
            last = top + _span(top) if previous < 0 else top + 1
            low, high = np.searchsorted(code, top), np.searchsorted(code, last)
            if high > low:
                reached = _score(low, high, postings, found, worth, tokens, scores, touched, reached)
            previous = top
    return reached


@compiled
def _span(code: int) -> int:
    if code % 10_000_000 == 0:
        return 10_000_000
    return 100_000 if code % 100_000 == 0 else 1_000


@compiled
def _score(
    low: int, high: int, postings: Postings, found: NDArray[np.int64], worth: NDArray[np.float32], tokens: int,
    scores: NDArray[np.float32], touched: NDArray[np.int32], reached: int,
) -> int:  # fmt: skip
    spent = 0
    for number in range(tokens):
        if spent > _BUDGET:
            break
        rows = postings.rows[postings.bounds[found[number]] : postings.bounds[found[number] + 1]]
        at = np.searchsorted(rows, low) if low > 0 else 0
        while at < len(rows) and rows[at] < high:
            row = rows[at]
            if scores[row] == 0.0:
                touched[reached] = row
                reached += 1
            scores[row] += worth[number]
            spent += 1
            at += 1
    return reached


@compiled
def _far(
    postings: Postings, found: NDArray[np.int64], worth: NDArray[np.float32], tokens: int,
    scores: NDArray[np.float32], touched: NDArray[np.int32],
) -> int:  # fmt: skip
    """Score all places by the query's rarest tokens, until the budget of postings is used up."""
    spent, reached = 0, 0
    for number in range(tokens):
        spent += postings.bounds[found[number] + 1] - postings.bounds[found[number]]
        if spent > _BUDGET and reached > 0:
            break
        for at in range(postings.bounds[found[number]], postings.bounds[found[number] + 1]):
            row = postings.rows[at]
            if scores[row] == 0.0:
                touched[reached] = row
                reached += 1
            scores[row] += worth[number]
    return reached


@compiled
def _take(
    reached: int, most: int, taken: int, live: NDArray[np.uint8], scores: NDArray[np.float32],
    touched: NDArray[np.int32], out_rows: NDArray[np.int32], out_scores: NDArray[np.float32],
) -> int:  # fmt: skip
    """Append the best rows to those taken before, without repeating one, and clear the scores."""
    best, rows = np.zeros(most, np.float32), np.full(most, -1, np.int32)
    for number in range(reached):
        row = touched[number]
        score = scores[row]
        scores[row] = 0.0
        if live[row] and score > best[most - 1]:
            at = most - 1
            while at > 0 and best[at - 1] < score:
                best[at], rows[at] = best[at - 1], rows[at - 1]
                at -= 1
            best[at], rows[at] = score, row
    count = taken
    for number in range(most):
        repeated = rows[number] < 0
        for other in range(taken):
            repeated = repeated or out_rows[other] == rows[number]
        if not repeated:
            out_rows[count], out_scores[count] = rows[number], best[number]
            count += 1
    return count
