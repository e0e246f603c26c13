"""In which arrays do places and queries stand, so that thousands are compared in one call?

Rows are variable: the things of row r are those from bounds[r] to bounds[r + 1]. Never computes a probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.elements import Element
from geo.prepare import Prepared

_TWO_BYTES = "\uffff"  # the last character that is one UTF-16 unit
U8, U16, U32, I32, I64 = np.uint8, np.uint16, np.uint32, np.int32, np.int64


class Listed(NamedTuple):
    """Places, sorted by division.

    code: int64 (n,), nine digits, 0 where unknown. element_bounds: int64 (n + 1,) into element_kind uint8 (e,);
    char_bounds: int64 (e + 1,) into chars uint16. number_bounds: int64 (n + 1,) into number_kind uint8, low and high
    int32. flags: uint32 (n,), see geo.prepare. live: uint8 (n,), 0 for a place taken off the list.
    """

    code: NDArray[np.int64]
    element_bounds: NDArray[np.int64]
    element_kind: NDArray[np.uint8]
    char_bounds: NDArray[np.int64]
    chars: NDArray[np.uint16]
    number_bounds: NDArray[np.int64]
    number_kind: NDArray[np.uint8]
    low: NDArray[np.int32]
    high: NDArray[np.int32]
    flags: NDArray[np.uint32]
    live: NDArray[np.uint8]


class Asked(NamedTuple):
    """Queries. soft: as Prepared. firm: 1 where a full name or a prior says the division.

    Otherwise as Listed; code_bounds: int64 (q + 1,) into codes int64: every division that may be meant; hint_bounds:
    int64 (q + 1,) into hints int64 and hint_soft uint8: a division that a name may mean, and how soft marks that name.
    """

    char_bounds: NDArray[np.int64]
    chars: NDArray[np.uint16]
    soft: NDArray[np.uint8]
    number_bounds: NDArray[np.int64]
    number_kind: NDArray[np.uint8]
    low: NDArray[np.int32]
    high: NDArray[np.int32]
    code_bounds: NDArray[np.int64]
    codes: NDArray[np.int64]
    hint_bounds: NDArray[np.int64]
    hints: NDArray[np.int64]
    hint_soft: NDArray[np.uint8]
    firm: NDArray[np.uint8]
    flags: NDArray[np.uint32]


def characters(text: str) -> NDArray[np.uint16]:
    """Return the UTF-16 units of text; a character beyond the Basic Multilingual Plane becomes two."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), U16)


def bounds(lengths: Sequence[int]) -> NDArray[np.int64]:
    """Return where each row starts, and the end of the last."""
    return np.concatenate((np.zeros(1, I64), np.cumsum(np.asarray(lengths, I64), dtype=I64)))


def asked(prepared: Sequence[Prepared]) -> Asked:
    """Return queries as columns."""
    units = [characters(one.names) for one in prepared]
    soft = [
        np.frombuffer(one.soft, U8) if len(one.soft) == len(unit) else np.zeros(len(unit), U8)
        for one, unit in zip(prepared, units, strict=True)
    ]
    numbers = [number for one in prepared for number in one.numbers]
    codes = [code for one in prepared for code in one.parsed.codes]
    hints = [hint for one in prepared for hint in one.hints]
    return Asked(
        bounds([len(unit) for unit in units]),
        _joined(units, U16),
        _joined(soft, U8),
        bounds([len(one.numbers) for one in prepared]),
        np.array([number.kind for number in numbers], U8),
        np.array([number.low for number in numbers], I32),
        np.array([number.high for number in numbers], I32),
        bounds([len(one.parsed.codes) for one in prepared]),
        np.array(codes, I64),
        bounds([len(one.hints) for one in prepared]),
        np.array([hint.code for hint in hints], I64),
        np.array([hint.soft for hint in hints], U8),
        np.array([one.parsed.firm for one in prepared], U8),
        np.array([one.flags for one in prepared], U32),
    )


def listed(
    codes: NDArray[np.int64],
    elements: Sequence[Sequence[Element]],
    numbers: Sequence[Sequence[tuple[int, int, int]]],
    flags: Sequence[int],
) -> Listed:
    """Return places as columns. codes: int64 (n,); numbers: (kind, low, high) of each place."""
    parts = [element for several in elements for element in several]
    figures = np.array([number for several in numbers for number in several], I64).reshape(-1, 3)
    text = "".join(part.text for part in parts)
    return Listed(
        codes,
        bounds([len(several) for several in elements]),
        np.array([part.kind for part in parts], U8),
        bounds([len(part.text) if max(part.text) <= _TWO_BYTES else len(characters(part.text)) for part in parts]),
        characters(text),
        bounds([len(several) for several in numbers]),
        figures[:, 0].astype(U8),
        figures[:, 1].astype(I32),
        figures[:, 2].astype(I32),
        np.array(flags, U32),
        np.ones(len(codes), U8),
    )


def _joined(parts: Sequence[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, kind)
