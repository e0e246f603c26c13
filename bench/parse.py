"""How often is the district of an address read rightly, and how fast?

Invented addresses in which some division is named, from full names to short ones and names of old. Right: exactly the
district; several: it is among several that are all possible; wrong: others only; none: no district is read.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable

from geo.disturb import queries
from geo.divisions import DISTRICT, WIDTH, Divisions
from geo.invent import invent
from geo.parse import parse

_NAMES_NO_DISTRICT = frozenset({"no_division", "stem_only"})  # stems of a city or a town alone may mean several


def report(divisions: Divisions, places: int, count: int, seed: int, districts: int) -> str:
    """Return one line."""
    made = invent(divisions, places, seed, districts=districts)
    cases = [
        (query.text, made[query.place].code // WIDTH[DISTRICT])
        for query in queries(made, divisions, count, seed + 2)
        if query.place is not None and not _NAMES_NO_DISTRICT & set(query.kind.split("+"))
    ]
    started = time.perf_counter()
    found = [parse(text, divisions) for text, _ in cases]
    seconds = time.perf_counter() - started
    counts = Counter(_judge(one.codes, truth) for one, (_, truth) in zip(found, cases, strict=True))
    shares = ", ".join(f"{name} {counts[name] / len(cases):.4f}" for name in ("right", "several", "wrong", "none"))
    return f"parse: district {shares} of {len(cases)} addresses, {len(cases) / seconds:.0f}/s"


def _judge(codes: Iterable[int], truth: int) -> str:
    districts = {code // WIDTH[DISTRICT] for code in codes if code % 100_000}
    if not districts:
        return "none"
    if districts == {truth}:
        return "right"
    return "several" if truth in districts else "wrong"
